/** Runs the Worker on this machine: bundled by wrangler, on Miniflare's workerd, with its state in a folder. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig, unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { addressesOf } from "./addresses.ts";
import { migrate } from "./migrations.ts";
import { bin, DATA, ROOT } from "./paths.ts";

export interface Server {
  /** Address by which this machine reaches the Worker. */
  url: string;
  /** Addresses by which other machines reach it, if it listens on all of them. */
  otherUrls: string[];
  /** What the platform does every minute. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Address to listen on; by default only this machine can connect. */
  host?: string;
  /** 0: any free port. */
  port: number;
  stateDir: string;
  /** Settings of the Worker. */
  vars: Readonly<Record<string, string>>;
  /** The Worker's modules, for whoever starts it often; without them they are made. */
  modules?: ReturnType<typeof bundle>;
  /**
   * The record has all migrations, so that none is looked for. That goes through Miniflare's proxies, which stop this whole process until the
   * Worker answers: one that a failpoint holds never does.
   */
  migrated?: boolean;
  /** Takes each line of the Worker's log; without it they go to the console. */
  onLog?: (line: string) => void;
}

const WORKER = "parley";

/** Applies the migrations and starts the Worker. What a killed predecessor left running on the same state is ended first. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host = "127.0.0.1", port, stateDir, vars, modules, migrated, onLog } = options;
  mkdirSync(stateDir, { recursive: true });
  const pidFile = join(stateDir, "workerd.pid");
  await endPredecessor(pidFile);
  await requirePort(host, port);
  process.env["PARLEY_WORKERD"] = workerdPath();
  process.env["PARLEY_PID_FILE"] = pidFile;
  process.env["MINIFLARE_WORKERD_PATH"] = join(import.meta.dirname, "workerd.sh");
  // Only what goes wrong: wrangler would tell of .dev.vars, which the settings take care of.
  process.env["WRANGLER_LOG"] = "error";
  const config = join(ROOT, "wrangler.toml");
  const { workerOptions } = workerOptionsOf(config);
  const bindings = { ...readConfig({ config }).vars, ...vars };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host,
      port,
      log: new Log(LogLevel.WARN),
      // Without this Miniflare would ask the network where it is.
      cf: false,
      resourcePersistencePath: stateDir,
      ...(onLog && { handleStructuredLogs: ({ message }) => onLog(message) }),
      workers: [{ ...workerOptions, name: WORKER, modules: modules ?? bundle(config), bindings }],
    }),
  );
  try {
    const ready = await miniflare.ready;
    if (!migrated) await migrate(await miniflare.getD1Database("DB", WORKER), join(DATA, "migrations"));
    const [url, ...otherUrls] = addressesOf(host, Number(ready.port));
    return {
      url,
      otherUrls,
      tick: async () => {
        const worker = await miniflare.getWorker(WORKER);
        await worker.scheduled({ cron: "* * * * *" });
      },
      stop: () => miniflare.dispose(),
    };
  } catch (error) {
    await miniflare.dispose().catch(() => {});
    throw error;
  }
}

/** Throws an error in plain words, before anything is started, if the Worker could not listen. */
async function requirePort(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", ({ message, code }: NodeJS.ErrnoException) => {
      const isPort = code === "EADDRINUSE" || code === "EACCES";
      const setting = isPort ? `PORT: port ${port} cannot be used` : `HOST: this machine cannot listen on ${host}`;
      reject(new Error(`${setting} (${message})`));
    });
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

/** workerd's own executable, as Miniflare would find it. */
function workerdPath(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  const path: unknown = require("workerd").default;
  if (typeof path !== "string") throw new Error("the package workerd names no executable");
  return path;
}

/** A Worker's modules, made by the same program that deploys it, as a wrangler.toml says whose script has the name `main`. */
export function bundle(config: string, main = "worker.js") {
  const folder = mkdtempSync(join(tmpdir(), "parley-"));
  try {
    const options = ["deploy", "--config", config, "--dry-run", "--outdir", folder];
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error" };
    execFileSync(process.execPath, [bin("wrangler"), ...options], {
      cwd: ROOT,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    // A source map and wrangler's note stand beside them.
    const files = readdirSync(folder).filter((file) => !/\.map$|^README/.test(file));
    const modules = files.map((path) => moduleOf(path, readFileSync(join(folder, path)), main));
    // The entry comes first.
    return modules.sort((a, b) => Number(b.path === main) - Number(a.path === main));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function moduleOf(path: string, contents: Buffer, main: string) {
  if (path.endsWith(".png")) return { type: "Data" as const, path, contents };
  return { type: path === main ? ("ESModule" as const) : ("Text" as const), path, contents: contents.toString("utf8") };
}

/** How long a predecessor may take to end by itself, in tenths of a second: one whose npm was killed notices soon. */
const PATIENCE = 30;

/** Ends what a predecessor that was killed left running on the same state. One that lives keeps its state: throws. */
async function endPredecessor(pidFile: string): Promise<void> {
  const [owner, ...left] = readPids(pidFile);
  if (owner === undefined) return;
  for (let tries = 0; tries < PATIENCE && isOurs(owner); tries++) await wait(100);
  if (isOurs(owner)) throw new Error(`Parley is running on this state already, as process ${owner}`);
  for (const pid of left) if (isOurs(pid)) process.kill(pid, "SIGKILL");
  for (let tries = 0; tries < PATIENCE && left.some(isOurs); tries++) await wait(100);
  rmSync(pidFile, { force: true });
}

function readPids(file: string): number[] {
  try {
    return readFileSync(file, "utf8").split(" ").map(Number);
  } catch {
    return [];
  }
}

/** Whether a process lives and is one of Parley's: its number may have gone to another program since. */
function isOurs(pid: number): boolean {
  try {
    return /workerd|cli.start\.ts/.test(commandOf(pid));
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return execFileSync("ps", ["-p", String(pid), "-o", "command="], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }
}
