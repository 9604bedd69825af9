import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/delivery/attempt.ts";
import { type Manner, mannerAfter, restAfter, turnOf, UNKNOWN } from "../../src/shard/deliver/receiver-pace.ts";

const MINUTE = 60_000;

const made = (about: Partial<Attempt>): Attempt => ({
  ...{ at: 0, milliseconds: 50, outcome: "answered", status: 204, body: "", retryAfter: null, cut: false },
  ...about,
});
const answer = (milliseconds: number): Attempt => made({ milliseconds });
const timeout = (milliseconds = 10_000): Attempt => made({ outcome: "timeout", status: null, milliseconds, cut: true });
const drip = (milliseconds = 10_000): Attempt => made({ milliseconds, cut: true });
const cutAt = (milliseconds: number): Attempt => timeout(milliseconds);

/** What is known of a receiver after its confirmation, and then some messages. */
const known = (confirmation: Attempt, ...messages: Attempt[]): Manner =>
  messages.reduce((manner, attempt) => mannerAfter(manner, attempt, true), mannerAfter(UNKNOWN, confirmation, false));
const paceOf = (manner: Manner, now = 0): string => turnOf(manner, now).pace;

describe("the pace of a receiver", () => {
  const cases: [name: string, manner: Manner, pace: string][] = [
    ["of which nothing is known", UNKNOWN, "new"],
    ["that confirmed quickly", known(answer(50)), "new"],
    ["that confirmed late", known(answer(1_200)), "hesitant"],
    ["that answers quickly", known(answer(50), answer(80)), "quick"],
    ["that answers within a second", known(answer(50), answer(1_000)), "quick"],
    ["that answers late", known(answer(50), answer(1_001)), "late"],
    ["that confirmed late and answers late", known(answer(1_200), answer(1_200)), "late"],
    ["that answers in four seconds", known(answer(50), answer(4_000)), "late"],
    ["that answers later than that", known(answer(50), answer(4_001)), "later"],
    ["that was late once and quick then", known(answer(50), answer(3_000), answer(50)), "late"],
    ["that was late once and quick twice then", known(answer(50), answer(3_000), answer(50), answer(50)), "quick"],
    ["that drips: the answer counts, its time is all there is", known(answer(50), drip()), "silent"],
    ["that was hurried while it dripped", known(answer(50), drip(1_300)), "later"],
    ["that fails at once is as quick as any", known(answer(50), made({ status: 503 })), "quick"],
    ["that hangs up", known(answer(50), made({ outcome: "network error", status: null })), "quick"],
    ["that does not answer", known(answer(50), timeout()), "silent"],
    ["whose name servers hang", known(answer(50), made({ outcome: "unresolved", milliseconds: 3_000 })), "silent"],
    ["whose name has no address", known(answer(50), made({ outcome: "unresolved" })), "new"],
    ["that could not be called by a fault of ours", known(answer(50), made({ outcome: "fault" })), "new"],
    ["that was not called", known(answer(50), made({ outcome: "refused" })), "new"],
  ];
  it.each(cases)("%s", (_, manner, pace) => expect(paceOf(manner)).toBe(pace));
});

describe("one that broke off counts as silent for ten minutes, however quickly it answers", () => {
  it.each<[string, Manner]>([
    ["where it had answered before", known(answer(50), answer(50), cutAt(400), answer(50))],
    ["where it had all the time there is", known(answer(50), timeout(), answer(50))],
    ["where it was new, and is quick all at once", known(answer(50), cutAt(1_300), answer(50))],
  ])("%s", (_, manner) => {
    expect([paceOf(manner), paceOf(manner, 9 * MINUTE), paceOf(manner, 11 * MINUTE)]).toEqual([
      "silent",
      "silent",
      "quick",
    ]);
  });

  it("but one that was hurried when it was new, and answers late, is late", () => {
    expect(paceOf(known(answer(50), cutAt(1_300), answer(1_700)))).toBe("late");
  });
});

describe("how long a request may take while it keeps others waiting", () => {
  const cases: [name: string, manner: Manner, patience: number, least: number][] = [
    ["new", known(answer(50)), 2_000, 1_300],
    ["quick", known(answer(50), answer(50)), 2_000, 400],
    ["quick, and known to take a while", known(answer(50), answer(700)), 2_000, 1_400],
    ["late", known(answer(50), answer(1_200)), 2_000, 2_000],
    ["late, and known to take longer", known(answer(50), answer(3_000)), 4_500, 4_500],
    ["later", known(answer(50), answer(9_000)), 10_000, 10_000],
    ["silent once", known(answer(50), timeout()), 2_000, 2_000],
    ["twice in a row", known(answer(50), timeout(), timeout()), 4_000, 4_000],
    ["three times", known(answer(50), timeout(), timeout(), timeout()), 8_000, 8_000],
    ["ever after", known(answer(50), ...Array.from({ length: 9 }, () => timeout())), 10_000, 10_000],
  ];
  it.each(cases)("%s", (_, manner, patience, least) => {
    expect(turnOf(manner, 0)).toMatchObject({ patience, least });
  });
});

it("a receiver is left alone after three timeouts in a row, each time for twice as long, for an hour at the most", () => {
  const rests = Array.from({ length: 12 }, (_, timeouts) => restAfter(timeouts) / MINUTE);
  expect(rests).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(known(answer(50), timeout(), timeout(), answer(50)).timeouts).toBe(0);
});
