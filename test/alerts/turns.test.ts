/** Whoever answers gets its messages soon, whatever others do: mixes of receivers on a simulated clock. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Receiver, simulate } from "./simulation.ts";

/** Every message to a receiver that answers is delivered within so long, in milliseconds. */
const BOUND = 20_000;
/** How long honest receivers take for every answer, in milliseconds. */
const HONEST = [50, 300, 900, 1_200, 2_500, 3_900];
const LATE = HONEST.filter((took) => took > 1_000);
const NEVER = Number.POSITIVE_INFINITY;

/** What a receiver does after it has confirmed, over and over: milliseconds to the answer. */
const habits = fc.oneof(
  fc.constant([NEVER]),
  fc.array(fc.integer({ min: 9_000, max: 9_990 }), { minLength: 1, maxLength: 4 }),
  fc.array(fc.constantFrom(50, 50, NEVER), { minLength: 1, maxLength: 6 }),
  fc.array(fc.constantFrom(50, 1_100, 3_900, 4_100, 9_900, NEVER), { minLength: 1, maxLength: 6 }),
);

/** A receiver that holds places for as long as it can: with a host of its own, one that it shares, or the honest one's. */
interface Hostile {
  host: string;
  habit: readonly number[];
  drips: boolean;
  /** Milliseconds to its confirmation. */
  first: number;
  proven: boolean;
}

const hostile = (first: fc.Arbitrary<number>, proven: fc.Arbitrary<boolean>): fc.Arbitrary<Hostile> =>
  fc.record({
    host: fc.oneof(
      { weight: 20, arbitrary: fc.uuid() },
      { weight: 8, arbitrary: fc.constantFrom("one", "two") },
      { weight: 1, arbitrary: fc.constant("honest") },
    ),
    ...{ habit: habits, drips: fc.boolean(), first, proven },
  });
const receiverOf = ({ habit, first, ...more }: Hostile): Receiver => ({
  ...more,
  answers: (request) => (request === 0 ? first : (habit[request % habit.length] ?? NEVER)),
});
const newcomer = hostile(fc.constant(50), fc.constant(false));
const anybody = hostile(
  fc.oneof({ weight: 3, arbitrary: fc.constant(50) }, { weight: 1, arbitrary: fc.integer({ min: 1_100, max: 3_900 }) }),
  fc.boolean(),
);

/** When articles come, in milliseconds: the honest receiver could keep up with them. */
const articles = fc
  .array(fc.integer({ min: 5_000, max: 60_000 }), { minLength: 1, maxLength: 6 })
  .map((gaps) => gaps.map((_, i) => gaps.slice(0, i).reduce((sum, gap) => sum + gap, 0)));

/** The longest that a message took to the honest receiver, which waits behind the first half of the others. */
function longest(others: readonly Receiver[], honest: Receiver, at: readonly number[]): number {
  const place = Math.floor(others.length / 2);
  const all = [...others.slice(0, place), honest, ...others.slice(place)];
  const arrivals = simulate(all, at, Math.max(...at) + 4 * BOUND).filter(({ receiver }) => receiver === place);
  expect(arrivals).toHaveLength(at.length);
  return Math.max(...arrivals.map(({ due, delivered }) => delivered - due));
}

interface Honest {
  /** Milliseconds to each of its answers. */
  took: number;
  proven: boolean;
}

const receiverAt = ({ took, proven }: Honest): Receiver => ({ host: "honest", proven, answers: () => took });
const honest = (tooks: readonly number[], proven: boolean): fc.Arbitrary<Honest> =>
  fc.record({ took: fc.constantFrom(...tooks), proven: fc.constant(proven) });

/** Whatever such receivers do: every message is delivered in time. */
function expectInTime(count: [least: number, most: number], whose: typeof anybody, whom: fc.Arbitrary<Honest>): void {
  const [minLength, maxLength] = count;
  const others = fc.array(whose, { minLength, maxLength, size: "max" });
  fc.assert(
    fc.property(others, whom, articles, (others, whom, at) => {
      expect(longest(others.map(receiverOf), receiverAt(whom), at)).toBeLessThanOrEqual(BOUND);
    }),
    { numRuns: Math.ceil(1_500 / maxLength), interruptAfterTimeLimit: 20_000 },
  );
}

describe("a receiver that always answers gets every message within 20 s", () => {
  it("among up to 50 newcomers that hang, drip, answer at the last moment, or now and then", () =>
    expectInTime([0, 50], newcomer, honest(HONEST, false)));

  it("among up to 30 that have answered before, or confirmed late, and then do the same", () =>
    expectInTime([0, 30], anybody, honest(HONEST, true)));

  it("among 200 newcomers, if it confirmed late as well", () =>
    expectInTime([200, 200], newcomer, honest(LATE, false)));

  it("among 200 newcomers, if it has had a message before", () =>
    expectInTime([200, 200], newcomer, honest(HONEST, true)));

  it.each([20, 50, 200])("with six messages at once and %i hosts that hang: one after the other", (count) => {
    const late = receiverAt({ took: 1_200, proven: false });
    expect(longest(hanging(count), late, [0, 0, 0, 0, 0, 0])).toBeLessThanOrEqual(BOUND);
  });

  it.each([20, 50])("that confirmed quickly and is late then, last of all, among %i hosts that hang", (count) => {
    const late: Receiver = { host: "honest", answers: (request) => (request === 0 ? 50 : 1_200) };
    const arrivals = simulate([...hanging(count), late], [0, 20_000, 40_000], 100_000);
    const took = arrivals.filter(({ receiver }) => receiver === count).map(({ due, delivered }) => delivered - due);
    expect(took).toHaveLength(3);
    expect(Math.max(...took)).toBeLessThanOrEqual(BOUND);
  });
});

/** So many that confirm quickly, and never answer again. */
function hanging(count: number): Receiver[] {
  return Array.from({ length: count }, (_, i) => ({
    host: `${i}`,
    answers: (request) => (request === 0 ? 50 : NEVER),
  }));
}

const MINUTE = 60_000;
const everyMinute = (count: number): number[] => Array.from({ length: count }, (_, i) => i * MINUTE);

describe("a receiver that does not answer", () => {
  it("is asked more and more rarely, however many new messages come", () => {
    const asked: number[] = [];
    const answers = (request: number, now: number): number => {
      if (request > 0) asked.push(now);
      return request === 0 ? 50 : NEVER;
    };
    simulate([{ host: "a", answers }], everyMinute(180), 180 * MINUTE);
    // Three times as messages come, and then after rests of 1, 2, 4, 8, 16, 32 and 60 minutes.
    expect(asked).toHaveLength(10);
    const waits = asked.slice(1).map((at, i) => Math.floor((at - (asked[i] ?? 0)) / MINUTE));
    expect(waits.slice(2)).toEqual([1, 2, 4, 8, 16, 32, 60]);
  });

  it("gets all that waits as soon as it answers a probe, within an hour at the latest", () => {
    const back = 40 * MINUTE;
    const answers = (request: number, now: number): number => (request === 0 || now >= back ? 50 : NEVER);
    const arrivals = simulate([{ host: "a", answers }], everyMinute(60), 120 * MINUTE);
    const delivered = arrivals.filter(({ due }) => due < back).map((arrival) => arrival.delivered);
    expect(Math.min(...delivered)).toBeLessThanOrEqual(back + 60 * MINUTE);
    // Those that were tried keep to their own schedules.
    const untried = delivered.filter((at) => at <= Math.min(...delivered) + MINUTE);
    expect(untried.length).toBeGreaterThanOrEqual(30);
  });
});
