/** Time grows no faster than a text, whatever its content. linear.system.test.ts runs all pairs at full length. */
import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../src/percolator/memory-store.ts";
import { Percolator } from "../../src/percolator/percolator.ts";
import { analysed, ask, atLeast, KB, process, queryFor, read, timesOrdinary, within } from "./cost.ts";
import { LONG_QUERIES, LONG_TEXTS } from "./long-queries.ts";
import { KNOWN, pairs } from "./texts.ts";

/** Maximum time of an article in ms. */
const MOST_MS = 500;
/**
 * Maximum time of a code unit relative to ordinary text. The aim is 4, which a quiet machine reaches; a machine that
 * runs other tests as well needs room. A text that takes quadratic time is 25 times slower at 200 KB than at 8 KB.
 */
const MOST_TIMES = 6;

describe("texts of every category, script and bidirectional class, in pairs", () => {
  const all = pairs(0, 5);
  it("number at least 2,000", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBeGreaterThanOrEqual(2000);
  });

  it("take little longer than ordinary text: 8 KB of each, then 200 KB of the slowest", () => {
    const slowest = all
      .map(({ name, make }) => ({ name, make, times: timesOrdinary(make(8 * KB)) }))
      .sort((a, b) => b.times - a.times)
      .slice(0, 40);
    for (const length of [32 * KB, 200 * KB]) {
      for (const { name, make } of slowest) {
        const times = timesOrdinary(make(length), MOST_TIMES);
        if (times > MOST_TIMES) expect.fail(`${length} units of ${name} take ${times.toFixed(1)} times as long`);
      }
    }
  });
});

describe("shapes that were quadratic or may be", () => {
  it.each(KNOWN)("$name", ({ make }) => {
    const query = queryFor(make(25 * KB));
    for (const length of [25, 50, 100, 256]) {
      const text = make(length * KB);
      const took = within(MOST_MS, () => process(text, query));
      if (took > MOST_MS) expect.fail(`${length} KB take ${took} ms`);
    }
    const [short, long] = [make(25 * KB), make(200 * KB)];
    const allowed = ((MOST_TIMES * 200) / 25) * atLeast(() => process(short, query));
    expect(within(allowed, () => process(long, query))).toBeLessThanOrEqual(allowed);
  });
});

const TEXTS = LONG_TEXTS.map(({ name, make }) => {
  const text = make(256 * KB);
  return { name, ready: analysed(text), analysis: within(MOST_MS / 2, () => analysed(text)) };
});

describe("queries of 512 characters on texts of 256 KB", () => {
  it.each(LONG_QUERIES)("%s", (_, source) => {
    expect([...source].length).toBeLessThanOrEqual(512);
    expect(within(MOST_MS, () => read(source))).toBeLessThanOrEqual(MOST_MS);
    const query = read(source);
    for (const { name, ready, analysis } of TEXTS) {
      const took = analysis + within(MOST_MS - analysis, () => ask(ready, query));
      if (took > MOST_MS) expect.fail(`${name}: ${took} ms`);
    }
  });
});

describe("an article of 256 KB among alerts of 512 characters", () => {
  const percolator = new Percolator(new MemoryStore());
  for (const [number, [, source]] of LONG_QUERIES.entries()) percolator.add(number, read(source).tree);

  it.each(TEXTS)("$name", ({ ready, analysis }) => {
    expect(analysis + within(MOST_MS - analysis, () => percolator.match(ready))).toBeLessThanOrEqual(MOST_MS);
  });
});
