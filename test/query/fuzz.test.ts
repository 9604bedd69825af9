import { expect, it } from "vitest";
import { MATCH_CASES } from "./cases.ts";
import { checkString, makeStrings } from "./fuzzing.ts";
import { READ, REFUSED } from "./grammar-cases.ts";
import { VOCABULARY } from "./vocabulary.ts";

const queries = [...MATCH_CASES, ...READ, ...REFUSED].map(([, query]) => query);

it("any string is parsed with a stable canonical form, or refused with a position", () => {
  const next = makeStrings(20_160_922, queries, VOCABULARY);
  const counts = { read: 0, unwritable: 0, refused: 0 };
  for (let run = 0; run < 20_000; run++) {
    const source = next();
    try {
      counts[checkString(source, VOCABULARY).kind]++;
    } catch (error) {
      throw new Error(`for ${JSON.stringify(source)}`, { cause: error });
    }
  }
  // Some strings are valid and some are not.
  expect(counts.read).toBeGreaterThan(4000);
  expect(counts.refused).toBeGreaterThan(4000);
});
