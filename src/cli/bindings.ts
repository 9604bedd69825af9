/** `npm run bindings`: writes src/platform/bindings.d.ts, the types of what wrangler.toml binds to the Worker. */
import { spawnSync } from "node:child_process";
import { devNull } from "node:os";
import { bin, ROOT } from "./paths.ts";

const OPTIONS = [
  "types",
  "src/platform/bindings.d.ts",
  "--include-runtime=false",
  "--strict-vars=false",
  "--env-interface=Bindings",
  // The settings of this machine in .dev.vars are not bindings.
  `--env-file=${devNull}`,
];

const wrangler = (...more: string[]) =>
  spawnSync(process.execPath, [bin("wrangler"), ...OPTIONS, ...more], { cwd: ROOT, encoding: "utf8" });

/** Returns true if the file matches wrangler.toml; else says what to do. */
export function checkBindings(): boolean {
  const { status } = wrangler("--check");
  if (status !== 0) console.error("src/platform/bindings.d.ts:1: does not match wrangler.toml: npm run bindings");
  return status === 0;
}

if (import.meta.main) {
  const { status, stderr } = wrangler();
  if (status !== 0) console.error(stderr);
  process.exitCode = status ?? 1;
}
