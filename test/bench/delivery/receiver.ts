/** Receivers of webhooks under many hosts, in a process of their own. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Counts, Question } from "./receiver-process.ts";

/** How long messages are waited for, in milliseconds. */
const PATIENCE = 300_000;

export interface Receiver {
  /** Its hosts: as many as are asked for, with the port. On Linux all of 127.0.0.0/8 is this machine. */
  hosts(count: number): string[];
  /** Forgets what came; from now on these hosts never answer. */
  begin(hanging?: readonly string[]): Promise<void>;
  count(): Promise<Counts>;
  /** When each message came, in milliseconds by `now`, once there are so many. */
  arrivals(messages: number): Promise<number[]>;
  /** The body that came last. */
  sample(): Promise<string>;
  stop(): void;
}

/** One question at a time. */
export async function startReceiver(): Promise<Receiver> {
  const child = fork(join(import.meta.dirname, "receiver-process.ts"));
  const [port] = await once(child, "message");
  const ask = async <T>(question: Question): Promise<T> => {
    child.send(question);
    const [answer] = await once(child, "message", { signal: AbortSignal.timeout(PATIENCE) });
    return answer;
  };
  return {
    hosts: (count) => Array.from({ length: count }, (_, i) => `127.0.${Math.floor(i / 250)}.${(i % 250) + 1}:${port}`),
    begin: (hanging = []) => ask({ ask: "begin", hanging }),
    count: () => ask({ ask: "count" }),
    arrivals: (messages) => ask({ ask: "await", messages }),
    sample: () => ask({ ask: "sample" }),
    stop: () => void child.kill(),
  };
}
