/** Runs the Worker on this machine, on Miniflare's workerd, with its state in a folder. */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig, unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { readSettings } from "../platform/settings.ts";
import { addressesOf } from "./addresses.ts";
import { bundle } from "./bundle.ts";
import { migrate } from "./migrations.ts";
import { DATA, ROOT } from "./paths.ts";
import { endPredecessor } from "./predecessor.ts";

export interface Server {
  /** Address by which this machine reaches the Worker. */
  url: string;
  /** Addresses by which other machines reach it, if it listens on all of them. */
  otherUrls: string[];
  /** Runs the cron once. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Address to listen on; by default only this machine can connect. */
  host?: string;
  /** Port to listen on; 0 means any free port. */
  port: number;
  stateDir: string;
  /** Variables and secrets of the Worker. */
  vars: Readonly<Record<string, string>>;
  /** The Worker's modules, for tests that start it often. By default they are bundled. */
  modules?: ReturnType<typeof bundle>;
  /**
   * True if the database has all migrations. Looking for them blocks this process until the Worker answers, which a Worker that
   * a failpoint holds never does.
   */
  migrated?: boolean;
  /** Receives each line of the Worker's log. By default the lines go to the console. */
  onLog?: (line: string) => void;
}

const WORKER = "parley";

/**
 * Starts the Worker and applies the migrations. A workerd that a killed start left on the same state is ended first.
 * Throws if a setting cannot be read, be it in `vars` or in wrangler.toml.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host = "127.0.0.1", port, stateDir, vars, modules, migrated, onLog } = options;
  const config = join(ROOT, "wrangler.toml");
  const bindings = { ...readConfig({ config }).vars, ...vars };
  readSettings(bindings);
  mkdirSync(stateDir, { recursive: true });
  const pidFile = join(stateDir, "workerd.pid");
  await endPredecessor(pidFile);
  await requirePort(host, port);
  process.env["PARLEY_WORKERD"] = workerdPath();
  process.env["PARLEY_PID_FILE"] = pidFile;
  process.env["MINIFLARE_WORKERD_PATH"] = join(import.meta.dirname, "workerd.sh");
  // Only errors: wrangler would warn about .dev.vars, which program-settings.ts reads.
  process.env["WRANGLER_LOG"] = "error";
  const { workerOptions } = workerOptionsOf(config);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host,
      port,
      log: new Log(LogLevel.WARN),
      // Otherwise Miniflare asks a server on the internet for its location.
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

/** Throws an error that names the setting if the Worker could not listen on an address. */
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

/** The executable of workerd that Miniflare would start. */
function workerdPath(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  const path: unknown = require("workerd").default;
  if (typeof path !== "string") throw new Error("the package workerd has no executable");
  return path;
}
