/**
 * Requests that ask for the same at the same time share one answer. The one that came first works it out. The others wait, each with a timer
 * of its own, since no request can wait for a promise of another one (`turns.ts`), and take the answer as plain data. If the first one is
 * cancelled, the next to notice takes over; if it fails, each tries by itself. Nothing is kept: an answer is gone when those that waited have it.
 */
import { Lease } from "./lease.ts";

interface Flight<T> {
  db: D1Database;
  key: string;
  lease: Lease;
  answer: { value: T } | "failed" | undefined;
}

/** How often those that wait look, in milliseconds. */
const LOOK = 5;

export class SingleFlight<T> {
  #flights: readonly Flight<T>[] = [];

  /** The answer to what `key` says of a database in full: whoever asks under the same key may be given it. */
  async share(db: D1Database, key: string, work: () => Promise<T>): Promise<T> {
    for (let flight = this.#find(db, key); flight !== undefined && flight.answer !== "failed"; ) {
      if (flight.answer !== undefined) return flight.answer.value;
      await scheduler.wait(LOOK);
      // One that is lost never has an answer; another request may have taken over.
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
