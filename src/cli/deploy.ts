/**
 * `npm run deploy`: the migrations, then `wrangler deploy`, so that new code never runs on an old database. The first deployment is the
 * other way round, since wrangler creates the database with it. With --dry-run: bundles and prints the size, without an account.
 */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { unstable_readConfig as readConfig } from "wrangler";
import * as z from "zod";
import { bundledFiles, inTemporaryFolder } from "./bundle.ts";
import { bin, ROOT } from "./paths.ts";
import { runProgram } from "./run-program.ts";

/** Maximum size of the bundle in bytes, gzipped: a cold start has to fetch and parse it. */
const MAX_BUNDLE = 500 * 1024;

/** The binding of the database in wrangler.toml. */
const BINDING = "DB";

type Stream = "inherit" | "pipe";

/** Runs wrangler. Returns its output if that is piped. A failure ends this program with wrangler's exit status. */
function wrangler(options: readonly string[], output: Stream = "inherit"): string {
  const env = {
    ...process.env,
    WRANGLER_SEND_METRICS: process.env["WRANGLER_SEND_METRICS"] ?? "false",
    // wrangler logs its JSON, so a quieter log level would hide it.
    ...(output === "pipe" && { WRANGLER_LOG: "log" }),
  };
  const { status, stdout }: SpawnSyncReturns<string | null> = spawnSync(
    process.execPath,
    [bin("wrangler"), ...options],
    { cwd: ROOT, env, stdio: ["inherit", output, "inherit"], encoding: "utf8" },
  );
  if (status !== 0) process.exit(status ?? 1);
  return stdout ?? "";
}

/** Bundles the Worker and prints the size of what would be uploaded. Throws if that is too large. */
function checkBundle(): void {
  const bytes = inTemporaryFolder((folder) => {
    wrangler(["deploy", "--dry-run", "--outdir", folder]);
    return bundledFiles(folder).reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
  });
  const size = `${(bytes / 1024).toFixed(1)} KB gzipped, of at most ${MAX_BUNDLE / 1024} KB`;
  console.log(`bundle: ${size}`);
  if (bytes > MAX_BUNDLE) throw new Error(`the bundle is too large: ${size}`);
}

const configured = z.object({
  d1_databases: z.array(
    z.object({ binding: z.string(), database_name: z.string().optional(), database_id: z.string().optional() }),
  ),
});
const listedDatabases = z.array(z.object({ uuid: z.string(), name: z.string() }));

/** Whether the account has the database that wrangler.toml names by its id or its name. */
function databaseExists(): boolean {
  const { d1_databases } = configured.parse(readConfig({ config: join(ROOT, "wrangler.toml") }));
  const wanted = d1_databases.find(({ binding }) => binding === BINDING);
  if (wanted === undefined) throw new Error(`wrangler.toml has no D1 database with the binding ${BINDING}`);
  const listed = listedDatabases.parse(JSON.parse(wrangler(["d1", "list", "--json"], "pipe")));
  return listed.some(({ uuid, name }) => uuid === wanted.database_id || name === wanted.database_name);
}

function deploy(options: readonly string[]): void {
  const upload = () => wrangler(["deploy", ...options]);
  const migrate = () => wrangler(["d1", "migrations", "apply", BINDING, "--remote"]);
  const steps = databaseExists() ? [migrate, upload] : [upload, migrate];
  for (const step of steps) step();
}

await runProgram(() => {
  const options = process.argv.slice(2);
  checkBundle();
  if (!options.includes("--dry-run")) deploy(options);
});
