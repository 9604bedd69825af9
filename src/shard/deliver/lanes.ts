/**
 * Whose turn it is. Every receiver (an alert, or a WebSub subscription) that has something due waits in the lane of the host that it calls. Hosts
 * take turns, and within a host its receivers do, so that neither a host nor a receiver with a long backlog keeps the others waiting. Receivers of
 * one pace have lanes of their own: the longer a turn takes, the fewer places it may be taken in. In memory alone: what is due is in the tables, and
 * a new instance fills its lanes from there.
 */
import type { ReceiverPace, Turn } from "./receiver-pace.ts";
import { Ring } from "./ring.ts";

/** Requests at a time to receivers of some paces together: in all, and to one host. */
export interface Share {
  paces: readonly ReceiverPace[];
  places: number;
  perHost: number;
}

/**
 * Six in all, since the platform lets no more wait for their headers. Quick and new receivers have at least two places that no others take,
 * late ones at least two, later ones and silent ones one each.
 */
export const SHARES: readonly Share[] = [
  { paces: ["quick", "new", "late", "hesitant", "later", "silent"], places: 6, perHost: 3 },
  { paces: ["late", "hesitant", "later", "silent"], places: 4, perHost: 2 },
  { paces: ["later", "silent"], places: 2, perHost: 1 },
  { paces: ["later"], places: 1, perHost: 1 },
  { paces: ["silent"], places: 1, perHost: 1 },
];

/** A receiver is an alert or a subscription: on one host, a chat service's for instance, some may hang while others answer. */
export interface Lane extends Turn {
  receiver: string;
  host: string;
}

interface Flight {
  lane: Lane;
  /** When the request left, in milliseconds of Unix time; until then nobody waits for the receiver. */
  began: number;
}

/** Paces with few places go first, else they would never get one. `later` precedes `silent`, since they share one place on a host. */
const SLOW: readonly ReceiverPace[] = ["later", "silent", "late", "hesitant"];
const PROMPT: readonly ReceiverPace[] = ["quick", "new"];
/** One in so many turns is a new receiver's before a quick one's, so that it gets a turn however busy the quick ones are. */
const NEW_TURN = 8;
/** While requests hang, a crowd of quick and new receivers is to have its turns within about so long, in milliseconds. */
const ROUND = 13_000;

