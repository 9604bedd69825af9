import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/delivery/attempt.ts";
import { type AttemptVerdict, judge } from "../../src/delivery/retry-schedule.ts";
import { readSettings } from "../../src/platform/settings.ts";

const WAITS = [5, 300, 1800];
const HOUR = 60 * 60;
const DAY = 24 * HOUR;
/** Value of `random` that leaves a wait unchanged. */
const MIDDLE = 0.5;
/** Highest value of `Math.random`. */
const HIGHEST = 1 - 2 ** -53;

const began = Date.UTC(2016, 8, 5, 12);
/** End of the attempt that `made` creates. */
const ended = began + 250;
const made = (about: Partial<Attempt>): Attempt => ({
  ...{ at: began, milliseconds: 250, outcome: "answered", status: 500, body: "", retryAfter: null, cut: false },
  ...about,
});
const unanswered = (outcome: Attempt["outcome"]) => made({ outcome, status: null });

const delivered: AttemptVerdict = { kind: "delivered" };
const gone: AttemptVerdict = { kind: "failed", because: "the receiver answered 410 Gone", gone: true };
const refused: AttemptVerdict = { kind: "failed", because: "the address may not be called", gone: false };
const retryIn = (seconds: number): AttemptVerdict => ({ kind: "retry", at: ended + seconds * 1000 });

describe("the first attempt", () => {
  const cases: [name: string, attempt: Attempt, verdict: AttemptVerdict][] = [
    ["200", made({ status: 200 }), delivered],
    ["204", made({ status: 204 }), delivered],
    ["299", made({ status: 299 }), delivered],
    ["a success with Retry-After", made({ status: 202, retryAfter: 60 }), delivered],
    ["199 is not a success", made({ status: 199 }), retryIn(5)],
    ["300", made({ status: 300 }), retryIn(5)],
    ["a redirect", made({ status: 302 }), retryIn(5)],
    ["not modified", made({ status: 304 }), retryIn(5)],
    ["400", made({ status: 400 }), retryIn(5)],
    ["401", made({ status: 401 }), retryIn(5)],
    ["404", made({ status: 404 }), retryIn(5)],
    ["409", made({ status: 409 }), retryIn(5)],
    ["410", made({ status: 410 }), gone],
    ["410 with Retry-After", made({ status: 410, retryAfter: 60 }), gone],
    ["429", made({ status: 429 }), retryIn(5)],
    ["500", made({ status: 500 }), retryIn(5)],
    ["503", made({ status: 503 }), retryIn(5)],
    ["a timeout", unanswered("timeout"), retryIn(5)],
    ["a network error", unanswered("network error"), retryIn(5)],
    ["an address that may not be called", unanswered("refused"), refused],
  ];
  it.each(cases)("%s", (_, attempt, verdict) =>
    expect(judge(attempt, 1, { waits: WAITS, gone: [410], random: MIDDLE })).toEqual(verdict),
  );
});

describe("one attempt after another", () => {
  const cases: [name: string, attempts: number, verdict: AttemptVerdict][] = [
    ["the first wait", 1, retryIn(5)],
    ["the second", 2, retryIn(300)],
    ["the last", 3, retryIn(1800)],
    ["no wait is left", 4, { kind: "failed", because: "given up after 4 attempts", gone: false }],
    ["no wait was left before", 5, { kind: "failed", because: "given up after 5 attempts", gone: false }],
  ];
  it.each(cases)("%s", (_, attempts, verdict) =>
    expect(judge(made({}), attempts, { waits: WAITS, gone: [410], random: MIDDLE })).toEqual(verdict),
  );

  it("a late success is a success", () =>
    expect(judge(made({ status: 200 }), 4, { waits: WAITS, gone: [410], random: MIDDLE })).toEqual(delivered));

  it("410 is final at the last attempt too", () =>
    expect(judge(made({ status: 410 }), 4, { waits: WAITS, gone: [410], random: MIDDLE })).toEqual(gone));

  it("Retry-After adds no attempt", () => {
    expect(judge(made({ status: 429, retryAfter: 60 }), 4, { waits: WAITS, gone: [410], random: MIDDLE }).kind).toBe(
      "failed",
    );
  });

  it("no waits mean one attempt", () => {
    const verdict = { kind: "failed", because: "given up after 1 attempts", gone: false };
    expect(judge(made({}), 1, { waits: [], gone: [410], random: MIDDLE })).toEqual(verdict);
  });

  it("a wait counts from the end of the attempt", () => {
    expect(judge(made({ milliseconds: 10_000 }), 1, { waits: WAITS, gone: [410], random: MIDDLE })).toEqual({
      kind: "retry",
      at: began + 15_000,
    });
  });

  it("a wait of zero is now", () =>
    expect(judge(made({}), 1, { waits: [0], gone: [410], random: HIGHEST })).toEqual(retryIn(0)));
});

