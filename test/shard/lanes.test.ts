import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bounds, type Lane, Lanes } from "../../src/shard/deliver/lanes.ts";

type Step = { kind: "add"; lane: Lane } | { kind: "take" } | { kind: "land"; alert: string };

/** Few of each, so that they meet. */
const HOSTS = ["x", "y", "z"];
const lane = fc.record({
  alert: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
  host: fc.constantFrom(...HOSTS),
  slow: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  lane.map((lane) => ({ kind: "add" as const, lane })),
  fc.constant({ kind: "take" as const }),
  lane.map(({ alert }) => ({ kind: "land" as const, alert })),
);
const bounds: fc.Arbitrary<Bounds> = fc.record({
  inFlight: fc.integer({ min: 1, max: 6 }),
  perHost: fc.integer({ min: 1, max: 4 }),
  slow: fc.integer({ min: 1, max: 4 }),
  slowPerHost: fc.integer({ min: 1, max: 3 }),
});

const ringOf = ({ host, slow }: Lane): string => `${host} ${slow}`;

/** What waits and what flies, in plain lists that are gone through for every question. */
class Model {
  readonly #bounds: Bounds;
  #time = 0;
  readonly waiting: { lane: Lane; since: number }[] = [];
  readonly flying: Lane[] = [];
  /** When a host came to its ring, or had its last turn there. */
  readonly #turns = new Map<string, number>();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  add(lane: Lane): void {
    if (this.flying.some(({ alert }) => alert === lane.alert)) return;
    const place = this.waiting.findIndex((waiting) => waiting.lane.alert === lane.alert);
    const before = this.waiting[place];
    if (before && ringOf(before.lane) === ringOf(lane)) return;
    if (before) this.#leave(place);
    if (!this.#waitsIn(ringOf(lane))) this.#turns.set(ringOf(lane), ++this.#time);
    this.waiting.push({ lane, since: ++this.#time });
  }

  #waitsIn = (ring: string): boolean => this.waiting.some(({ lane }) => ringOf(lane) === ring);

  #leave(place: number): void {
    this.waiting.splice(place, 1);
  }

  #count = (is: (lane: Lane) => boolean): number => this.flying.filter(is).length;

  mayLeave({ host, slow }: Lane): boolean {
    const { inFlight, perHost, slow: slowInAll, slowPerHost } = this.#bounds;
    if (this.flying.length >= inFlight || this.#count((other) => other.host === host) >= perHost) return false;
    if (!slow) return true;
    return (
      this.#count((other) => other.slow) < slowInAll &&
      this.#count((other) => other.slow && other.host === host) < slowPerHost
    );
  }

  /** Of those that may leave: a slow one first; then the host whose turn is the longest ago; then who waits the longest. */
  take(): Lane | undefined {
    const [next] = this.waiting
      .filter(({ lane }) => this.mayLeave(lane))
      .sort(
        (a, b) =>
          Number(b.lane.slow) - Number(a.lane.slow) || this.#turnOf(a.lane) - this.#turnOf(b.lane) || a.since - b.since,
      );
    if (next === undefined) return undefined;
    this.#leave(this.waiting.indexOf(next));
    this.#turns.set(ringOf(next.lane), ++this.#time);
    this.flying.push(next.lane);
    return next.lane;
  }

  #turnOf = (lane: Lane): number => this.#turns.get(ringOf(lane)) ?? 0;

  holdsUp(host: string): boolean {
    const prompt = this.waiting.filter(({ lane }) => !lane.slow);
    return (
      prompt.some(({ lane }) => lane.host === host) ||
      (prompt.length > 0 && this.flying.length >= this.#bounds.inFlight)
    );
  }

  land(alert: string): void {
    const place = this.flying.findIndex((flying) => flying.alert === alert);
    if (place >= 0) this.flying.splice(place, 1);
  }

  /** What no bound allows, in words; none where all is well. */
  get exceeded(): string[] {
    const { inFlight, perHost, slow, slowPerHost } = this.#bounds;
    const hosts = [...new Set(this.flying.map(({ host }) => host))];
    const slowOf = (host: string) => this.#count((lane) => lane.slow && lane.host === host);
    return [
      ...(this.flying.length > inFlight ? ["in all"] : []),
      ...(this.#count((lane) => lane.slow) > slow ? ["slow in all"] : []),
      ...hosts.filter((host) => this.#count((lane) => lane.host === host) > perHost).map((host) => `to ${host}`),
      ...hosts.filter((host) => slowOf(host) > slowPerHost).map((host) => `slow to ${host}`),
      ...(new Set(this.flying.map(({ alert }) => alert)).size < this.flying.length ? ["of one alert"] : []),
    ];
  }
}

/** Does the same to both; `look` is called after every step with what `take` gave, if that was the step. */
function run(
  limits: Bounds,
  steps: readonly Step[],
  look: (model: Model, lanes: Lanes, taken: { by: Lane | undefined; model: Lane | undefined } | undefined) => void,
): void {
  const [model, lanes] = [new Model(limits), new Lanes(limits)];
  for (const step of steps) {
    let taken: { by: Lane | undefined; model: Lane | undefined } | undefined;
    if (step.kind === "add") {
      model.add(step.lane);
      lanes.add(step.lane);
    } else if (step.kind === "land") {
      model.land(step.alert);
      lanes.land(step.alert);
    } else taken = { by: lanes.take(), model: model.take() };
    look(model, lanes, taken);
  }
}

const steps = fc.array(step, { minLength: 20, maxLength: 120 });
const RUNS = { numRuns: 1000 };

describe("in whatever order alerts are added, taken and landed", () => {
  it("the next one is who the rules name, and none where nobody may leave", () => {
    fc.assert(
      fc.property(bounds, steps, (limits, steps) => {
        run(limits, steps, (_, __, taken) => expect(taken?.by).toEqual(taken?.model));
      }),
      RUNS,
    );
  });

  it("no bound is ever exceeded, and nobody stays who may leave", () => {
    fc.assert(
      fc.property(bounds, steps, (limits, steps) => {
        run(limits, steps, (model, lanes, taken) => {
          expect(model.exceeded).toEqual([]);
          expect(lanes.flying).toBe(model.flying.length);
          for (const host of HOSTS) expect(lanes.holdsUp(host), host).toBe(model.holdsUp(host));
          if (taken !== undefined && taken.by === undefined) {
            expect(model.waiting.filter(({ lane }) => model.mayLeave(lane))).toEqual([]);
          }
        });
      }),
      RUNS,
    );
  });

  it("all that was added leaves in the end, each once", () => {
    fc.assert(
      fc.property(bounds, fc.array(lane, { maxLength: 40 }), (limits, added) => {
        const lanes = new Lanes(limits);
        for (const lane of added) lanes.add(lane);
        const left = Array.from(new Set(added.map(({ alert }) => alert)), () => {
          const taken = lanes.take();
          if (taken) lanes.land(taken.alert);
          return taken?.alert ?? "nobody";
        });
        expect(left.sort()).toEqual([...new Set(added.map(({ alert }) => alert))].sort());
        expect([lanes.take(), lanes.flying]).toEqual([undefined, 0]);
      }),
      RUNS,
    );
  });
});

const LIMITS: Bounds = { inFlight: 6, perHost: 3, slow: 2, slowPerHost: 1 };
const prompt = (alert: string, host: string): Lane => ({ alert, host, slow: false });
const slow = (alert: string, host: string): Lane => ({ alert, host, slow: true });

function lanesOf(...added: Lane[]): Lanes {
  const lanes = new Lanes(LIMITS);
  for (const lane of added) lanes.add(lane);
  return lanes;
}

/** All that may leave now. */
const takeAll = (lanes: Lanes): string[] => {
  const taken = lanes.take();
  return taken === undefined ? [] : [taken.alert, ...takeAll(lanes)];
};

describe("turns", () => {
  it("hosts take turns, and within a host its alerts do", () => {
    const lanes = lanesOf(...["a1", "a2", "a3", "a4"].map((alert) => prompt(alert, "a")), prompt("b1", "b"));
    expect(takeAll(lanes)).toEqual(["a1", "b1", "a2", "a3"]);
  });

  it("one that has landed and has more stands behind those that wait", () => {
    const lanes = lanesOf(prompt("a1", "a"), prompt("a2", "a"));
    const order = Array.from({ length: 4 }, () => {
      const taken = lanes.take();
      if (taken === undefined) throw new Error("nobody leaves");
      lanes.land(taken.alert);
      lanes.add(taken);
      return taken.alert;
    });
    expect(order).toEqual(["a1", "a2", "a1", "a2"]);
  });

  it("a host that is full is passed over and keeps its turn", () => {
    const lanes = lanesOf(...["a1", "a2", "a3", "a4"].map((alert) => prompt(alert, "a")));
    expect(takeAll(lanes)).toEqual(["a1", "a2", "a3"]);
    lanes.add(prompt("b1", "b"));
    expect(takeAll(lanes)).toEqual(["b1"]);
    lanes.land("a2");
    lanes.add(prompt("b2", "b"));
    expect(takeAll(lanes)).toEqual(["a4", "b2"]);
  });
});

describe("slow receivers", () => {
  it("have two places, one to a host, and those that are not slow have the rest", () => {
    const lanes = lanesOf(
      ...["a1", "a2"].map((alert) => slow(alert, "a")),
      ...["b1", "c1"].map((alert) => slow(alert, alert.charAt(0))),
      ...["d1", "e1", "f1", "g1", "h1"].map((alert) => prompt(alert, alert.charAt(0))),
    );
    expect(takeAll(lanes)).toEqual(["a1", "b1", "d1", "e1", "f1", "g1"]);
  });

  it("go first where their places are free, however many others wait", () => {
    const lanes = lanesOf(...Array.from({ length: 20 }, (_, i) => prompt(`p${i}`, `h${i}`)));
    expect(takeAll(lanes)).toHaveLength(6);
    lanes.add(slow("s1", "s"));
    lanes.land("p0");
    expect(takeAll(lanes)).toEqual(["s1"]);
  });

  it("one that has become slow while it waited stands among the slow, and one that no longer is does not", () => {
    const lanes = lanesOf(prompt("a1", "a"), slow("b1", "b"));
    lanes.add(slow("a1", "a"));
    lanes.add(prompt("b1", "b"));
    expect([lanes.take(), lanes.take(), lanes.take()]).toEqual([slow("a1", "a"), prompt("b1", "b"), undefined]);
  });
});

describe("an alert", () => {
  it("that flies cannot leave a second time, whatever its host is by now", () => {
    const lanes = lanesOf(prompt("a1", "a"));
    lanes.take();
    lanes.add(prompt("a1", "b"));
    expect(lanes.take()).toBeUndefined();
    lanes.land("a1");
    lanes.add(prompt("a1", "b"));
    expect(lanes.take()).toEqual(prompt("a1", "b"));
  });

  it("that calls another host waits there alone", () => {
    const lanes = lanesOf(prompt("a1", "a"));
    lanes.add(prompt("a1", "b"));
    expect(takeAll(lanes)).toEqual(["a1"]);
    lanes.land("a1");
    expect(lanes.take()).toBeUndefined();
  });

  it("that lands twice, or never flew, frees no place that is taken", () => {
    const lanes = lanesOf(...["a1", "a2", "a3", "a4"].map((alert) => prompt(alert, "a")));
    expect(takeAll(lanes)).toHaveLength(3);
    lanes.land("a4");
    lanes.land("unknown");
    expect(lanes.take()).toBeUndefined();
    lanes.land("a1");
    lanes.land("a1");
    expect(takeAll(lanes)).toEqual(["a4"]);
  });
});
