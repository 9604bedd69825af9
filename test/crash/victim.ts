/** The Worker on workerd, to be killed: started as `npm start` does it, on a state that outlives it. */
import { fork } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { type ServerOptions, startServer } from "../../src/cli/server.ts";
import type { Failpoint } from "../../src/platform/failpoint.ts";
import { TOKEN } from "../cli/programs.ts";

export interface Victim {
  /** Resolves when the Worker is ready. */
  url: Promise<string>;
  /** Resolves when its log says that it has come to its failpoint. */
  reached: Promise<void>;
  /** The tick of the cron: not where there is a failpoint, since it waits in this very process for an answer. What becomes of it is nobody's concern, since it may be killed meanwhile. */
  tick(): void;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
}

/** Where the Worker stops: at a failpoint, when it is reached for the nth time. */
export interface Stop {
  name: Failpoint;
  times: number;
}

export interface Start {
  stateDir: string;
  modules: NonNullable<ServerOptions["modules"]>;
  /** Where the Worker stops. The record must have been migrated before. */
  failpoint?: Stop;
  onLog: (line: string) => void;
}

/** Retries soon, and no bounds on what the suite does often. */
const settings = (failpoint: Stop | undefined): Record<string, string> => ({
  CURATOR_TOKEN: TOKEN,
  ALLOW_PRIVATE_TARGETS: "true",
  RETRY_SECONDS: "1,1,1,2,2,5,5,5,10,10",
  REGISTRATION_LIMIT: "0",
  DAILY_LIMIT: "0",
  ...(failpoint && { FAILPOINT: `${failpoint.name}:${failpoint.times}` }),
});

/** Only workerd is killed; the program that started it goes on, and starts it again. */
export function startWorkerd({ stateDir, modules, failpoint, onLog }: Start): Victim {
  const reached = Promise.withResolvers<void>();
  const starting = startServer({
    ...{ port: 0, stateDir, modules, vars: settings(failpoint), migrated: failpoint !== undefined },
    onLog: (line) => {
      if (failpoint && line === `failpoint ${failpoint.name}`) reached.resolve();
      else onLog(line);
    },
  });
  const url = starting.then((server) => server.url);
  // What an alarm begins may come to the failpoint before the Worker is ready; then it never is.
  url.catch(() => {});
  return {
    url,
    reached: reached.promise,
    tick: () => void starting.then((server) => server.tick()).catch(() => {}),
    kill: async () => {
      const workerd = readWorkerd(stateDir, process.pid);
      if (workerd === undefined) throw new Error("workerd left no number of its process");
      process.kill(workerd, "SIGKILL");
      await starting.then((server) => server.stop()).catch(() => {});
    },
  };
}

/** A message of the program that `startProgram` starts. */
export interface Ready {
  url: string;
}

/** The whole program is killed, with its workerd at the same time or without; what it leaves behind is for the next start. */
export function startProgram({ stateDir, modules, onLog }: Start, withWorkerd: boolean): Victim {
  const url = Promise.withResolvers<string>();
  // Killed before it was ready, it never is.
  url.promise.catch(() => {});
  const program = fork(join(import.meta.dirname, "program.ts"), {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Some modules are bytes, which JSON cannot carry.
    serialization: "advanced",
  });
  const ended = new Promise<void>((resolve) => program.once("exit", () => resolve()));
  void ended.then(() => url.reject(new Error("the program ended before it was ready")));
  for (const stream of [program.stdout, program.stderr]) stream?.setEncoding("utf8").on("data", onLog);
  program.once("message", (message: Ready) => url.resolve(message.url));
  program.send({ stateDir, modules, vars: settings(undefined) } satisfies ProgramOptions);
  return {
    url: url.promise,
    reached: new Promise(() => {}),
    // It ticks by itself when it is ready, as `npm start` does.
    tick: () => {},
    kill: async () => {
      url.reject(new Error("it was killed before it was ready"));
      const workerd = withWorkerd ? readWorkerd(stateDir, program.pid) : undefined;
      if (workerd !== undefined) killIfThere(workerd);
      program.kill("SIGKILL");
      await ended;
    },
  };
}

/** What the program is told at first. */
export type ProgramOptions = Pick<ServerOptions, "stateDir" | "modules" | "vars">;

/**
 * Resolves when the record's database has been written to so often since the start (its write-ahead log has grown), as the migrations do one by
 * one, or when they are over.
 */
export async function migrating(stateDir: string, victim: Victim, writes: number): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  victim.url.then(end, end);
  const sizes = new Set([logSize(stateDir)]);
  while (!over && sizes.size <= writes) {
    await wait(1);
    sizes.add(logSize(stateDir));
  }
}

function logSize(stateDir: string): number {
  const file = findRecord(stateDir);
  return file === undefined ? 0 : (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
}

/** How many migrations the record of a dead Worker has seen. */
export function countMigrations(stateDir: string): number {
  const file = findRecord(stateDir);
  if (file === undefined) return 0;
  const db = new DatabaseSync(file);
  try {
    const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'd1_migrations'").get();
    return table === undefined ? 0 : Number(db.prepare("SELECT count(*) AS count FROM d1_migrations").get()?.["count"]);
  } finally {
    db.close();
  }
}

function findRecord(stateDir: string): string | undefined {
  const folder = join(stateDir, "d1", "miniflare-D1DatabaseObject");
  const file = existsSync(folder) ? readdirSync(folder).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)) : undefined;
  return file && join(folder, file);
}

/** The workerd that a process has started on a state. An older one's number may be another program's by now. */
function readWorkerd(stateDir: string, owner: number | undefined): number | undefined {
  const file = join(stateDir, "workerd.pid");
  const [parent, workerd] = existsSync(file) ? readFileSync(file, "utf8").split(" ").map(Number) : [];
  return parent === owner ? workerd : undefined;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
