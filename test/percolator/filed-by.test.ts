import { expect, it } from "vitest";
import { IndexEntries, keyedHash, makeKey } from "../../src/percolator/index-entry.ts";
import { planOf } from "../../src/percolator/plan.ts";
import { encodeAll } from "../../src/percolator/posting.ts";
import { parseQuery } from "../../src/query/grammar.ts";
import { splitWords } from "../../src/query/words.ts";
import { FILED_BY, fingerprint } from "../../src/shard/follow/queries.ts";
import { VOCABULARY } from "../query/vocabulary.ts";

const QUERIES = [
  ...[
    "convoys",
    "aleppo ceasefire",
    '"safe passage" -truck',
    "bomb* NEAR/3 us",
    "title:talks lang:fr",
    "place:aleppo OR no-fly",
  ],
  ...[
    "переговоры Лаврова",
    "négociations syriennes",
    "القافلة",
    "publisher:reuters state department",
    "crises bodies o'brien",
  ],
];
const TEXT =
  "Convoys, the cease-fire's crises; Straße İstanbul. Переговоров в Женеве, Лаврову. والهدنة بحلب. L’État, aujourd'hui, journaux syriennes";

/** A hash with a constant key. */
const ENTRIES = new IndexEntries(keyedHash(makeKey().map((_, i) => Math.imul(i + 1, 0x9e3779b1))));

/**
 * What a shard has stored depends on how words are cut and queries are filed. If this test fails because that changed,
 * raise FILED_BY, so that all shards file their queries again, and update the figures here.
 */
it("queries are filed in the form of FILED_BY", () => {
  const filed = QUERIES.flatMap((query, number) =>
    encodeAll(
      number,
      planOf(parseQuery(query, VOCABULARY).tree, ENTRIES, () => 0),
      () => 0,
    ).map((units) => [...units]),
  );
  const keys = [false, true].map((french) => splitWords(TEXT, french).map(({ literal, keys }) => [literal, keys]));
  expect([FILED_BY, fingerprint(JSON.stringify([filed, keys]))]).toEqual([2, 5729733494082860]);
});
