/**
 * A real receiver of webhooks, on loopback. The path says how it behaves: `/{name}/{behaviour}`; what it got is read back at
 * `/{name}`, so that tests, which run in workerd, can look.
 *
 * - `echo`: answers the challenge of a confirmation, else 204
 * - `json`: the same, as `{"challenge": …}`
 * - `parrot`: answers the whole body that it got
 * - `silent`: answers 200 and nothing else
 * - `status-N`: answers N; `after-N-status-M`: N times M, then as `echo`
 * - `retry-after-VALUE`: answers 503 with that `Retry-After`, percent-encoded in the path
 * - `redirect`: 302 to another name, `redirect-N`: the same with another status
 * - `endless`: answers 200, an `x`, and then `é` for as long as somebody listens
 * - `hang`: never answers
 * - `gate`: behaves as it was last told to by a GET of `/{name}/open/{behaviour}`; after one of `/{name}/shut`, and before it was told
 *   anything, requests wait for the next one
 * - `late-MS`: behaves as `echo` so many milliseconds later
 * - `drip`: answers 200, and then a byte of the body now and then, for ever; `drip-head`: the same with header lines
 * - `drop`: hangs up without an answer; `drop-late`: in the middle of the body
 * - `say-STATUS-BODY`: answers so; `raw-BYTES`: the answer as it goes over the wire, one character a byte. Both percent-encoded, and
 *   with `{challenge}`, and `{name}` for each header, filled in from what was sent; `{blanks}` are 64 KB of them
 * - `then-BEHAVIOUR`: confirms as `echo` does, and after that behaves so
 * - `bomb`: answers 200 and 64 MB of zeros, compressed
 * - `callback`: as a WebSub subscriber, see subscriber.ts
 * - `slack`, `slack-STATUS`, `slack-429-SECONDS`, and so `discord` and `ntfy`: as these services do
 *
 * A GET of `/{name}/dns/{behaviour}` is a resolver (DNS over HTTPS, JSON). It answers what the parameter says that is named as
 * the type that is asked for, or, where there is such a behaviour, behaves; the questions count as received.
 *
 * It listens at several ports, so that there are several hosts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { TestProject } from "vitest/node";
import { answerAsService } from "./services.ts";
import { answerVerification } from "./subscriber.ts";

export interface Received {
  method: string;
  /** Path and parameters. */
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Its place among all that was received, at whatever name. */
  place: number;
  /** Requests that were under way when it came, itself included: of names with the same beginning, up to the first full stop. */
  underWay: { host: number; all: number };
}

declare module "vitest" {
  interface ProvidedContext {
    receiver: string;
    /** The same under other hosts. */
    receivers: string[];
  }
}

const received = new Map<string, Received[]>();
let places = 0;
/** Requests that are not answered yet. */
const underWay = new Set<{ group: string; host: string }>();
/** How gates behave that are open, and what waits at those that are shut; by name. */
const gates = new Map<string, string>();
const waiting = new Map<string, (() => void)[]>();

function handle(request: IncomingMessage, response: ServerResponse): void {
  const [name = "", behaviour = "", dns = ""] = (request.url ?? "").slice(1).split("/");
  if (behaviour === "callback") {
    answerHub(name, request, response);
    return;
  }
  if (behaviour === "dns") {
    answerQuestion(name, dns, request, response);
    return;
  }
  if (behaviour === "open" || behaviour === "shut") {
    moveGate(name, behaviour === "open" ? dns : undefined);
    response.end();
    return;
  }
  if (request.method === "GET") {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(received.get(name) ?? []));
    return;
  }
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    const leave = enter(name, request, response);
    const { count, asked } = note(name, request, body);
    const go = (wanted: string): void => {
      if (wanted !== "hang") leave();
      answer(wanted, count, asked, response);
    };
    if (behaviour === "gate") passGate(name, go);
    else go(behaviour);
  });
}

function answerHub(name: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://subscriber");
  const [, , , verification = "", distribution = ""] = pathname.split("/");
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    const { count, asked } = note(name, request, body);
    const verifies = request.method === "GET";
    const go = (wanted: string): void => {
      if (verifies) answerVerification(wanted, searchParams, count === 1, response);
      else answer(wanted, count, asked, response);
    };
    const behaviour = verifies ? verification : distribution;
    if (behaviour === "gate") passGate(verifies ? `${name}.verification` : name, go);
    else go(behaviour);
  });
}

/** Counts a request as under way until it is answered or its sender hangs up. */
function enter(name: string, { headers }: IncomingMessage, response: ServerResponse): () => void {
  const flight = { group: groupOf(name), host: headers.host ?? "" };
  const leave = (): void => void underWay.delete(flight);
  underWay.add(flight);
  response.on("close", leave);
  return leave;
}

const groupOf = (name: string): string => name.split(".")[0] ?? "";

function passGate(name: string, go: (behaviour: string) => void): void {
  const told = gates.get(name);
  if (told !== undefined) go(told);
  else waiting.set(name, [...(waiting.get(name) ?? []), () => passGate(name, go)]);
}

function moveGate(name: string, behaviour: string | undefined): void {
  if (behaviour === undefined) {
    gates.delete(name);
    return;
  }
  gates.set(name, behaviour);
  const all = waiting.get(name) ?? [];
  waiting.delete(name);
  for (const pass of all) pass();
}

