import { describe, expect, it } from "vitest";
import { parseQuery } from "../../src/query/grammar.ts";
import { makeVocabulary } from "../../src/query/names.ts";
import { TreeCache } from "../../src/shard/follow/tree-cache.ts";

const { tree } = parseQuery("convoy", makeVocabulary([]));

/** Which of ten numbers are in a cache. */
const keptIn = (cache: TreeCache): number[] =>
  Array.from({ length: 10 }, (_, i) => i).filter((i) => cache.get(i) !== undefined);

describe("the trees of queries", () => {
  it("are bounded by their number: the least recently used goes first", () => {
    const cache = new TreeCache({ trees: 3, units: 1000 });
    for (const number of [0, 1, 2]) cache.set(number, tree, "x");
    cache.get(0);
    cache.set(3, tree, "x");
    expect(keptIn(cache)).toEqual([0, 2, 3]);
  });

  it("are bounded by the length of their sources", () => {
    const cache = new TreeCache({ trees: 100, units: 10 });
    for (const number of [0, 1, 2]) cache.set(number, tree, "xxx");
    expect(keptIn(cache)).toEqual([0, 1, 2]);
    cache.set(3, tree, "xxxxx");
    expect(keptIn(cache)).toEqual([2, 3]);
    cache.set(4, tree, "x".repeat(11));
    expect(keptIn(cache)).toEqual([]);
    cache.set(5, tree, "x".repeat(10));
    expect(keptIn(cache)).toEqual([5]);
  });

  it("count once, however often they are set, and no more once they are deleted", () => {
    const cache = new TreeCache({ trees: 100, units: 10 });
    for (let i = 0; i < 5; i++) cache.set(1, tree, "xxxx");
    cache.set(2, tree, "xxxx");
    cache.delete(1);
    cache.set(3, tree, "xxxx");
    expect(keptIn(cache)).toEqual([2, 3]);
    cache.clear();
    cache.set(4, tree, "x".repeat(10));
    expect(keptIn(cache)).toEqual([4]);
  });
});
