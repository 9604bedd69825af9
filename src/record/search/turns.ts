/**
 * Turns of searches: a few run at the same time in an isolate, others queue, and beyond a bound they are refused.
 *
 * A request cannot wait for a promise of another one: the platform refuses I/O on behalf of another request, and a request that is cancelled
 * settles nothing. So the queue is plain data. Whoever waits looks at it by a timer of its own, and a ticket whose request is lost is dropped.
 * The next turn goes to the caller who has the fewest searches running, so that nobody who asks for many holds up those who ask for one.
 */
import { Problem } from "../../http/problem.ts";
import { Lease } from "../../platform/lease.ts";
import { asker } from "./asker.ts";
import { WorkPace } from "./work-pace.ts";

export interface TurnBounds {
  /** Searches that run at a time. */
  running: number;
  /** Searches that run or wait: in all, and of one caller. */
  total: number;
  perCaller: number;
  /** How long a search waits for its turn at the most, in milliseconds. */
  patience: number;
}

interface Ticket {
  caller: string | undefined;
  lease: Lease;
  running: boolean;
}

/** How often those in the queue look, in milliseconds: the further behind, the less often, since each before them takes longer than so much. */
const LOOK = 4;
const LOOK_BEHIND = 2;
const MOST_LOOK = 50;
/** When one who is refused may ask again, in seconds. */
const RETRY_AFTER = 5;

export class Turns {
  readonly #bounds: TurnBounds;
  /** In the order in which they came. */
  #tickets: readonly Ticket[] = [];

  constructor(bounds: TurnBounds) {
    this.#bounds = bounds;
  }

  /**
   * Does work when its turn has come, on behalf of the present asker. Throws a Problem (429) where too many wait, or for too long; work that
   * no caller asked for is never refused. Work must not take another turn: it would wait for itself.
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
      // Whatever stopped its timer is over.
      if (!this.#tickets.includes(ticket)) this.#tickets = [...this.#tickets, ticket];
    }
    ticket.running = true;
  }

  /** Whose turn it is; undefined while all places are taken. */
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

/** Those of this isolate. Each holds one step of text (find.ts), 2 MB, and the analysis of one article. */
export const SEARCHES = new Turns({ running: 3, total: 120, perCaller: 60, patience: 30_000 });
