/** `npm run deploy`: wrangler deploy, then the migrations. With --dry-run it bundles and prints the size, without an account. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bin, ROOT } from "./paths.ts";

/** The bundle may have so many bytes, gzipped: it is what a cold start has to fetch and parse. */
const MAX_BUNDLE = 250 * 1024;

function wrangler(...options: string[]): void {
  const env = { ...process.env, WRANGLER_SEND_METRICS: process.env["WRANGLER_SEND_METRICS"] ?? "false" };
  const { status } = spawnSync(process.execPath, [bin("wrangler"), ...options], { cwd: ROOT, env, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** Bundles into a folder of its own and measures: the source map and wrangler's note are not uploaded. */
function checkBundle(): void {
  const folder = mkdtempSync(join(tmpdir(), "parley-bundle-"));
  try {
    wrangler("deploy", "--dry-run", "--outdir", folder);
    const files = readdirSync(folder).filter((file) => !/\.map$|^README/.test(file));
    const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
    console.log(`bundle: ${(bytes / 1024).toFixed(1)} KB gzipped, of at most ${MAX_BUNDLE / 1024} KB`);
    if (bytes > MAX_BUNDLE) process.exit(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

checkBundle();
if (!process.argv.includes("--dry-run")) {
  wrangler("deploy", ...process.argv.slice(2));
  wrangler("d1", "migrations", "apply", "DB", "--remote");
}