function note(name: string, request: IncomingMessage, body: string): { count: number; asked: Received } {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
  const beside = [...underWay].filter(({ group }) => group === groupOf(name));
  const host = beside.filter((flight) => flight.host === headers["host"]).length;
  const { method = "", url: path = "" } = request;
  const asked = { method, path, headers, body, place: ++places, underWay: { host, all: beside.length } };
  const all = received.get(name) ?? [];
  all.push(asked);
  received.set(name, all);
  return { count: all.length, asked };
}

function answerQuestion(name: string, path: string, request: IncomingMessage, response: ServerResponse): void {
  note(name, request, request.url ?? "");
  const { searchParams } = new URL(request.url ?? "", "http://resolver");
  const fixed = fixedBehaviours[path.split("?")[0] ?? ""];
  const status = Number(searchParams.get("status") ?? 200);
  if (fixed !== undefined) fixed(response);
  else response.writeHead(status).end(searchParams.get(searchParams.get("type") ?? ""));
}

const fixedBehaviours: Record<string, (response: ServerResponse) => void> = {
  silent: (response) => response.writeHead(200).end(),
  endless: (response) => send(Readable.from(endless()), response.writeHead(200)),
  hang: () => {},
  bomb: (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb()),
  drip: (response) => send(Readable.from(drip("", ".")), response.writeHead(200)),
  "drip-head": ({ socket }) => socket && send(Readable.from(drip("HTTP/1.1 200 OK\r\n", "x-drip: 1\r\n")), socket),
  drop: (response) => response.destroy(),
  "drop-late": (response) => response.writeHead(200, { "content-length": 9 }).write("half", () => response.destroy()),
};

let compressed: Buffer | undefined;
const bomb = (): Buffer => (compressed ??= gzipSync(Buffer.alloc(64 * 1024 * 1024)));

function answer(behaviour: string, count: number, asked: Received, response: ServerResponse): void {
  if (answerAsService(behaviour, response)) return;
  const then = /^then-(.*)$/.exec(behaviour)?.[1];
  if (then !== undefined) {
    const confirming = JSON.parse(asked.body).data?.challenge !== undefined;
    answer(confirming ? "echo" : then, count, asked, response);
    return;
  }
  const late = /^late-(\d+)$/.exec(behaviour)?.[1];
  if (late !== undefined) {
    setTimeout(Number(late)).then(() => answer("echo", count, asked, response));
    return;
  }
  const [, times, early] = /^after-(\d+)-status-(\d+)$/.exec(behaviour) ?? [];
  const [, status = Number(times) >= count ? early : undefined] = /^status-(\d+)$/.exec(behaviour) ?? [];
  const [, redirect = "302"] = /^redirect(?:-(\d+))?$/.exec(behaviour) ?? [];
  const [, retryAfter] = /^retry-after-(.*)$/.exec(behaviour) ?? [];
  const [, said, text = ""] = /^say-(\d+)-(.*)$/.exec(behaviour) ?? [];
  const [, raw] = /^raw-(.*)$/.exec(behaviour) ?? [];
  const fixed = fixedBehaviours[behaviour];
  if (fixed !== undefined) fixed(response);
  else if (status !== undefined) response.writeHead(Number(status)).end();
  else if (retryAfter !== undefined) response.writeHead(503, { "retry-after": decodeURIComponent(retryAfter) }).end();
  else if (said !== undefined) response.writeHead(Number(said)).end(filledIn(text, asked));
  else if (raw !== undefined) response.socket?.end(filledIn(raw, asked), "latin1");
  else if (behaviour.startsWith("redirect")) {
    response.writeHead(Number(redirect), { location: "/elsewhere/echo" }).end();
  } else answerChallenge(behaviour, asked.body, response);
}

function filledIn(text: string, { headers, body }: Received): string {
  const known: Record<string, string> = { ...headers, ...JSON.parse(body).data, blanks: " ".repeat(65_536) };
  return decodeURIComponent(text).replace(/\{([a-z_-]+)\}/g, (_, name: string) => known[name] ?? "");
}

/** Sends until the other side hangs up. */
function send(source: Readable, target: NodeJS.WritableStream): void {
  pipeline(source, target).catch(() => {});
}

function* endless(): Generator<string> {
  yield "x";
  while (true) yield "é".repeat(1024);
}

async function* drip(first: string, drop: string): AsyncGenerator<string> {
  if (first) yield first;
  while (true) {
    yield drop;
    await setTimeout(250);
  }
}

function answerChallenge(behaviour: string, body: string, response: ServerResponse): void {
  if (behaviour === "parrot") {
    response.end(body);
    return;
  }
  const { challenge }: { challenge?: string } = JSON.parse(body).data;
  if (challenge === undefined) response.writeHead(204).end();
  else response.end(behaviour === "json" ? JSON.stringify({ challenge }) : challenge);
}

export default async function setup({ provide }: TestProject): Promise<() => void> {
  // Else a connection that was idle for some seconds might be closed just when a request leaves on it: a network error that no test asked for.
  const servers = Array.from({ length: 5 }, () => createServer({ keepAliveTimeout: 3_600_000 }, handle));
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const [receiver = "", ...receivers] = servers.map(
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  );
  provide("receiver", receiver);
  provide("receivers", receivers);
  return () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  };
}
