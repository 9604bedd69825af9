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
 * - `drip`: answers 200, and then a byte of the body now and then, for ever; `drip-head`: the same with header lines
 * - `drop`: hangs up without an answer; `drop-late`: in the middle of the body
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import type { TestProject } from "vitest/node";

export interface Received {
  headers: Record<string, string>;
  body: string;
}

declare module "vitest" {
  interface ProvidedContext {
    receiver: string;
  }
}

const received = new Map<string, Received[]>();

function handle(request: IncomingMessage, response: ServerResponse): void {
  const [name = "", behaviour = ""] = (request.url ?? "").slice(1).split("/");
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
    const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
    const all = [...(received.get(name) ?? []), { headers, body }];
    received.set(name, all);
    answer(behaviour, all.length, body, response);
  });
}

const fixedBehaviours: Record<string, (response: ServerResponse) => void> = {
  silent: (response) => response.writeHead(200).end(),
  endless: (response) => send(Readable.from(endless()), response.writeHead(200)),
  hang: () => {},
  drip: (response) => send(Readable.from(drip("", ".")), response.writeHead(200)),
  "drip-head": ({ socket }) => socket && send(Readable.from(drip("HTTP/1.1 200 OK\r\n", "x-drip: 1\r\n")), socket),
  drop: (response) => response.destroy(),
  "drop-late": (response) => response.writeHead(200, { "content-length": 9 }).write("half", () => response.destroy()),
};

function answer(behaviour: string, count: number, body: string, response: ServerResponse): void {
  const [, times, early] = /^after-(\d+)-status-(\d+)$/.exec(behaviour) ?? [];
  const [, status = Number(times) >= count ? early : undefined] = /^status-(\d+)$/.exec(behaviour) ?? [];
  const [, redirect = "302"] = /^redirect(?:-(\d+))?$/.exec(behaviour) ?? [];
  const [, retryAfter] = /^retry-after-(.*)$/.exec(behaviour) ?? [];
  const fixed = fixedBehaviours[behaviour];
  if (fixed !== undefined) fixed(response);
  else if (status !== undefined) response.writeHead(Number(status)).end();
  else if (retryAfter !== undefined) response.writeHead(503, { "retry-after": decodeURIComponent(retryAfter) }).end();
  else if (behaviour.startsWith("redirect")) {
    response.writeHead(Number(redirect), { location: "/elsewhere/echo" }).end();
  } else answerChallenge(behaviour, body, response);
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
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  provide("receiver", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
