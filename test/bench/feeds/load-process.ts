/**
 * The load generator's process: so many connections, each of which asks again as soon as it was answered. It speaks the little of HTTP/1.1
 * that this takes itself: a request costs it a third of what it costs Node's own client, which the Worker outran.
 */
import { connect, type Socket } from "node:net";

/** What it can be asked for. */
export interface Load {
  /** `http://127.0.0.1:8080` */
  origin: string;
  /** Asked for in turn, over and over; or once each, and no longer than there are some. */
  paths: readonly string[];
  once: boolean;
  headers: Readonly<Record<string, string>>;
  connections: number;
  /** It ends after so many seconds, or so many requests, whichever comes first. */
  seconds: number;
  requests: number;
  /** Any other status is an error. */
  status: number;
}

export interface Loaded {
  requests: number;
  seconds: number;
  /** Of each request, in milliseconds. */
  times: number[];
  /** What the answers took on the wire, heads included. */
  bytes: number;
  /** The part of one processor that this process took: near 1, it is what held up the Worker. */
  processor: number;
}

/** How the rest of an answer is told from the next one (RFC 9112, section 6.3). */
type Body = { left: number } | "chunked";

async function run(load: Load): Promise<Loaded> {
  const loaded: Loaded = { requests: 0, seconds: 0, times: [], bytes: 0, processor: 0 };
  const { hostname, port } = new URL(load.origin);
  const heads = load.paths.map((path) => requestHead(path, load));
  const began = performance.now();
  const before = process.cpuUsage();
  let asked = 0;
  /** The next request; undefined at the end. */
  const next = (): string | undefined => {
    if (asked >= load.requests || performance.now() - began >= load.seconds * 1000) return undefined;
    const number = asked++;
    return load.once ? heads[number] : heads[number % heads.length];
  };
  const connection = async (): Promise<void> => {
    const socket = connect(Number(port), hostname).setNoDelay(true);
    await ask(socket, load.status, next, loaded);
  };
  await Promise.all(Array.from({ length: load.connections }, connection));
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return { ...loaded, seconds: took / 1000, processor: (user + system) / 1000 / took };
}

const requestHead = (path: string, { origin, headers }: Load): string =>
  [`GET ${path} HTTP/1.1`, `host: ${new URL(origin).host}`, ...Object.entries(headers).map((pair) => pair.join(": "))]
    .map((line) => `${line}\r\n`)
    .join("")
    .concat("\r\n");

/** One connection's requests, one after the other, until there is none left. */
function ask(socket: Socket, status: number, next: () => string | undefined, loaded: Loaded): Promise<void> {
  return new Promise((resolve, reject) => {
    let head = "";
    let body: Body | undefined;
    let tail = "";
    let began = 0;
    const send = (): void => {
      const request = next();
      if (request === undefined) {
        socket.destroy();
        resolve();
        return;
      }
      head = "";
      body = undefined;
      began = performance.now();
      socket.write(request);
    };
    socket.on("connect", send).on("error", reject);
    socket.on("close", () => reject(new Error("the Worker closed a connection")));
    socket.on("data", (chunk) => {
      loaded.bytes += chunk.length;
      let rest = chunk;
      if (body === undefined) {
        const text = head + chunk.toString("latin1");
        const end = text.indexOf("\r\n\r\n") + 4;
        if (end < 4) {
          head = text;
          return;
        }
        rest = chunk.subarray(end - head.length);
        head = text.slice(0, end);
        if (!head.startsWith(`HTTP/1.1 ${status} `)) return void reject(new Error(`${status} was expected: ${text}`));
        body = bodyOf(head, status);
      }
      if (body !== "chunked") body.left -= rest.length;
      tail = (tail + chunk.toString("latin1", Math.max(0, chunk.length - 5))).slice(-5);
      // No request is sent before an answer is over, so the last chunk ends what has come.
      if (body === "chunked" ? tail !== "0\r\n\r\n" : body.left > 0) return;
      loaded.requests++;
      loaded.times.push(performance.now() - began);
      send();
    });
  });
}

function bodyOf(head: string, status: number): Body {
  if (status === 304) return { left: 0 };
  if (/^transfer-encoding: chunked\r$/im.test(head)) return "chunked";
  return { left: Number(/^content-length: (\d+)\r$/im.exec(head)?.[1]) };
}

process.on("message", (load: Load) => {
  run(load).then(
    (loaded) => process.send?.(loaded),
    (error: unknown) => process.send?.(String(error)),
  );
});
// It ends with whoever started it.
process.on("disconnect", () => process.exit());
