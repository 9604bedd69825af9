/** A first start, seen from outside: whoever asks before the database is ready is told to come again, and never that something is broken. */
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { freePort, start, TOKEN, temporaryState } from "./programs.ts";

const PATHS = ["/", "/feed.rss", "/feeds.opml", "/topics", "/api/status", "/api/events", "/healthz"];

interface Seen {
  path: string;
  status: number;
  retryAfter: string | null;
}

/** What an address answers; undefined while nothing listens there. */
async function look(url: string, path: string, init: RequestInit = {}): Promise<Seen | undefined> {
  try {
    const { status, headers, body } = await fetch(url + path, init);
    await body?.cancel();
    return { path, status, retryAfter: headers.get("retry-after") };
  } catch {
    return undefined;
  }
}

it("answers 503 with Retry-After until the migrations are applied, and from then on 200", async () => {
  const state = temporaryState();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let isUp = false;
  const starting = start(state.path, port).finally(() => (isUp = true));
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const article = JSON.stringify({ id: "early", title: "Early", text: "Early.", published_at: null });
  const rounds: Seen[][] = [];
  while (!isUp) {
    const asked = [
      ...PATHS.map((path) => look(url, path)),
      look(url, "/api/articles", { method: "POST", headers, body: article }),
    ];
    rounds.push((await Promise.all(asked)).filter((seen) => seen !== undefined));
    await wait(10);
  }
  const program = await starting;
  try {
    const seen = rounds.flat();
    expect(seen.filter(({ status }) => ![200, 201, 503].includes(status))).toEqual([]);
    expect(seen.filter(({ status, retryAfter }) => status === 503 && !/^\d+$/.test(retryAfter ?? ""))).toEqual([]);
    // Once the wire says that it is well, it is.
    const well = rounds.findIndex((round) => round.some(({ path, status }) => path === "/healthz" && status === 200));
    expect(well).toBeGreaterThanOrEqual(0);
    expect(rounds.slice(well + 1).flatMap((round) => round.filter(({ status }) => status === 503))).toEqual([]);
  } finally {
    await program.interrupt();
    state.remove();
  }
});
