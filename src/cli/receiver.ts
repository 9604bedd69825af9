/** A receiver of webhooks, as a subscriber would run one: it answers the challenge, verifies every message, and keeps them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

/** A message as it arrived, verified or not. */
export interface ReceivedMessage {
  id: string;
  type: string;
  data: Record<string, unknown>;
  verified: boolean;
}

export interface Receiver {
  url: string;
  /** From now on messages at `/name` are verified with this secret. */
  expect(name: string, secret: string): void;
  /** The first message at `/name` of a type; throws where none comes within `seconds`. */
  next(name: string, type: string, seconds: number): Promise<ReceivedMessage>;
  stop(): void;
}

/** `answers`: the names that answer the challenge of a confirmation; at the others someone has to press the button. */
export async function startReceiver(answers: readonly string[]): Promise<Receiver> {
  const secrets = new Map<string, string>();
  const received = new Map<string, ReceivedMessage[]>();
  const server = createServer(async (request, response) => {
    const name = (request.url ?? "/").slice(1);
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const message = read(body, String(request.headers["webhook-id"]), () => {
      new Webhook(secrets.get(name) ?? "").verify(body, request.headers as Record<string, string>);
    });
    received.set(name, [...(received.get(name) ?? []), message]);
    const challenge = answers.includes(name) ? message.data["challenge"] : undefined;
    response.end(typeof challenge === "string" ? challenge : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expect: (name, secret) => void secrets.set(name, secret),
    next: async (name, type, seconds) => {
      for (let tenths = 0; tenths < seconds * 10; tenths++) {
        const message = received.get(name)?.find((each) => each.type === type);
        if (message) return message;
        await wait(100);
      }
      throw new Error(`no ${type} came to ${name} within ${seconds} seconds`);
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function read(body: string, id: string, verify: () => void): ReceivedMessage {
  const { type, data }: { type: string; data: Record<string, unknown> } = JSON.parse(body);
  try {
    verify();
    return { id, type, data, verified: true };
  } catch {
    return { id, type, data, verified: false };
  }
}
