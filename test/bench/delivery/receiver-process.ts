/** The receiver's process: answers 204 at once, under every address of loopback, and notes when each message came first. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { now } from "./now.ts";

/** What it can be asked for. */
export type Question =
  /** Forget all; from now on these hosts (`127.0.0.1:8080`) never answer. Answered with nothing. */
  | { ask: "begin"; hanging: readonly string[] }
  /** Answered with `Counts`. */
  | { ask: "count" }
  /** Answered when so many messages have come: with the time of each, by `now`. */
  | { ask: "await"; messages: number }
  /** Answered with the body that came last. */
  | { ask: "sample" };

export interface Counts {
  /** That came to hosts that answer, each once. */
  messages: number;
  /** That came again. */
  repeated: number;
}

const arrivals = new Map<string, number>();
let repeated = 0;
let sample = "";
let hanging = new Set<string>();
let awaited = Number.POSITIVE_INFINITY;

function receive(request: IncomingMessage, response: ServerResponse): void {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    if (hanging.has(request.headers.host ?? "")) return;
    note(String(request.headers["webhook-id"]));
    sample = body;
    response.writeHead(204).end();
  });
}

function note(id: string): void {
  if (arrivals.has(id)) repeated++;
  else arrivals.set(id, now());
  if (arrivals.size >= awaited) tellArrivals();
}

function tellArrivals(): void {
  awaited = Number.POSITIVE_INFINITY;
  process.send?.([...arrivals.values()]);
}

function answer(question: Question): void {
  if (question.ask === "await") {
    awaited = question.messages;
    if (arrivals.size >= awaited) tellArrivals();
  } else if (question.ask === "begin") {
    arrivals.clear();
    repeated = 0;
    hanging = new Set(question.hanging);
    process.send?.(null);
  } else process.send?.(question.ask === "sample" ? sample : { messages: arrivals.size, repeated });
}

process.on("message", answer);
// It ends with whoever started it.
process.on("disconnect", () => process.exit());
// Longer than any pause between two messages, so that no connection is closed just when one leaves.
const server = createServer({ keepAliveTimeout: 120_000 }, receive);
server.listen(0, "0.0.0.0", () => process.send?.((server.address() as AddressInfo).port));
