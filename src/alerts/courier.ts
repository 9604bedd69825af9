/**
 * Carries the messages of a shard to their receivers. Which of them are in flight is known in memory alone: a Durable Object
 * runs once, so what a new instance finds pending is in nobody's hands, and goes out again under the same id.
 */
import { type Attempt, post } from "../delivery/attempt.ts";
import { refuseDestination } from "../delivery/destination.ts";
import { judge } from "../delivery/schedule.ts";
import { signatureHeaders } from "../delivery/signature.ts";
import { type Env, readSettings } from "../env.ts";
import { makeMessage } from "./message.ts";
import type { Key, Outbox, Outgoing } from "./outbox.ts";
import type { Registry } from "./registry.ts";
import { report } from "./report.ts";

/** Requests at a time: in all (the platform lets no more wait for their headers; others would time out in its queue), and to one host. */
const IN_FLIGHT = 6;
const IN_FLIGHT_PER_HOST = 2;
/** After a fault of our own, the message rests this long, in milliseconds. */
const AFTER_FAULT = 5_000;

interface Flight {
  host: string;
  done: Promise<void>;
}

export class Courier {
  readonly #env: Env;
  readonly #ctx: DurableObjectState;
  readonly #outbox: Outbox;
  readonly #registry: Registry;
  readonly #arm: () => Promise<void>;
  readonly #flights = new Map<string, Flight>();

  /** `arm` sets the alarm; it is called before the first request leaves, so that whatever happens then, someone looks again. */
  constructor(env: Env, ctx: DurableObjectState, outbox: Outbox, registry: Registry, arm: () => Promise<void>) {
    this.#env = env;
    this.#ctx = ctx;
    this.#outbox = outbox;
    this.#registry = registry;
    this.#arm = arm;
  }

  get busy(): boolean {
    return this.#flights.size > 0;
  }

  /** Resolves when the next request that is under way has ended. */
  async nextLanding(): Promise<void> {
    await Promise.race([...this.#flights.values()].map(({ done }) => done));
  }

  /** Starts the messages that are due, as far as there is room. */
  async dispatch(): Promise<void> {
    const armed = Promise.withResolvers<void>();
    for (let key = this.#nextDue(); key !== undefined; key = this.#nextDue()) this.#launch(key, armed.promise);
    try {
      await this.#arm();
    } finally {
      armed.resolve();
    }
  }

  /** The longest-waiting message that may leave now. */
  #nextDue(): (Key & { host: string }) | undefined {
    if (this.#flights.size >= IN_FLIGHT) return undefined;
    const perHost = Map.groupBy(this.#flights.values(), ({ host }) => host);
    const full = [...perHost].filter(([, flights]) => flights.length >= IN_FLIGHT_PER_HOST).map(([host]) => host);
    return this.#outbox.due(Date.now(), full, this.#flights.size + 1).find((key) => !this.#flights.has(nameOf(key)));
  }

  #launch(key: Key & { host: string }, armed: Promise<void>): void {
    const name = nameOf(key);
    const done = armed.then(() => this.#deliver(key)).finally(() => this.#flights.delete(name));
    this.#flights.set(name, { host: key.host, done });
    this.#ctx.waitUntil(done.then(() => this.dispatch()));
  }

  /** One attempt and what follows from it. Never throws: what is not settled is still due, and goes out again. */
  async #deliver(key: Key): Promise<void> {
    try {
      const outgoing = this.#outbox.read(key);
      if (outgoing === undefined) return;
      const attempt = await this.#attempt(outgoing);
      this.#ctx.storage.transactionSync(() => this.#settle(outgoing, attempt));
    } catch (error) {
      if (error instanceof Gone) return;
      report("delivery.failed", { ...key, error: String(error) });
      await scheduler.wait(AFTER_FAULT);
    }
  }

  async #attempt({ channel, id, secret, origin, ...parts }: Outgoing): Promise<Attempt> {
    if (channel.type !== "webhook") throw new Error("a feed has nothing to deliver");
    const { allowPrivateTargets, publicUrl } = readSettings(this.#env);
    const own = publicUrl === undefined ? [origin] : [origin, publicUrl];
    if (refuseDestination(channel.url, { allowPrivate: allowPrivateTargets, own }) !== undefined) {
      return { at: Date.now(), milliseconds: 0, outcome: "refused", status: null, body: "", retryAfter: null };
    }
    const body = JSON.stringify(makeMessage({ ...parts, origin }));
    const signature = await signatureHeaders([secret], id, Math.floor(Date.now() / 1000), body);
    if (this.#outbox.read(parts) === undefined) throw new Gone();
    return post(channel.url, { "content-type": "application/json", "user-agent": "Parley", ...signature }, body);
  }

  #settle(outgoing: Outgoing, attempt: Attempt): void {
    const verdict = judge(attempt, outgoing.attempts + 1, readSettings(this.#env).retrySeconds, Math.random());
    if (!this.#outbox.settle(outgoing, attempt, verdict)) return;
    if (verdict.kind === "failed") {
      report("message.failed", { message: outgoing.id, because: verdict.because });
      if (verdict.gone && outgoing.type !== "alert.confirm") this.#registry.pause(outgoing.alert, verdict.because);
    }
    if (verdict.kind === "delivered" && outgoing.challenge !== null && outgoing.type === "alert.confirm") {
      if (holdsChallenge(attempt.body, outgoing.challenge)) this.#registry.confirm(outgoing.alert, Date.now());
    }
  }
}

/** The message was removed while it was signed. */
class Gone extends Error {}

const nameOf = ({ alert, sequence }: Key): string => `${alert}/${sequence}`;

/** Whether an answer is the challenge, as text or as `{"challenge": …}`. An echo of the whole message is neither. */
function holdsChallenge(body: string, challenge: string): boolean {
  if (body.trim() === challenge) return true;
  try {
    const answer: unknown = JSON.parse(body);
    if (answer === challenge) return true;
    return typeof answer === "object" && answer !== null && "challenge" in answer && answer.challenge === challenge;
  } catch {
    return false;
  }
}
