/** Runs the project's programs as a user does, each with a port and a state of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT } from "../../src/cli/paths.ts";

export const TOKEN = "a-token-for-tests";

export interface Program {
  process: ChildProcess;
  url: string;
  output: () => string;
  /** Stops the program as Ctrl-C does, and waits until it has ended. */
  interrupt: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Makes a temporary folder. */
export function temporaryState(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "parley-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Runs `npm start` in a copy of the project, and waits until the record is loaded. */
export async function start(
  stateDir: string,
  port: number,
  settings: Record<string, string> = {},
  project = ROOT,
): Promise<Program> {
  const env = {
    ...process.env,
    PORT: String(port),
    STATE_DIR: stateDir,
    CURATOR_TOKEN: TOKEN,
    REGISTRATION_LIMIT: "0",
    ...settings,
  };
  const child = spawn(process.execPath, ["src/cli/start.ts"], { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for (let tries = 0; !output.includes("Ctrl-C stops it"); tries++) {
    if (tries > 1500 || child.exitCode !== null) throw new Error(`npm start failed:\n${output}`);
    await wait(100);
  }
  return {
    process: child,
    url: `http://localhost:${port}`,
    output: () => output,
    interrupt: async () => {
      child.kill("SIGINT");
      await ended;
    },
  };
}

/** Runs a program until it ends. */
export async function run(
  file: string,
  options: readonly string[] = [],
  settings: Record<string, string> = {},
  project = ROOT,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [file, ...options], {
    cwd: project,
    env: { ...process.env, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

export interface Hook {
  url: string;
  /** Bodies of the requests, in the order in which they arrived. */
  bodies: { type: string; id: string; data: Record<string, unknown> }[];
  /** While true, requests get no answer. */
  hold: boolean;
  close: () => void;
}

/** Starts a receiver that answers challenges, and that can withhold its answers. */
export async function startHook(): Promise<Hook> {
  const hook: Hook = { url: "", bodies: [], hold: false, close: () => {} };
  const server = createServer({ keepAliveTimeout: 3_600_000 }, async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { type, data } = JSON.parse(body);
    hook.bodies.push({ type, data, id: String(request.headers["webhook-id"]) });
    if (!hook.hold) response.end(data.challenge ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  hook.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return hook;
}

export async function api(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token = TOKEN,
): Promise<Record<string, unknown>> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

/** Waits until a condition is true. */
export async function until(holds: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
  for (let tries = 0; tries < seconds * 10; tries++) {
    if (await holds()) return;
    await wait(100);
  }
  throw new Error(`the condition did not become true within ${seconds} seconds`);
}
