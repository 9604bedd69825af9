/** Bundles a Worker with wrangler, which also deploys it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, ROOT } from "./paths.ts";

/** Bundles the Worker of a wrangler.toml. Returns its modules for Miniflare, the entry first; `main` is the entry's file name. */
export function bundle(config: string, main = "worker.js") {
  return inTemporaryFolder((folder) => {
    const options = ["deploy", "--config", config, "--dry-run", "--outdir", folder];
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error" };
    execFileSync(process.execPath, [bin("wrangler"), ...options], {
      cwd: ROOT,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const modules = bundledFiles(folder).map((path) => moduleOf(path, readFileSync(join(folder, path)), main));
    return modules.sort((a, b) => Number(b.path === main) - Number(a.path === main));
  });
}

/** Calls a function with a new folder, which is deleted afterwards. */
export function inTemporaryFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "parley-bundle-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files of a bundle that are uploaded: wrangler also writes a source map and a note. */
export const bundledFiles = (folder: string): string[] =>
  readdirSync(folder).filter((file) => !/\.map$|^README/.test(file));

function moduleOf(path: string, contents: Buffer, main: string) {
  if (path.endsWith(".png")) return { type: "Data" as const, path, contents };
  return { type: path === main ? ("ESModule" as const) : ("Text" as const), path, contents: contents.toString("utf8") };
}
