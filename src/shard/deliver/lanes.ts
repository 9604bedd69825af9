/**
 * Whose turn it is. Every alert that has something due stands in the lane of the host that it calls; hosts take turns, and within a host
 * its alerts do, so that neither a host nor an alert with a long backlog keeps the others waiting. In memory alone: what is due is
 * in the tables, and a new instance fills its lanes from there.
 */

export interface Bounds {
  /** Requests at a time: in all, and to one host. */
  inFlight: number;
  perHost: number;
  /** Of these, requests to receivers that were slow the last time: in all, and to one host. */
  slow: number;
  slowPerHost: number;
}

/** A receiver is known by its alert: on one host, a chat service's for instance, some may hang while others answer. */
export interface Lane {
  alert: string;
  host: string;
  /** It took long, or hung, the last time. */
  slow: boolean;
}

/** Hosts, each with the alerts that wait for it, both in the order of their turns. */
type Ring = Map<string, Set<string>>;

export class Lanes {
  readonly #bounds: Bounds;
  readonly #prompt: Ring = new Map();
  readonly #slow: Ring = new Map();
  readonly #waiting = new Map<string, Lane>();
  readonly #flying = new Map<string, Lane>();
  /** Requests under way by host, and how many of them are to slow receivers. */
  readonly #hosts = new Map<string, { flying: number; slow: number }>();
  #slowFlying = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get flying(): number {
    return this.#flying.size;
  }

  /** Whether a request to a host keeps receivers waiting that are not slow: others on that host, or anybody where there is no room left. */
  holdsUp(host: string): boolean {
    return this.#prompt.has(host) || (this.#prompt.size > 0 && this.#flying.size >= this.#bounds.inFlight);
  }

  /** Puts an alert at the end of its lane. One that waits there keeps its place; one that flies is put there again when it has landed. */
  add(lane: Lane): void {
    const { alert, host, slow } = lane;
    if (this.#flying.has(alert)) return;
    const before = this.#waiting.get(alert);
    if (before?.host === host && before.slow === slow) return;
    if (before) this.#remove(before);
    this.#waiting.set(alert, lane);
    const ring = this.#ring(slow);
    const others = ring.get(host);
    if (others) others.add(alert);
    else ring.set(host, new Set([alert]));
  }

  #ring = (slow: boolean): Ring => (slow ? this.#slow : this.#prompt);

  #remove({ alert, host, slow }: Lane): void {
    this.#waiting.delete(alert);
    const ring = this.#ring(slow);
    const lane = ring.get(host);
    if (lane?.delete(alert) && lane.size === 0) ring.delete(host);
  }

  /** The alert whose turn it is, which flies from now on; undefined where none waits or none may leave. */
  take(): Lane | undefined {
    if (this.#flying.size >= this.#bounds.inFlight) return undefined;
    // The slow first: they have few places, and would otherwise never get one while others wait.
    const slow = this.#slowFlying < this.#bounds.slow ? this.#first(this.#slow, true) : undefined;
    const lane = slow ?? this.#first(this.#prompt, false);
    if (lane === undefined) return undefined;
    this.#remove(lane);
    this.#endTurn(lane);
    this.#count(lane, 1);
    this.#flying.set(lane.alert, lane);
    return lane;
  }

  /** The next alert of the first host that has room. */
  #first(ring: Ring, slow: boolean): Lane | undefined {
    const { perHost, slowPerHost } = this.#bounds;
    for (const [host, [alert]] of ring) {
      const busy = this.#hosts.get(host) ?? { flying: 0, slow: 0 };
      const full = busy.flying >= perHost || (slow && busy.slow >= slowPerHost);
      if (!full && alert !== undefined) return { alert, host, slow };
    }
    return undefined;
  }

  /** The host goes to the end of its ring. */
  #endTurn({ host, slow }: Lane): void {
    const ring = this.#ring(slow);
    const others = ring.get(host);
    if (others === undefined) return;
    ring.delete(host);
    ring.set(host, others);
  }

  /** The request of an alert has ended. */
  land(alert: string): void {
    const flown = this.#flying.get(alert);
    if (flown === undefined) return;
    this.#flying.delete(alert);
    this.#count(flown, -1);
  }

  #count({ host, slow }: Lane, step: 1 | -1): void {
    const busy = this.#hosts.get(host) ?? { flying: 0, slow: 0 };
    if (busy.flying + step === 0) this.#hosts.delete(host);
    else this.#hosts.set(host, { flying: busy.flying + step, slow: busy.slow + (slow ? step : 0) });
    if (slow) this.#slowFlying += step;
  }
}
