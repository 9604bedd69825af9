/**
 * Concurrent requests for the same value share one computation. The first request computes the value. The others poll for it, each by a timer
 * of its own, because a request cannot wait for a promise of another request: the platform refuses I/O on behalf of another request. If the
 * first request is cancelled, another one takes over. If it fails, each of the others computes the value itself. Nothing is cached.
 */
import { Lease } from "./lease.ts";

interface Flight<T> {
  db: D1Database;
  key: string;
  lease: Lease;
  answer: { value: T } | "failed" | undefined;
}

/** Polling interval of waiting requests, in ms. */
const LOOK = 5;

export class SingleFlight<T> {
  #flights: readonly Flight<T>[] = [];

  /** Returns the value of a key, which must describe the computation in full. */
  async share(db: D1Database, key: string, work: () => Promise<T>): Promise<T> {
    for (let flight = this.#find(db, key); flight !== undefined && flight.answer !== "failed"; ) {
      if (flight.answer !== undefined) return flight.answer.value;
      await scheduler.wait(LOOK);
      // A cancelled request never answers; another request may have taken over.
      if (flight.answer === undefined && flight.lease.isLost) flight = this.#find(db, key);
    }
    return this.#work(db, key, work);
  }

  #find(db: D1Database, key: string): Flight<T> | undefined {
    return this.#flights.find((flight) => flight.db === db && flight.key === key && !flight.lease.isLost);
  }

  async #work(db: D1Database, key: string, work: () => Promise<T>): Promise<T> {
    const flight: Flight<T> = { db, key, lease: new Lease(), answer: undefined };
    this.#flights = [...this.#flights.filter(({ lease }) => !lease.isLost), flight];
    try {
      const value = await work();
      flight.answer = { value };
      return value;
    } finally {
      flight.answer ??= "failed";
      flight.lease.end();
      this.#flights = this.#flights.filter((other) => other !== flight);
    }
  }
}
