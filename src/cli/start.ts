/** `npm start`: migrations, the Worker, data/, and the cron, until Ctrl-C. */
import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { readSettings } from "../env.ts";
import { load } from "./load.ts";
import { DATA, DEV_VARS, ROOT } from "./paths.ts";
import { runProgram } from "./run-program.ts";
import { startServer } from "./server.ts";

const MINUTE = 60_000;
const SETTINGS = [
  "CURATOR_TOKEN",
  "PUBLIC_URL",
  "ALLOW_PRIVATE_TARGETS",
  "RETRY_SECONDS",
  "REGISTRATION_LIMIT",
  "DNS_RESOLVER",
  "DAILY_LIMIT",
  "WIRE_TITLE",
  "WIRE_DESCRIPTION",
] as const;

/** The environment wins over .dev.vars. */
function readVars(): Record<string, string> {
  const file = existsSync(DEV_VARS) ? parseEnv(readFileSync(DEV_VARS, "utf8")) : {};
  const vars: Record<string, string> = { ALLOW_PRIVATE_TARGETS: "true" };
  for (const name of SETTINGS) {
    const value = process.env[name] || file[name];
    if (value) vars[name] = value;
  }
  return vars;
}

/** A token of this machine's own, kept for the next start. */
function makeToken(): string {
  const token = randomBytes(24).toString("base64url");
  const before = existsSync(DEV_VARS) ? readFileSync(DEV_VARS, "utf8") : "";
  const newline = before === "" || before.endsWith("\n") ? "" : "\n";
  appendFileSync(DEV_VARS, `${newline}CURATOR_TOKEN=${token}\n`, { mode: 0o600 });
  return token;
}

async function main(): Promise<void> {
  const vars = readVars();
  readSettings(vars);
  const token = vars["CURATOR_TOKEN"] ?? makeToken();
  const stateDir = resolve(ROOT, process.env["STATE_DIR"] || ".wrangler/state");
  const server = await startServer({ port: readPort(), stateDir, vars: { ...vars, CURATOR_TOKEN: token } });
  const stop = async (): Promise<void> => {
    await server.stop();
    process.exit(0);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  stopWithNpm(stop);
  // What a killed run left behind goes on at once; data/ may take a moment.
  await server.tick();
  const { created, corrected, same } = await load(server.url, token, DATA);
  console.log(`Loaded data/: ${created} new, ${corrected} corrected, ${same} as they were.

Parley runs on ${server.url}

  the page            ${server.url}/
  events, RSS         ${server.url}/feed.rss
  events, JSON Feed   ${server.url}/feed.json
  status              ${server.url}/api/status
  the curators' token ${process.env["CURATOR_TOKEN"] ? "is the one in the environment" : "is in .dev.vars, as CURATOR_TOKEN"}

Ctrl-C stops it.`);
  setInterval(() => server.tick().catch((error: unknown) => console.error("cron:", error)), MINUTE);
}

/** npm that is killed tells its script nothing: look whether it is still there, behind the shell that it starts scripts with. */
function stopWithNpm(stop: () => Promise<void>): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const ancestors = (): string => `${process.ppid} ${parentOf(process.ppid)}`;
  const before = ancestors();
  const watch = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(watch);
    void stop();
  }, 500);
}

/** The parent of a process, where the system tells it as Linux does (proc(5), /proc/pid/stat). */
function parentOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[1];
  } catch {
    return undefined;
  }
}

function readPort(): number {
  const port = process.env["PORT"] || "8787";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`PORT: a number from 0 to 65535 was expected, not "${port}"`);
  return Number(port);
}

await runProgram(main);
