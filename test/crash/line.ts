/** The line to a Worker that is killed now and then. A caller who gets no answer asks again, as a careful one would. */
import { setTimeout as wait } from "node:timers/promises";
import { TOKEN } from "../cli/programs.ts";

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  /** How often it was asked. */
  asks: number;
}

export interface Asked {
  token?: string;
  /** Made anew each time that it is asked. */
  body?: (ask: number) => unknown;
}

/** So often one thing is asked at the most; a Worker that does not answer then is broken. */
const ASKS = 200;

export class Line {
  #url = Promise.withResolvers<string>();
  #reachable = false;
  #askedAgain = 0;

  /** Questions that had to be asked again. */
  get askedAgain(): number {
    return this.#askedAgain;
  }

  /** The Worker can be reached. */
  up(url: string): void {
    this.#reachable = true;
    this.#url.resolve(url);
  }

  /** It cannot; callers wait for the next one. */
  down(): void {
    // Whoever waits for one that was killed before it was ready goes on waiting for the next.
    if (this.#reachable) this.#url = Promise.withResolvers();
    this.#reachable = false;
  }

  /** Asks until there is an answer that is no fault. Throws after many. */
  async ask(method: string, path: string, { token = TOKEN, body }: Asked = {}): Promise<Answer> {
    let last = "";
    for (let asks = 1; asks <= ASKS; asks++) {
      const url = await this.#url.promise;
      try {
        const response = await fetch(url + path, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: body === undefined ? null : JSON.stringify(body(asks)),
          signal: AbortSignal.timeout(60_000),
        });
        const text = await response.text();
        if (response.status < 500) return { status: response.status, body: text === "" ? {} : JSON.parse(text), asks };
        last = `${response.status} ${text}`;
      } catch (error) {
        last = String(error);
      }
      this.#askedAgain++;
      await wait(50);
    }
    throw new Error(`${method} ${path} got no answer in ${ASKS} tries; the last one: ${last}`);
  }
}
