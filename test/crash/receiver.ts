/** A subscriber's receiver that is not at its best: mostly it answers at once, else late, with a 500, or it hangs up. It keeps all that arrives. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

/** A request as it arrived. */
export interface Arrival {
  /** Its number in the journal's count. */
  at: number;
  path: string;
  headers: Record<string, string>;
  /** `webhook-id`, and `webhook-timestamp` in seconds of Unix time. */
  id: string;
  timestamp: number;
  body: string;
  type: string;
  /** Of the alert that the body names. */
  alert: string;
  data: Record<string, unknown>;
  /** The secrets by which standardwebhooks accepts it. */
  verifiedBy: Set<string>;
  /** The status that it was answered with, and when; undefined where the receiver hung up, or the sender was gone. */
  answer?: { status: number; at: number };
}

export interface Receiver {
  arrivals: readonly Arrival[];
  /** An address for a path; paths are spread over several ports, and so over what counts as several hosts. */
  url(path: string): string;
  /** A path whose challenges are answered: who registered it knows by now that it is so. */
  welcome(path: string): void;
  /** A secret of an alert. What has arrived is verified by it as well. */
  learn(alert: string, secret: string): void;
  stop(): void;
}

const PORTS = 4;
/** How long a challenge may wait for whoever registered to hear of the alert, in milliseconds. */
const UNTIL_KNOWN = 800;

export async function startReceiver(random: () => number, next: () => number): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  const welcomed = new Set<string>();
  const secrets = new Map<string, string[]>();

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrival = await read(request, next);
    for (const secret of secrets.get(arrival.alert) ?? []) verify(arrival, secret);
    const first = !arrivals.some(({ id }) => id === arrival.id);
    arrivals.push(arrival);
    const { status, body } = await answer(arrival, first);
    if (status === undefined || response.destroyed) {
      response.destroy();
      return;
    }
    arrival.answer = { status, at: next() };
    response.writeHead(status).end(body);
  };

  const answer = async ({ type, data, path }: Arrival, first: boolean): Promise<{ status?: number; body?: string }> => {
    const mood = random();
    // A confirmation has few attempts: only the first one is met with a bad mood.
    if (mood > 0.91 && (type !== "alert.confirm" || first)) return mood > 0.96 ? {} : { status: 500 };
    if (mood > 0.83) await wait(20 + random() * 380);
    if (type !== "alert.confirm") return { status: 204 };
    for (let waited = 0; !welcomed.has(path) && waited < UNTIL_KNOWN; waited += 20) await wait(20);
    return welcomed.has(path) ? { status: 200, body: String(data["challenge"]) } : { status: 503 };
  };

  const listen = (): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((request, response) => {
        receive(request, response).catch(() => response.destroy());
      });
      server.listen(0, "127.0.0.1", () => resolve(server));
    });
  const servers = await Promise.all(Array.from({ length: PORTS }, listen));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });

  return {
    arrivals,
    url: (path) => `http://127.0.0.1:${ports[sum(path) % PORTS]}${path}`,
    welcome: (path) => void welcomed.add(path),
    learn: (alert, secret) => {
      secrets.set(alert, [...(secrets.get(alert) ?? []), secret]);
      for (const arrival of arrivals) if (arrival.alert === alert) verify(arrival, secret);
    },
    stop: () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

const sum = (text: string): number =>
  [...text].reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0);

/** Throws for a request that breaks off: its sender was killed, and nothing has arrived. */
async function read(request: IncomingMessage, next: () => number): Promise<Arrival> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const { type, data }: { type: string; data: { alert: { id: string } } & Record<string, unknown> } = JSON.parse(body);
  return {
    ...{ at: next(), path: request.url ?? "", headers, body, type, data, alert: data.alert.id },
    id: String(headers["webhook-id"]),
    timestamp: Number(headers["webhook-timestamp"]),
    verifiedBy: new Set(),
  };
}

function verify(arrival: Arrival, secret: string): void {
  try {
    new Webhook(secret).verify(arrival.body, arrival.headers);
    arrival.verifiedBy.add(secret);
  } catch {
    // Another secret's, or too old for this library by now; what none verifies is for the judge.
  }
}
