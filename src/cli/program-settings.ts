/** Settings of a program: from the environment, else from .dev.vars, else the default. */
import { resolve } from "node:path";
import {
  checkSetting,
  isSettingName,
  type ProgramSettings,
  readProgramSettings,
  settingFields,
  workerVariables,
} from "../platform/settings.ts";
import { type GivenSettings, parseDevVars, readDevVars } from "./dev-vars.ts";
import { ROOT } from "./paths.ts";

export interface StartSettings extends ProgramSettings {
  /** Variables for the Worker, as they were given. */
  vars: Record<string, string>;
}

const NAMES = Object.keys(settingFields).filter(isSettingName);

/**
 * Reads all settings, with the folders as absolute paths. Throws an error that names each setting that cannot be read, and its
 * line if it is in .dev.vars. Other variables of the environment are ignored.
 */
export function readStartSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  devVars: string = readDevVars(),
): StartSettings {
  const given: GivenSettings = parseDevVars(devVars);
  const mistakes: (string | undefined)[] = [];
  for (const name of NAMES) {
    const value = environment[name];
    if (!value) continue;
    given[name] = value;
    mistakes.push(checkSetting(name, value));
  }
  const reasons = mistakes.filter((mistake) => mistake !== undefined);
  if (reasons.length > 0) throw new Error(reasons.join("\n"));
  const { stateDir, dataDir, ...others } = readProgramSettings(given);
  const vars = Object.fromEntries(Object.entries(given).filter(([name, value]) => value && name in workerVariables));
  return { ...others, stateDir: resolve(ROOT, stateDir), dataDir: resolve(ROOT, dataDir), vars };
}
