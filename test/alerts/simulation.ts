/** Receivers and a courier on a simulated clock: the lanes and paces are the shard's own, requests are numbers. */

import { type Attempt, TIMEOUT } from "../../src/delivery/attempt.ts";
import { Lanes } from "../../src/shard/deliver/lanes.ts";
import { type Manner, mannerAfter, restAfter, turnOf, UNKNOWN } from "../../src/shard/deliver/receiver-pace.ts";

/** How a receiver answers. */
export interface Receiver {
  host: string;
  /** Milliseconds to the answer to its nth request, which comes `now`; the question whether it wants any is number 0. Infinity: none. */
  answers: (request: number, now: number) => number;
  /** It answers with headers at once, and the rest of the answer takes so long. */
  drips?: boolean;
  /** It has answered a message before. */
  proven?: boolean;
}

/** A message that was delivered. */
export interface Arrival {
  receiver: number;
  /** When the message was due for the first time, and when it was delivered: in milliseconds. */
  due: number;
  delivered: number;
}

interface Message {
  due: number;
  next: number;
  tries: number;
}

interface State {
  manner: Manner;
  requests: number;
  rest: number;
  waiting: Message[];
}

interface Request {
  receiver: number;
  message: Message;
  began: number;
  /** When it ends by itself. */
  ends: number;
  aborted: boolean;
}

const WAITS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].map((seconds) => seconds * 1000);
/** Milliseconds from one look to the next. */
const STEP = 50;

/** Sends each of `articles` (when, in milliseconds) to all receivers; what was delivered by the end. */
export function simulate(receivers: readonly Receiver[], articles: readonly number[], end: number): Arrival[] {
  const lanes = new Lanes();
  const states = receivers.map(confirmed);
  const flying = new Map<number, Request>();
  const arrivals: Arrival[] = [];
  const queue = [...articles].sort((a, b) => a - b);
  for (let now = 0; now <= end; now += STEP) {
    for (let at = queue[0]; at !== undefined && at <= now; at = queue[0]) {
      queue.shift();
      for (const { waiting } of states) waiting.push({ due: now, next: now, tries: 0 });
    }
    for (const alert of lanes.overdue(now)) {
      const request = flying.get(Number(alert));
      if (request) Object.assign(request, { ends: now, aborted: true });
    }
    for (const request of [...flying.values()].filter(({ ends }) => ends <= now)) {
      flying.delete(request.receiver);
      settle(request, receivers, states, arrivals, now);
      lanes.land(String(request.receiver), now);
    }
    for (const [receiver, state] of states.entries()) {
      if (isDue(state, now) && !flying.has(receiver)) {
        lanes.add({
          receiver: String(receiver),
          host: receivers[receiver]?.host ?? "",
          ...turnOf(state.manner, now),
        });
      }
    }
    for (let lane = lanes.take(); lane; lane = lanes.take()) {
      const receiver = Number(lane.receiver);
      const [state, answers] = [states[receiver], receivers[receiver]?.answers];
      const message = state && next(state, now);
      if (!state || !answers || !message) throw new Error("nothing is due");
      lanes.begin(lane.receiver, now);
      const ends = now + Math.min(TIMEOUT, answers(++state.requests, now));
      flying.set(receiver, { receiver, message, began: now, ends, aborted: false });
    }
  }
  return arrivals;
}

const isDue = ({ rest, waiting }: State, now: number): boolean =>
  rest <= now && waiting.some((message) => message.next <= now);

/** New messages first, as the outbox has it. */
const next = ({ waiting }: State, now: number): Message | undefined =>
  waiting.filter((message) => message.next <= now).sort((a, b) => Math.min(a.tries, 1) - Math.min(b.tries, 1))[0];

const attemptOf = (at: number, milliseconds: number, outcome: "answered" | "timeout", cut: boolean): Attempt => ({
  ...{ at, milliseconds, outcome, cut, status: outcome === "answered" ? 204 : null },
  ...{ body: "", retryAfter: null },
});

function confirmed({ answers, proven = false }: Receiver): State {
  const manner = mannerAfter(UNKNOWN, attemptOf(0, answers(0, 0), "answered", false), proven);
  return { manner, requests: 0, rest: 0, waiting: [] };
}

function settle(
  { receiver, message, began, ends, aborted }: Request,
  receivers: readonly Receiver[],
  states: readonly State[],
  arrivals: Arrival[],
  now: number,
): void {
  const [state, answers] = [states[receiver], receivers[receiver]];
  if (!state || !answers) return;
  const cut = aborted || ends - began >= TIMEOUT;
  const attempt = attemptOf(began, ends - began, cut && !answers.drips ? "timeout" : "answered", cut);
  state.manner = mannerAfter(state.manner, attempt, true);
  if (attempt.outcome === "answered") {
    state.rest = 0;
    state.waiting.splice(state.waiting.indexOf(message), 1);
    arrivals.push({ receiver, due: message.due, delivered: ends });
    return;
  }
  state.rest = now + restAfter(state.manner.timeouts);
  const wait = WAITS[message.tries++];
  if (wait === undefined) state.waiting.splice(state.waiting.indexOf(message), 1);
  else message.next = now + wait;
}
