/** Parley with its state in a folder: filled once, then started from copies of it, so that each run begins alike. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../src/cli/bundle.ts";
import { load } from "../../../src/cli/load.ts";
import { DATA } from "../../../src/cli/paths.ts";
import { startServer } from "../../../src/cli/server.ts";
import type { Seed } from "./parley-worker.ts";

export interface Parley {
  /** Adds an article that holds these words; throws where it is not new. */
  add(words: readonly string[]): Promise<void>;
  /** Memory of its process as the system counts it (VmRSS), in megabytes. */
  memory(): number;
  /** What its databases take on disk, write-ahead logs included, in megabytes. */
  disk(): { record: number; shards: number };
  stop(): Promise<void>;
}

type Modules = ReturnType<typeof bundle>;

const TOKEN = "bench-token";
const VARS = { CURATOR_TOKEN: TOKEN, ALLOW_PRIVATE_TARGETS: "true", DAILY_LIMIT: "0", REGISTRATION_LIMIT: "0" };
/** Alerts that are registered in one transaction. */
const STEP = 1000;

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), "parley-bench-"));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });
export const bundleParley = (): Modules => bundle(join(import.meta.dirname, "wrangler.toml"), "parley-worker.js");

/** A folder with the state of a Parley that has all of `data/` on record, and confirmed alerts. */
export async function seedState(modules: Modules, seeds: readonly Seed[]): Promise<string> {
  const stateDir = makeFolder();
  const server = await startServer({ port: 0, stateDir, vars: VARS, modules });
  try {
    await load(server.url, TOKEN, DATA);
    for (let from = 0; from < seeds.length; from += STEP) {
      await post(`${server.url}/bench/seed`, seeds.slice(from, from + STEP), 204);
    }
  } finally {
    await server.stop();
  }
  return stateDir;
}

/** Starts Parley on a copy of a state, which goes when it stops. */
export async function startParley(modules: Modules, state: string): Promise<Parley> {
  const stateDir = makeFolder();
  cpSync(state, stateDir, { recursive: true });
  const { url, stop } = await startServer({ port: 0, stateDir, vars: VARS, modules });
  const pid = readFileSync(join(stateDir, "workerd.pid"), "utf8").trim().split(" ")[1];
  return {
    add: (words) => post(`${url}/api/articles`, makeArticle(words), 201),
    memory: () => memoryOf(pid ?? ""),
    disk: () => {
      const files = readdirSync(stateDir, { recursive: true, encoding: "utf8" });
      const sizeOf = (part: string): number =>
        bytesOf(
          stateDir,
          files.filter((file) => file.includes(part)),
        ) /
        2 ** 20;
      return { record: sizeOf("D1"), shards: sizeOf("Shard") };
    },
    stop: async () => {
      await stop();
      removeFolder(stateDir);
    },
  };
}

/** A process's resident memory, in megabytes. */
function memoryOf(pid: string): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} does not tell its memory`);
  return Number(kilobytes) / 1024;
}

const bytesOf = (folder: string, files: readonly string[]): number =>
  files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

async function post(url: string, body: object, expected: number): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== expected) throw new Error(`POST ${url}: ${response.status} ${text}`);
}

/** What every article says beside its words: some 2,000 characters, with names that are on record. */
const TEXT = `Residents of Aleppo said on Tuesday that the night had passed without an air raid for the first time in
weeks. A convoy of the United Nations waited at the border for a third day, an official said, since no side had given the
guarantees that drivers ask for. In Geneva, the envoy met members of the opposition, and is to see a delegation of the
government on Thursday. `.repeat(5);

let added = 0;

function makeArticle(words: readonly string[]): object {
  const number = ++added;
  return {
    id: `bench-${number}`,
    title: `A report of the benchmark, number ${number}`,
    text: `${TEXT}\n\n${words.join(" ")}`,
    publisher: "The Bench Courier",
    published_at: "2016-09-14T10:00:00Z",
    language: "en",
  };
}
