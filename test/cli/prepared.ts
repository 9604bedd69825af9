/** Bundles the Worker and loads data/ once for all end-to-end tests. Each test file starts a copy. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { TestProject } from "vitest/node";
import { bundle } from "../../src/cli/bundle.ts";
import { load } from "../../src/cli/load.ts";
import { DATA, ROOT } from "../../src/cli/paths.ts";
import { type ServerOptions, startServer } from "../../src/cli/server.ts";
import { TOKEN, temporaryState } from "./programs.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder with the Worker's modules and a state. */
    prepared: string;
  }
}

const MODULES = "modules";
const STATE = "state";

/** Settings of `npm start`, without a limit of registrations. */
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
  // Otherwise every workerd that this process starts later writes its id into that file, and a test with a copy ends that workerd.
  process.env = before;
  provide("prepared", folder.path);
  return folder.remove;
}

export interface Running {
  url: string;
  stop: () => Promise<void>;
}

/** Starts the Worker in this process as `npm start` does, with data/ on record and a state of its own. */
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
