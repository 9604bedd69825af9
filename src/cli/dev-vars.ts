/** .dev.vars: settings of this machine, one `NAME=value` a line, with comments after `#`. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { checkSetting, isSettingName, type SettingName } from "../platform/settings.ts";
import { DEV_VARS } from "./paths.ts";

export type GivenSettings = { [name in SettingName]?: string };

/** The file's text; empty if there is no file. */
export const readDevVars = (): string => (existsSync(DEV_VARS) ? readFileSync(DEV_VARS, "utf8") : "");

/** Adds a line to the file. Only its owner may read a new file, since it holds secrets. */
export function appendDevVar(name: SettingName, value: string): void {
  const before = readDevVars();
  const newline = before === "" || before.endsWith("\n") ? "" : "\n";
  appendFileSync(DEV_VARS, `${newline}${name}=${value}\n`, { mode: 0o600 });
}

/**
 * Parses the file's text. The last line of a name counts; an empty value counts as absent. Throws an error that gives the number
 * of each line that cannot be read, or that names no setting or a value that the setting cannot have.
 */
export function parseDevVars(text: string): GivenSettings {
  const given: GivenSettings = {};
  const mistakes: string[] = [];
  for (const [i, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const mistake = parseLine(line, given);
    if (mistake !== undefined) mistakes.push(`.dev.vars:${i + 1}: ${mistake}`);
  }
  if (mistakes.length > 0) throw new Error(mistakes.join("\n"));
  return given;
}

/** Adds what a line sets to `given`. Returns what is wrong with the line, without its text: that may hold a secret. */
function parseLine(line: string, given: GivenSettings): string | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [, name, written = ""] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
  if (name === undefined) return "a line must be NAME=value, or a comment that begins with #";
  if (!isSettingName(name)) return `there is no setting named ${name}; README.md lists the settings`;
  if (/^(["'`])(?!.*\1\s*(#.*)?$)/.test(written) || /^["'`]$/.test(written))
    return `${name}: the quotation mark is not closed on the same line`;
  const value = parseEnv(line)[name] ?? "";
  given[name] = value;
  return value === "" ? undefined : checkSetting(name, value);
}
