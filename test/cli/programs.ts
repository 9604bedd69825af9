/** Starts the project's programs as a user would, each with a port and a state of its own. */
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
  /** Ends it as Ctrl-C does, and waits. */
  interrupt: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** A folder for a state, removed at the end. */
export function temporaryState(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "parley-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** `npm start`, up and loaded. */
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
    if (tries > 1500 || child.exitCode !== null) throw new Error(`npm start did not come up:\n${output}`);
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

/** A program that runs to its end. */
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
  /** The bodies that arrived, in order. */
  bodies: { type: string; id: string; data: Record<string, unknown> }[];
  /** While true, what arrives is left without an answer. */
  hold: boolean;
  close: () => void;
}

/** A receiver that answers challenges, and can be told to hold its answers back. */
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

export async function until(isSo: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
  for (let tries = 0; tries < seconds * 10; tries++) {
    if (await isSo()) return;
    await wait(100);
  }
  throw new Error("it never came to be");
}
