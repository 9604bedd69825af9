/** `npm start`: runs the Worker with its migrations, data/ and cron, until Ctrl-C. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { appendDevVar } from "./dev-vars.ts";
import { load } from "./load.ts";
import { shownFolder } from "./paths.ts";
import { readStartSettings } from "./program-settings.ts";
import { runProgram } from "./run-program.ts";
import { startServer } from "./server.ts";

/** Interval of the cron, in ms. */
const MINUTE = 60_000;

/** Makes a random token and keeps it for the next start. */
function makeToken(): string {
  const token = randomBytes(24).toString("base64url");
  appendDevVar("CURATOR_TOKEN", token);
  return token;
}

async function main(): Promise<void> {
  const { host, port, stateDir, dataDir, vars: given } = readStartSettings();
  const token = given["CURATOR_TOKEN"] ?? makeToken();
  const vars = { ALLOW_PRIVATE_TARGETS: "true", ...given, CURATOR_TOKEN: token };
  const server = await startServer({ host, port, stateDir, vars });
  const stop = async (): Promise<void> => {
    await server.stop();
    process.exit(0);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  stopWithNpm(stop);
  // Wakes the shards at once, so that messages of a killed run are not delayed by loading data/.
  await server.tick();
  const { created, corrected, same } = await load(server.url, token, dataDir);
  console.log(`Loaded ${shownFolder(dataDir)}: ${created} new, ${corrected} corrected, ${same} as they were.

Parley runs on ${[server.url, ...server.otherUrls].join(", ")}

  the page            ${server.url}/
  events, RSS         ${server.url}/feed.rss
  events, JSON Feed   ${server.url}/feed.json
  status              ${server.url}/api/status
  the curators' token ${process.env["CURATOR_TOKEN"] ? "is the one in the environment" : "is in .dev.vars, as CURATOR_TOKEN"}

Ctrl-C stops it.`);
  setInterval(() => server.tick().catch((error: unknown) => console.error("cron:", error)), MINUTE);
}

/** Stops when npm is gone: a killed npm sends its script no signal. The script's parent is a shell, and the shell's is npm. */
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

/** Returns the id of a process's parent, or undefined where the system has no /proc (proc(5), /proc/pid/stat). */
function parentOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[1];
  } catch {
    return undefined;
  }
}

await runProgram(main);
