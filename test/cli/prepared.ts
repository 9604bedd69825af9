/** The Worker bundled, and data/ loaded, once for all test files that look at it running: each of them takes a copy. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { TestProject } from "vitest/node";
import { load } from "../../src/cli/load.ts";
import { DATA, ROOT } from "../../src/cli/paths.ts";
import { bundle, type ServerOptions, startServer } from "../../src/cli/server.ts";
import { TOKEN, temporaryState } from "./programs.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder with the Worker's modules and a state. */
    prepared: string;
  }
}

const MODULES = "modules";
const STATE = "state";

/** As `npm start` sets it, and as many registrations as a test likes. */
const SETTINGS = { CURATOR_TOKEN: TOKEN, ALLOW_PRIVATE_TARGETS: "true", REGISTRATION_LIMIT: "0" };

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = temporaryState();
  const before = { ...process.env };
  const modules = bundle(join(ROOT, "wrangler.toml"));
  writeFileSync(join(folder.path, MODULES), serialize(modules));
  const stateDir = join(folder.path, STATE);
  const server = await startServer({ port: 0, stateDir, modules, vars: SETTINGS });
  await load(server.url, TOKEN, DATA);
  await server.stop();
  rmSync(join(stateDir, "workerd.pid"), { force: true });
  // Else each workerd that this process starts for other tests would write its number into that file, and whoever takes a copy would end it.
  process.env = before;
  provide("prepared", folder.path);
  return folder.remove;
}

export interface Running {
  url: string;
  stop: () => Promise<void>;
}

/** The Worker as `npm start` runs it, in this process: with data/ on record, on a state of its own. */
export async function startPrepared(prepared: string, settings: Record<string, string> = {}): Promise<Running> {
  const state = temporaryState();
  cpSync(join(prepared, STATE), state.path, { recursive: true });
  const modules: NonNullable<ServerOptions["modules"]> = deserialize(readFileSync(join(prepared, MODULES)));
  const vars = { ...SETTINGS, ...settings };
  const { url, stop } = await startServer({ port: 0, stateDir: state.path, modules, migrated: true, vars });
  return {
    url,
    stop: async () => {
      await stop();
      state.remove();
    },
  };
}
