/**
 * A real receiver of webhooks, on loopback. The path says how it behaves: `/{name}/{behaviour}`; what it got is read back at
 * `/{name}`, so that tests, which run in workerd, can look.
 *
 * - `echo`: answers the challenge of a confirmation, else 204
 * - `json`: the same, as `{"challenge": …}`
 * - `silent`: answers 200 and nothing else
 * - `status-N`: answers N; `after-N-status-M`: N times M, then as `echo`
 * - `redirect`: 302 to another name
 * - `hang`: never answers
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
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

function answer(behaviour: string, count: number, body: string, response: ServerResponse): void {
  const [, times, status] = /^after-(\d+)-status-(\d+)$/.exec(behaviour) ?? [];
  const fixed = /^status-(\d+)$/.exec(behaviour)?.[1] ?? (Number(times) >= count ? status : undefined);
  if (behaviour === "hang") return;
  if (fixed !== undefined) response.writeHead(Number(fixed)).end();
  else if (behaviour === "redirect") response.writeHead(302, { location: "/elsewhere/echo" }).end();
  else if (behaviour === "silent") response.writeHead(200).end();
  else answerChallenge(behaviour, body, response);
}

function answerChallenge(behaviour: string, body: string, response: ServerResponse): void {
  const { challenge }: { challenge?: string } = JSON.parse(body).data;
  if (behaviour === "parrot") response.end(body);
  else if (challenge === undefined) response.writeHead(204).end();
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
