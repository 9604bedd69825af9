/**
 * Hosts that take turns, each with its receivers that do. A turn is charged to its host by the time it took, and the host that was charged least
 * is next: one whose turns are short gets more of them. A host that comes back after a while begins with what the others have by now.
 */

/** Hosts whose charge is remembered before those are forgotten that no longer matter. */
const REMEMBERED = 1_000;

export class Ring {
  /** Both in the order of their turns. */
  readonly #hosts = new Map<string, Set<string>>();
  /** Time charged to each host, in ms. */
  readonly #charges = new Map<string, number>();
  /** The highest charge with which a host had its turn: no host has less. */
  #floor = 0;

  get isEmpty(): boolean {
    return this.#hosts.size === 0;
  }

  add(host: string, receiver: string): void {
    const others = this.#hosts.get(host);
    if (others) others.add(receiver);
    else this.#hosts.set(host, new Set([receiver]));
  }

  remove(host: string, receiver: string): void {
    const others = this.#hosts.get(host);
    if (others?.delete(receiver) && others.size === 0) this.#hosts.delete(host);
  }

  /** The receiver whose turn it is, of the hosts that have room. */
  first(isFull: (host: string) => boolean): string | undefined {
    let best: { receiver: string; charge: number } | undefined;
    for (const [host, [receiver]] of this.#hosts) {
      if (receiver === undefined || isFull(host)) continue;
      const charge = this.#chargeOf(host);
      if (best === undefined || charge < best.charge) best = { receiver, charge };
      if (charge <= this.#floor) break;
    }
    return best?.receiver;
  }

  /** A receiver has its turn, and its host goes to the end. */
  take(host: string, receiver: string): void {
    this.remove(host, receiver);
    this.#floor = this.#chargeOf(host);
    const others = this.#hosts.get(host);
    if (others === undefined) return;
    this.#hosts.delete(host);
    this.#hosts.set(host, others);
  }

  #chargeOf = (host: string): number => Math.max(this.#charges.get(host) ?? 0, this.#floor);

  /** A turn has ended that took so long, in milliseconds. */
  charge(host: string, milliseconds: number): void {
    this.#charges.set(host, this.#chargeOf(host) + Math.max(0, milliseconds));
    if (this.#charges.size <= REMEMBERED) return;
    for (const [other, charge] of this.#charges) if (charge <= this.#floor) this.#charges.delete(other);
  }
}