describe("jitter", () => {
  const cases: [name: string, random: number, wait: number, seconds: number][] = [
    ["at least a fifth less", 0, 300, 240],
    ["a tenth less at a quarter", 0.25, 300, 270],
    ["none in the middle", 0.5, 300, 300],
    ["a tenth more at three quarters", 0.75, 300, 330],
    ["at most a fifth more", HIGHEST, 300, 360],
    ["of a day, at least", 0, DAY, 69_120],
    ["of a day, at most", HIGHEST, DAY, 103_680],
  ];
  it.each(cases)("%s", (_, random, wait, seconds) => {
    const verdict = judge(made({}), 1, { waits: [wait], gone: [410], random: random });
    expect(verdict.kind === "retry" && Math.round(verdict.at)).toBe(ended + seconds * 1000);
  });
});

describe("Retry-After", () => {
  const cases: [name: string, retryAfter: number, random: number, seconds: number][] = [
    ["shorter than the wait", 60, MIDDLE, 300],
    ["zero", 0, MIDDLE, 300],
    ["as long as the wait", 300, MIDDLE, 300],
    ["longer than the wait", 400, MIDDLE, 400],
    ["longer than the wait with its jitter", 250, 0, 250],
    ["shorter than the wait with its jitter", 350, HIGHEST, 360],
    ["without jitter of its own", 400, 0, 400],
    ["a day", DAY, MIDDLE, DAY],
    ["more than a day", DAY + 1, MIDDLE, DAY],
    ["without end", Number.POSITIVE_INFINITY, MIDDLE, DAY],
  ];
  it.each(cases)("%s", (_, retryAfter, random, seconds) => {
    const verdict = judge(made({ status: 429, retryAfter }), 1, { waits: [300], gone: [410], random: random });
    expect(verdict.kind === "retry" && Math.round(verdict.at)).toBe(ended + seconds * 1000);
  });

  it("the limit of a day does not apply to the schedule's waits", () => {
    expect(judge(made({ status: 429, retryAfter: 60 }), 1, { waits: [2 * DAY], gone: [410], random: MIDDLE })).toEqual(
      retryIn(2 * DAY),
    );
  });
});

describe("the default schedule", () => {
  const waits = readSettings({}).retrySeconds;

  /** Returns the number of attempts and their duration in seconds if each one fails at once. */
  function run(random: number): { attempts: number; seconds: number } {
    let at = 0;
    for (let attempts = 1; ; attempts++) {
      const verdict = judge(made({ at, milliseconds: 0 }), attempts, { waits: waits, gone: [410], random: random });
      if (verdict.kind !== "retry") return { attempts, seconds: at / 1000 };
      at = verdict.at;
    }
  }

  it("makes at least eight attempts over at least three days", () => {
    const { attempts, seconds } = run(MIDDLE);
    expect(attempts).toBeGreaterThanOrEqual(8);
    expect(seconds).toBeGreaterThanOrEqual(3 * DAY);
  });

  it("first retries within seconds, and always within a day and a half", () => {
    expect(waits[0]).toBeLessThanOrEqual(10);
    expect(Math.max(...waits) * 1.2).toBeLessThanOrEqual(36 * HOUR);
  });

  it("never shortens a wait", () => expect(waits).toEqual([...waits].sort((a, b) => a - b)));
});
