/** Time grows no faster than a text: every pair at full length. Takes about two minutes. */
import { expect, it } from "vitest";
import { KB, timesOrdinary } from "./cost.ts";
import { pairs } from "./texts.ts";

it.each([0, 1])(
  "200 KB of any text take at most four times as long per code unit as ordinary text: seed %i",
  (seed) => {
    const slow = pairs(seed, 4).flatMap(({ name, make }) => {
      const times = timesOrdinary(make(200 * KB), 4);
      return times > 4 ? [`${name}: ${times.toFixed(1)}`] : [];
    });
    expect(slow).toEqual([]);
  },
  1_000_000,
);
