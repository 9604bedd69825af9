/** Workers on Miniflare's workerd, called at workerd's own sockets: neither wrangler's proxy nor Miniflare's entry stands before them. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig, unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { bundle } from "../../../src/cli/bundle.ts";
import type { Data } from "../../../src/cli/data.ts";
import { load } from "../../../src/cli/load.ts";
import { DATA, ROOT } from "../../../src/cli/paths.ts";
import { startServer } from "../../../src/cli/server.ts";
import { makeFolder, removeFolder } from "../delivery/parley.ts";
import type { Story } from "./fill.ts";
import { makeStories } from "./stories.ts";

type Modules = ReturnType<typeof bundle>;

export interface Bundles {
  /** What is deployed. */
  plain: Modules;
  /** The same, with the calls of parley-worker.ts. */
  counting: Modules;
}

export const bundleAll = (): Bundles => ({
  plain: bundle(join(ROOT, "wrangler.toml")),
  counting: bundle(join(import.meta.dirname, "wrangler.toml"), "parley-worker.js"),
});

export interface Workers {
  /** The origins of the Workers, in their order. */
  origins: readonly string[];
  /** Processor time that workerd has taken so far, in milliseconds. */
  processorTime(): number;
  stop(): Promise<void>;
}

const TOKEN = "bench-token";
const VARS = { CURATOR_TOKEN: TOKEN, PUBLIC_URL: "https://wire.example" };
/** Where workerd listens for a Worker itself: on any free port. */
const SOCKET = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };
const STORIES_A_CALL = 50;

export interface Filled {
  folder: string;
  events: number;
  /** Seconds that filling took. */
  took: number;
}

/** A folder with the state of a Parley that has so many events on record: those of data/ and, where there are to be more, made ones. */
export async function fillRecord(modules: Modules, data: Data, events: number): Promise<Filled> {
  const folder = makeFolder();
  const began = performance.now();
  const server = await startServer({ port: 0, stateDir: folder, vars: VARS, modules });
  try {
    await load(server.url, TOKEN, DATA);
    let stories: Story[] = [];
    const send = async (): Promise<void> => {
      await expectStatus(
        await fetch(`${server.url}/bench/fill`, { method: "POST", body: JSON.stringify(stories) }),
        204,
      );
      stories = [];
    };
    for (const story of makeStories(data, events - data.events.size)) {
      stories.push(story);
      if (stories.length === STORIES_A_CALL) await send();
    }
    await send();
  } finally {
    await server.stop();
  }
  return { folder, events, took: (performance.now() - began) / 1000 };
}

/** Starts Parley on a copy of a state, which goes when it stops. */
export async function startParley(modules: Modules, { folder }: Filled): Promise<Workers> {
  const copy = makeFolder();
  cpSync(folder, copy, { recursive: true });
  const config = join(ROOT, "wrangler.toml");
  const { workerOptions } = workerOptionsOf(config);
  const bindings = { ...readConfig({ config }).vars, ...VARS };
  return startWorkers([{ ...workerOptions, name: "parley", modules, bindings, ...SOCKET }], copy);
}

/** What a Worker answers always. */
export interface Constant {
  status: number;
  /** The answer's headers, by name. */
  headers: Readonly<Record<string, string>>;
  body: string | null;
}

/** Workers that answer a constant string, all of them in one process. */
export const startConstants = (constants: readonly Constant[]): Promise<Workers> =>
  startWorkers(
    constants.map(({ status, headers, body }, i) => ({
      name: `constant-${i}`,
      compatibilityDate: "2026-10-01",
      modules: [
        {
          type: "ESModule" as const,
          path: "constant.js",
          contents: `import body from "./body.txt";
const answer = ${body === null ? "null" : "body"}, init = ${JSON.stringify({ status, headers })};
export default { fetch: () => new Response(answer, init) };`,
        },
        { type: "Text" as const, path: "body.txt", contents: body ?? "" },
      ],
      ...SOCKET,
    })),
    makeFolder(),
  );

type MiniflareWorkers = Parameters<typeof convertV4MiniflareOptions>[0] extends infer T
  ? Extract<T, { workers: unknown }> extends { workers: infer W }
    ? W
    : never
  : never;

async function startWorkers(workers: MiniflareWorkers, folder: string): Promise<Workers> {
  const pidFile = join(folder, "workerd.pid");
  // Together with what startServer has set, this starts workerd by src/cli/workerd.sh: it ends with this process, and tells its number.
  process.env["PARLEY_PID_FILE"] = pidFile;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      log: new Log(LogLevel.WARN),
      cf: false,
      resourcePersistencePath: folder,
      workers,
    }),
  );
  await miniflare.ready;
  const urls = await Promise.all(workers.map(({ name }) => miniflare.unsafeGetDirectURL(name)));
  const pid = readFileSync(pidFile, "utf8").trim().split(" ")[1] ?? "";
  return {
    origins: urls.map((url) => url.origin),
    processorTime: () => processorTime(pid),
    stop: async () => {
      await miniflare.dispose();
      removeFolder(folder);
    },
  };
}

/** User and system time of a process on Linux (proc(5), /proc/pid/stat), in milliseconds: it counts in hundredths of a second. */
function processorTime(pid: string): number {
  const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(user) + Number(system)) * 10;
}

/** Puts an event on record as a curator does. */
export async function putEvent(origin: string, id: string, event: object): Promise<void> {
  const response = await fetch(`${origin}/api/events/${id}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(event),
  });
  await expectStatus(response, 201);
}

async function expectStatus(response: Response, status: number): Promise<void> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.url}: ${response.status} ${text}`);
}