export class Lanes {
  readonly #shares: readonly Share[];
  readonly #places: number;
  readonly #rings: Record<ReceiverPace, Ring> = {
    quick: new Ring(),
    new: new Ring(),
    late: new Ring(),
    hesitant: new Ring(),
    later: new Ring(),
    silent: new Ring(),
  };
  readonly #waiting = new Map<string, Lane>();
  readonly #flying = new Map<string, Flight>();
  /** Turns of quick and new receivers. */
  #turns = 0;
  /** Quick and new receivers that wait; and the most that did since none waited. */
  #prompt = 0;
  #crowd = 0;

  constructor(shares: readonly Share[] = SHARES) {
    this.#shares = shares;
    this.#places = Math.max(...shares.map(({ places }) => places));
  }

  get flying(): number {
    return this.#flying.size;
  }

  /** Puts a receiver at the end of its lane. One that waits there keeps its place; one that flies is put there again when it has landed. */
  add(lane: Lane): void {
    const { receiver, host, pace } = lane;
    if (this.#flying.has(receiver)) return;
    const before = this.#waiting.get(receiver);
    const stays = before?.host === host && before.pace === pace;
    if (before && !stays) {
      this.#rings[before.pace].remove(before.host, receiver);
      this.#leave(before);
    }
    this.#waiting.set(receiver, lane);
    if (stays) return;
    this.#rings[pace].add(host, receiver);
    if (PROMPT.includes(pace)) this.#crowd = Math.max(this.#crowd, ++this.#prompt);
  }

  #leave({ receiver, pace }: Lane): void {
    this.#waiting.delete(receiver);
    if (PROMPT.includes(pace) && --this.#prompt === 0) this.#crowd = 0;
  }

  /** The receiver whose turn it is, which flies from now on; undefined where none waits or none may leave. */
  take(): Lane | undefined {
    const lane = this.#next([...SLOW, ...(this.#turns % NEW_TURN === 0 ? PROMPT.toReversed() : PROMPT)]);
    if (lane === undefined) return undefined;
    if (PROMPT.includes(lane.pace)) this.#turns++;
    this.#rings[lane.pace].take(lane.host, lane.receiver);
    this.#leave(lane);
    this.#flying.set(lane.receiver, { lane, began: Number.POSITIVE_INFINITY });
    return lane;
  }

  #next(paces: readonly ReceiverPace[]): Lane | undefined {
    for (const pace of paces) {
      const lane = this.#first(pace);
      if (lane !== undefined) return lane;
    }
    return undefined;
  }

  /** The next receiver of the first host that has room. */
  #first(pace: ReceiverPace): Lane | undefined {
    if (this.#rings[pace].isEmpty) return undefined;
    const flying = [...this.#flying.values()].map(({ lane }) => lane);
    const shares = this.#shares.filter(({ paces }) => paces.includes(pace));
    if (shares.some(({ paces, places }) => countOf(flying, paces) >= places)) return undefined;
    const receiver = this.#rings[pace].first((host) => {
      const there = flying.filter((lane) => lane.host === host);
      return shares.some(({ paces, perHost }) => countOf(there, paces) >= perHost);
    });
    return receiver === undefined ? undefined : this.#waiting.get(receiver);
  }

  /** The request of a receiver has left: from now on its time counts. */
  begin(receiver: string, now: number): void {
    const flight = this.#flying.get(receiver);
    if (flight) flight.began = now;
  }

  /** The request of a receiver has ended. Turns of slow receivers are charged; those of others are short. */
  land(receiver: string, now: number): void {
    const flight = this.#flying.get(receiver);
    if (flight === undefined) return;
    this.#flying.delete(receiver);
    const { lane, began } = flight;
    if (SLOW.includes(lane.pace) && began <= now) this.#rings[lane.pace].charge(lane.host, now - began);
  }

  /**
   * The alerts whose requests have taken too long by now, and keep others waiting that could leave in their place: the longest first, and no
   * more of them than wait. In a crowd patience is shorter, but only while at least half of the requests to quick and new receivers hang.
   */
  overdue(now: number): string[] {
    const flights = [...this.#flying.values()].sort((a, b) => a.began - b.began);
    const long = flights.filter(({ lane, began }) => now - began >= this.#leastPatience(lane));
    const prompt = (all: readonly Flight[]): number => all.filter(({ lane }) => PROMPT.includes(lane.pace)).length;
    const stalled = 2 * prompt(long) >= prompt(flights);
    return long
      .filter(({ lane, began }) => (stalled || now - began >= lane.patience) && this.#keepsWaiting(lane.receiver))
      .slice(0, this.#waiting.size)
      .map(({ lane }) => lane.receiver);
  }

  #leastPatience({ pace, patience, least }: Lane): number {
    if (!PROMPT.includes(pace)) return patience;
    return Math.max(least, Math.min(patience, (ROUND * this.#places) / this.#crowd));
  }

  /** Returns true if another request could start once this one ends. Requests to silent receivers do not count. */
  #keepsWaiting(receiver: string): boolean {
    const flight = this.#flying.get(receiver);
    if (flight === undefined) return false;
    const paces = [...SLOW, ...PROMPT].filter((pace) => pace !== "silent" || flight.lane.pace === "silent");
    this.#flying.delete(receiver);
    const next = this.#next(paces);
    this.#flying.set(receiver, flight);
    return next !== undefined;
  }
}

const countOf = (lanes: readonly Lane[], paces: readonly ReceiverPace[]): number =>
  lanes.filter(({ pace }) => paces.includes(pace)).length;
