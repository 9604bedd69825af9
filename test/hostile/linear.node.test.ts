/** Time grows no faster than a text does, whatever it is made of. The same for all pairs at full length: linear.system.test.ts. */
import { describe, expect, it } from "vitest";
import { fewest, KB, process, queryFor, read, timesOrdinary } from "./cost.ts";
import { LONG_QUERIES, LONG_TEXTS } from "./long-queries.ts";
import { type HostileText, KNOWN, pairs } from "./texts.ts";

/** Milliseconds that no article may take. */
const MOST_MS = 500;
/** As much as four times the time of ordinary text is allowed for each code unit. */
const MOST_TIMES = 4;

describe("texts of every category, script and bidirectional class, in pairs", () => {
  const all = pairs(0, 5);
  const measure = (texts: readonly HostileText[], length: number, bound?: number) =>
    texts
      .map(({ name, make }) => ({ name, make, times: timesOrdinary(make(length), bound) }))
      .sort((a, b) => b.times - a.times);

  it("are at least 2,000", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBeGreaterThanOrEqual(2000);
  });

  it("take at most four times as long as ordinary text: 8 KB of each, then 200 KB of the slowest", () => {
    const slowest = measure(all, 8 * KB).slice(0, 40);
    const tooSlow = measure(slowest, 200 * KB, MOST_TIMES).filter(({ times }) => times > MOST_TIMES);
    expect(tooSlow.map(({ name, times }) => `${name}: ${times}`)).toEqual([]);
  });
});

describe("shapes that were quadratic once, or may be", () => {
  it.each(KNOWN)("$name", ({ make }) => {
    const [short, long, longest] = [make(25 * KB), make(200 * KB), make(256 * KB)];
    const query = queryFor(long);
    const allowed = ((MOST_TIMES * 200) / 25) * fewest(0, () => process(short, query));
    expect(fewest(allowed, () => process(long, query))).toBeLessThanOrEqual(allowed);
    expect(fewest(MOST_MS, () => process(longest, query))).toBeLessThanOrEqual(MOST_MS);
  });
});

describe("queries of 512 characters on texts of 256 KB", () => {
  it.each(LONG_QUERIES)("%s", (_, source) => {
    expect([...source].length).toBeLessThanOrEqual(512);
    expect(fewest(MOST_MS, () => read(source))).toBeLessThanOrEqual(MOST_MS);
    const query = read(source);
    const slow = LONG_TEXTS.flatMap(({ name, make }) => {
      const text = make(256 * KB);
      const took = fewest(MOST_MS, () => process(text, query));
      return took > MOST_MS ? [`${name}: ${took} ms`] : [];
    });
    expect(slow).toEqual([]);
  });
});
