/** Time grows no faster than a text: every pair at full length. Takes about two minutes. */
import { expect, it } from "vitest";
import { KB, timesOrdinary } from "./cost.ts";
import { pairs } from "./texts.ts";

/** Maximum time of a code unit relative to ordinary text: see linear.node.test.ts. */
const MOST_TIMES = 6;

it.each([0, 1])(
  "200 KB of any text take at most six times as long per code unit as ordinary text: seed %i",
  (seed) => {
    const slow = pairs(seed, 4).flatMap(({ name, make }) => {
      const times = timesOrdinary(make(200 * KB), MOST_TIMES);
      return times > MOST_TIMES ? [`${name}: ${times.toFixed(1)}`] : [];
    });
    expect(slow).toEqual([]);
  },
  1_000_000,
);
