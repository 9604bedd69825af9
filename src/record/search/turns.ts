/**
 * Limits the searches that run at the same time in an isolate. Others wait in a queue; beyond a limit they are refused.
 *
 * A request cannot wait for a promise of another request: the platform refuses I/O on behalf of another request, and a cancelled request
 * settles no promise. So the queue is plain data. Each waiting request polls it by a timer of its own. Tickets of cancelled requests are
 * dropped. The next turn goes to the caller with the fewest running searches, so that a caller with many searches does not hold up others.
 */
import { Problem } from "../../http/problem.ts";
import { Lease } from "../../platform/lease.ts";
import { asker } from "./asker.ts";
import { WorkPace } from "./work-pace.ts";

export interface TurnBounds {
  /** Maximum searches that run at the same time. */
  running: number;
  /** Maximum searches that run or wait: in total, and for each caller. */
  total: number;
  perCaller: number;
  /** Maximum time that a search waits for its turn, in ms. */
  patience: number;
}

interface Ticket {
  caller: string | undefined;
  lease: Lease;
  running: boolean;
}

/** Polling interval of the first in the queue, the increase for each place behind it, and the maximum, in ms. */
const LOOK = 4;
const LOOK_BEHIND = 2;
const MOST_LOOK = 50;
/** Retry-After for refused callers, in seconds. */
const RETRY_AFTER = 5;

export class Turns {
  readonly #bounds: TurnBounds;
  /** In order of arrival. */
  #tickets: readonly Ticket[] = [];

  constructor(bounds: TurnBounds) {
    this.#bounds = bounds;
  }

  /**
   * Waits for a turn of the present caller, then does the work. Throws a Problem (429) if too many searches wait, or if the turn does not
   * come in time. Work without a caller is never refused. The work must not take another turn: it would wait for itself.
   */
  async take<T>(work: (pace: WorkPace) => Promise<T>): Promise<T> {
    const ticket = this.#join(asker.getStore());
    try {
      await this.#wait(ticket);
      return await work(new WorkPace());
    } finally {
      ticket.lease.end();
      this.#tickets = this.#tickets.filter((other) => other !== ticket);
    }
  }

  #join(caller: string | undefined): Ticket {
    this.#tickets = this.#tickets.filter(({ lease }) => !lease.isLost);
    const { total, perCaller } = this.#bounds;
    const own = this.#tickets.filter((ticket) => ticket.caller === caller).length;
    if (caller !== undefined && (this.#tickets.length >= total || own >= perCaller)) throw tooMany();
    const ticket: Ticket = { caller, lease: new Lease(), running: false };
    this.#tickets = [...this.#tickets, ticket];
    return ticket;
  }

  async #wait(ticket: Ticket): Promise<void> {
    const until = Date.now() + this.#bounds.patience;
    while (this.#next() !== ticket) {
      if (ticket.caller !== undefined && Date.now() > until) throw tooMany();
      await scheduler.wait(Math.min(LOOK + LOOK_BEHIND * this.#tickets.indexOf(ticket), MOST_LOOK));
      // A timer that was late may have made this ticket look lost; it rejoins the queue.
      if (!this.#tickets.includes(ticket)) this.#tickets = [...this.#tickets, ticket];
    }
    ticket.running = true;
  }

  /** Returns the ticket whose turn it is; undefined while the maximum number of searches runs. */
  #next(): Ticket | undefined {
    const present = this.#tickets.filter(({ lease }) => !lease.isLost);
    const running = present.filter((ticket) => ticket.running);
    if (running.length >= this.#bounds.running) return undefined;
    const runningOf = ({ caller }: Ticket): number => running.filter((other) => other.caller === caller).length;
    return present
      .filter((ticket) => !ticket.running)
      .reduce<Ticket | undefined>(
        (best, next) => (best && runningOf(best) <= runningOf(next) ? best : next),
        undefined,
      );
  }
}

function tooMany(): Problem {
  const detail = `Too many searches are under way; try again in ${RETRY_AFTER} seconds`;
  return new Problem(429, "Too many requests", detail, { headers: { "retry-after": String(RETRY_AFTER) } });
}

/** The searches of this isolate. Each has up to 2 MB of text (STEP_BYTES) and the analysis of one article in memory. */
export const SEARCHES = new Turns({ running: 3, total: 120, perCaller: 60, patience: 30_000 });
