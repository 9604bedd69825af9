/** A receiver of webhooks for the demo. It answers challenges, verifies every message, and keeps them all. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

/** A message that arrived. */
export interface ReceivedMessage {
  id: string;
  type: string;
  data: Record<string, unknown>;
  /** Whether the signature is valid. */
  verified: boolean;
}

export interface Receiver {
  url: string;
  /** Sets the secret that verifies the messages at `/name`. */
  expect(name: string, secret: string): void;
  /** Waits for the first message of a type at `/name`. Throws if none arrives within `seconds`. */
  next(name: string, type: string, seconds: number): Promise<ReceivedMessage>;
  stop(): void;
}

/** Starts a receiver. The names in `answers` answer the challenge; for the others someone has to press the button. */
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
      throw new Error(`${name} got no ${type} within ${seconds} seconds`);
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
