/** A webhook receiver that records its requests and answers as a test tells it to. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

export interface Message {
  type: string;
  data: Record<string, unknown>;
}

export interface Receiver {
  url: string;
  /** Its answer: the challenge of a confirmation with 200, or this status and body. */
  behaviour: "echo" | { status: number; body: string };
  /** In order of arrival. */
  messages: Message[];
  /** Returns true if the last message has a valid signature of this secret, by the package standardwebhooks. */
  verifies: (secret: string) => boolean;
  close: () => void;
}

export async function startReceiver(): Promise<Receiver> {
  let last: { body: string; headers: Record<string, string> } = { body: "", headers: {} };
  const server = createServer({ keepAliveTimeout: 3_600_000 }, async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    last = {
      body,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, of]) => [name, String(of)])),
    };
    const message: Message = JSON.parse(body);
    receiver.messages.push(message);
    const { behaviour } = receiver;
    if (behaviour === "echo") response.end(message.data["challenge"] ?? "thank you");
    else response.writeHead(behaviour.status).end(behaviour.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    behaviour: "echo",
    messages: [],
    verifies: (secret) => {
      try {
        new Webhook(secret).verify(last.body, last.headers);
        return true;
      } catch {
        return false;
      }
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
