import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lane, Lanes, type Share } from "../../src/shard/deliver/lanes.ts";
import type { ReceiverPace } from "../../src/shard/deliver/receiver-pace.ts";

type Step = { kind: "add"; lane: Lane } | { kind: "take" } | { kind: "begin" | "land"; receiver: string; wait: number };

const PACES: readonly ReceiverPace[] = ["quick", "new", "late", "hesitant", "later", "silent"];
/** Few of each, so that they meet. */
const HOSTS = ["x", "y", "z"];
const ALERTS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const laneOf = (receiver: string, host: string, pace: ReceiverPace): Lane => ({
  receiver,
  host,
  pace,
  patience: 2_000,
  least: 400,
});
const lane = fc
  .record({
    receiver: fc.constantFrom(...ALERTS),
    host: fc.constantFrom(...HOSTS),
    pace: fc.constantFrom(...PACES),
  })
  .map(({ receiver, host, pace }) => laneOf(receiver, host, pace));
const timed = fc.record({ receiver: fc.constantFrom(...ALERTS), wait: fc.constantFrom(0, 100, 1_000, 5_000) });
const step: fc.Arbitrary<Step> = fc.oneof(
  lane.map((lane) => ({ kind: "add" as const, lane })),
  fc.constant({ kind: "take" as const }),
  timed.map((what) => ({ kind: "begin" as const, ...what })),
  timed.map((what) => ({ kind: "land" as const, ...what })),
);
const share: fc.Arbitrary<Share> = fc.record({
  paces: fc.subarray([...PACES], { minLength: 1 }),
  places: fc.integer({ min: 1, max: 4 }),
  perHost: fc.integer({ min: 1, max: 3 }),
});
const bounds: fc.Arbitrary<Share[]> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), fc.array(share, { maxLength: 3 }))
  .map(([places, perHost, more]) => [{ paces: PACES, places, perHost }, ...more]);

/** Who goes first; every eighth of the last two's turns they change places. */
const ORDER: readonly ReceiverPace[] = ["later", "silent", "late", "hesitant", "quick", "new"];

/** What waits and what flies, in plain lists that are gone through for every question. */
class Model {
  readonly #bounds: readonly Share[];
  #time = 0;
  #prompt = 0;
  readonly waiting: { lane: Lane; since: number }[] = [];
  readonly flying: { lane: Lane; began: number }[] = [];
  /** When a host came to its ring, or had its last turn there; what it was charged there; and what the ring's last turn was charged. */
  readonly #turns = new Map<string, number>();
  readonly #charges = new Map<string, number>();
  readonly #floors = new Map<ReceiverPace, number>();

  constructor(bounds: readonly Share[]) {
    this.#bounds = bounds;
  }

  add(lane: Lane): void {
    if (this.flying.some((flight) => flight.lane.receiver === lane.receiver)) return;
    const place = this.waiting.findIndex((waiting) => waiting.lane.receiver === lane.receiver);
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

  #count = (is: (lane: Lane) => boolean): number => this.flying.filter(({ lane }) => is(lane)).length;

  mayLeave({ host, pace }: Lane): boolean {
    return this.#bounds
      .filter(({ paces }) => paces.includes(pace))
      .every(
        ({ paces, places, perHost }) =>
          this.#count((other) => paces.includes(other.pace)) < places &&
          this.#count((other) => paces.includes(other.pace) && other.host === host) < perHost,
      );
  }

  /** Of those that may leave: by pace; then the host that was charged least, whose turn is the longest ago; then who waits the longest. */
  take(): Lane | undefined {
    const order = this.#prompt % 8 === 0 ? [...ORDER.slice(0, 4), "new", "quick"] : ORDER;
    const [next] = this.waiting
      .filter(({ lane }) => this.mayLeave(lane))
      .sort(
        (a, b) =>
          order.indexOf(a.lane.pace) - order.indexOf(b.lane.pace) ||
          this.#chargeOf(a.lane) - this.#chargeOf(b.lane) ||
          this.#turnOf(a.lane) - this.#turnOf(b.lane) ||
          a.since - b.since,
      );
    if (next === undefined) return undefined;
    if (["quick", "new"].includes(next.lane.pace)) this.#prompt++;
    this.#floors.set(next.lane.pace, this.#chargeOf(next.lane));
    this.#leave(this.waiting.indexOf(next));
    this.#turns.set(ringOf(next.lane), ++this.#time);
    this.flying.push({ lane: next.lane, began: Number.POSITIVE_INFINITY });
    return next.lane;
  }

  #turnOf = (lane: Lane): number => this.#turns.get(ringOf(lane)) ?? 0;
  #chargeOf = (lane: Lane): number => Math.max(this.#charges.get(ringOf(lane)) ?? 0, this.#floors.get(lane.pace) ?? 0);

  begin(receiver: string, now: number): void {
    const flight = this.flying.find(({ lane }) => lane.receiver === receiver);
    if (flight) flight.began = now;
  }

  land(receiver: string, now: number): void {
    const place = this.flying.findIndex(({ lane }) => lane.receiver === receiver);
    const [flight] = place < 0 ? [] : this.flying.splice(place, 1);
    if (flight === undefined || flight.began > now || ["quick", "new"].includes(flight.lane.pace)) return;
    this.#charges.set(ringOf(flight.lane), this.#chargeOf(flight.lane) + now - flight.began);
  }

  /** What no bound allows, in words; none where all is well. */
  get exceeded(): string[] {
    const all = this.flying.map(({ lane }) => lane);
    const beyond = this.#bounds.flatMap(({ paces, places, perHost }) => {
      const lanes = all.filter(({ pace }) => paces.includes(pace));
      const full = HOSTS.filter((host) => lanes.filter((lane) => lane.host === host).length > perHost);
      return [...(lanes.length > places ? [`${paces}`] : []), ...full.map((host) => `${paces} to ${host}`)];
    });
    const twice = new Set(all.map(({ receiver }) => receiver)).size < all.length;
    return [...beyond, ...(twice ? ["of one receiver"] : [])];
  }
}

const ringOf = ({ host, pace }: Lane): string => `${host} ${pace}`;

/** Does the same to both; `look` is called after every step with what `take` gave, if that was the step. */
function run(
  limits: readonly Share[],
  steps: readonly Step[],
  look: (model: Model, lanes: Lanes, taken: { by: Lane | undefined; model: Lane | undefined } | undefined) => void,
): void {
  const [model, lanes] = [new Model(limits), new Lanes(limits)];
  let now = 0;
  for (const step of steps) {
    let taken: { by: Lane | undefined; model: Lane | undefined } | undefined;
    if (step.kind === "add") {
      model.add(step.lane);
      lanes.add(step.lane);
    } else if (step.kind !== "take") {
      now += step.wait;
      model[step.kind](step.receiver, now);
      lanes[step.kind](step.receiver, now);
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
        const left = Array.from(new Set(added.map(({ receiver }) => receiver)), () => {
          const taken = lanes.take();
          if (taken) lanes.land(taken.receiver, 0);
          return taken?.receiver ?? "nobody";
        });
        expect(left.sort()).toEqual([...new Set(added.map(({ receiver }) => receiver))].sort());
        expect([lanes.take(), lanes.flying]).toEqual([undefined, 0]);
      }),
      RUNS,
    );
  });
});

const quick = (receiver: string, host: string): Lane => laneOf(receiver, host, "quick");
const late = (receiver: string, host: string): Lane => laneOf(receiver, host, "late");

function lanesOf(...added: Lane[]): Lanes {
  const lanes = new Lanes();
  for (const lane of added) lanes.add(lane);
  return lanes;
}

/** All that may leave now. */
const takeAll = (lanes: Lanes): string[] => {
  const taken = lanes.take();
  return taken === undefined ? [] : [taken.receiver, ...takeAll(lanes)];
};

/** Who has the next turns, each of which takes as long as is said of its receiver, in milliseconds. */
function turns(lanes: Lanes, count: number, took: (receiver: string) => number): string[] {
  let now = 0;
  return Array.from({ length: count }, () => {
    const taken = lanes.take();
    if (taken === undefined) throw new Error("nobody leaves");
    lanes.begin(taken.receiver, now);
    now += took(taken.receiver);
    lanes.land(taken.receiver, now);
    lanes.add(taken);
    return taken.receiver;
  });
}

/** One of a pace, each with a host of its own. */
const some = (count: number, pace: ReceiverPace): Lane[] =>
  Array.from({ length: count }, (_, i) => laneOf(`${pace}${i}`, `host of ${pace} ${i}`, pace));

describe("turns", () => {
  it("hosts take turns, and within a host its alerts do", () => {
    const lanes = lanesOf(...["a1", "a2", "a3", "a4"].map((receiver) => quick(receiver, "a")), quick("b1", "b"));
    expect(takeAll(lanes)).toEqual(["a1", "b1", "a2", "a3"]);
  });

  it("one that has landed and has more stands behind those that wait", () => {
    expect(turns(lanesOf(quick("a1", "a"), quick("a2", "a")), 4, () => 50)).toEqual(["a1", "a2", "a1", "a2"]);
  });

  it("a host that is full is passed over and keeps its turn", () => {
    const lanes = lanesOf(...["a1", "a2", "a3", "a4"].map((receiver) => quick(receiver, "a")));
    expect(takeAll(lanes)).toEqual(["a1", "a2", "a3"]);
    lanes.add(quick("b1", "b"));
    expect(takeAll(lanes)).toEqual(["b1"]);
    lanes.land("a2", 0);
    lanes.add(quick("b2", "b"));
    expect(takeAll(lanes)).toEqual(["a4", "b2"]);
  });

  it("of late hosts are charged by the time they took: half as long, twice as many", () => {
    const order = turns(lanesOf(late("a", "a"), late("b", "b")), 30, (receiver) => (receiver === "a" ? 1_200 : 2_400));
    expect(order.filter((receiver) => receiver === "a")).toHaveLength(20);
  });

  it("a late host that comes back has what the others have by now, and nothing saved up", () => {
    const lanes = lanesOf(late("a", "a"), late("b", "b"));
    turns(lanes, 10, () => 2_000);
    lanes.add(late("c", "c"));
    expect(turns(lanes, 9, () => 2_000).filter((receiver) => receiver === "c")).toHaveLength(3);
  });

  it("a new receiver has one in eight, however many quick ones wait", () => {
    const lanes = lanesOf(...some(20, "quick"), ...some(20, "new"));
    const order = turns(lanes, 40, () => 50);
    expect(order.filter((receiver) => receiver.startsWith("new"))).toHaveLength(5);
  });
});

describe("places", () => {
  it("are shared so that each pace has some, and the quick ones the rest", () => {
    const all = PACES.flatMap((pace) => some(10, pace));
    const taken = takeAll(lanesOf(...all)).map((receiver) => receiver.replace(/\d+/, ""));
    expect(taken.sort()).toEqual(["late", "late", "later", "new", "quick", "silent"]);
  });

  it.each<[ReceiverPace, number]>([
    ["quick", 6],
    ["new", 6],
    ["late", 4],
    ["hesitant", 4],
    ["later", 1],
    ["silent", 1],
  ])("of receivers of one pace alone (%s): %i", (pace, places) => {
    expect(takeAll(lanesOf(...some(10, pace)))).toHaveLength(places);
  });

  it.each<[ReceiverPace, number]>([
    ["quick", 3],
    ["late", 2],
    ["later", 1],
    ["silent", 1],
  ])("of one host, to receivers of one pace alone (%s): %i", (pace, places) => {
    expect(takeAll(lanesOf(...ALERTS.map((receiver) => laneOf(receiver, "a", pace))))).toHaveLength(places);
  });

  it("no silent receiver takes the place of a late one, on its host or elsewhere", () => {
    const lanes = lanesOf(...ALERTS.map((receiver) => laneOf(receiver, "x", "silent")), ...some(20, "silent"));
    expect(takeAll(lanes)).toHaveLength(1);
    lanes.add(late("s", "x"));
    expect(takeAll(lanes)).toEqual(["s"]);
  });

  it("slow ones go first where their places are free, however many others wait", () => {
    const lanes = lanesOf(...some(20, "quick"));
    const [first = ""] = takeAll(lanes);
    lanes.add(late("s", "s"));
    lanes.land(first, 0);
    expect(takeAll(lanes)).toEqual(["s"]);
  });

  it("one that has become slow while it waited stands among the slow, and one that no longer is does not", () => {
    const lanes = lanesOf(quick("a1", "a"), late("b1", "b"));
    lanes.add(late("a1", "a"));
    lanes.add(quick("b1", "b"));
    expect([lanes.take(), lanes.take(), lanes.take()]).toEqual([late("a1", "a"), quick("b1", "b"), undefined]);
  });
});

describe("a request that takes long", () => {
  /** Lanes in which so many of a pace fly since 0, and others wait. */
  function flyingSince0(pace: ReceiverPace, ...waiting: Lane[]): Lanes {
    const lanes = lanesOf(...some(6, pace));
    for (const receiver of takeAll(lanes)) lanes.begin(receiver, 0);
    for (const lane of waiting) lanes.add(lane);
    return lanes;
  }

  it("is overdue when it has had its time, if somebody waits for its place", () => {
    const lanes = flyingSince0("quick", ...some(9, "new"));
    expect([lanes.overdue(1_999), lanes.overdue(2_000).length]).toEqual([[], 6]);
  });

  it("is not overdue if nobody waits, and no more of them are than wait", () => {
    expect(flyingSince0("quick").overdue(9_000)).toEqual([]);
    expect(flyingSince0("quick", late("a", "a")).overdue(9_000)).toHaveLength(1);
  });

  it("keeps nobody from a host that is full by others", () => {
    const lanes = lanesOf(...["a1", "a2", "a3", "a4"].map((receiver) => quick(receiver, "a")), quick("b1", "b"));
    for (const receiver of takeAll(lanes)) lanes.begin(receiver, 0);
    expect(lanes.overdue(9_000).sort()).toEqual(["a1"]);
  });

  it("has its time where only silent receivers wait", () => {
    expect(flyingSince0("quick", ...some(9, "silent")).overdue(9_000)).toEqual([]);
  });

  it("in a crowd has less time, but only where half of all requests take long", () => {
    const lanes = flyingSince0("quick", ...some(200, "new"));
    expect([lanes.overdue(399), lanes.overdue(400).length]).toEqual([[], 6]);
    const [one = "", two = "", three = "", four = ""] = some(6, "quick").map(({ receiver }) => receiver);
    for (const receiver of [one, two, three, four]) lanes.begin(receiver, 500);
    expect([lanes.overdue(899), lanes.overdue(900).length]).toEqual([[], 6]);
  });

  it("has not begun where its request has not left", () => {
    const lanes = lanesOf(...some(30, "quick"));
    takeAll(lanes);
    expect(lanes.overdue(9_000)).toEqual([]);
  });
});

describe("a receiver", () => {
  it("that flies cannot leave a second time, whatever its host is by now", () => {
    const lanes = lanesOf(quick("a1", "a"));
    lanes.take();
    lanes.add(quick("a1", "b"));
    expect(lanes.take()).toBeUndefined();
    lanes.land("a1", 0);
    lanes.add(quick("a1", "b"));
    expect(lanes.take()).toEqual(quick("a1", "b"));
  });

  it("that calls another host waits there alone", () => {
    const lanes = lanesOf(quick("a1", "a"));
    lanes.add(quick("a1", "b"));
    expect(takeAll(lanes)).toEqual(["a1"]);
    lanes.land("a1", 0);
    expect(lanes.take()).toBeUndefined();
  });

  it("that lands twice, or never flew, frees no place that is taken", () => {
    const lanes = lanesOf(...["a1", "a2", "a3", "a4"].map((receiver) => quick(receiver, "a")));
    expect(takeAll(lanes)).toHaveLength(3);
    lanes.land("a4", 0);
    lanes.land("unknown", 0);
    expect(lanes.take()).toBeUndefined();
    lanes.land("a1", 0);
    lanes.land("a1", 0);
    expect(takeAll(lanes)).toEqual(["a4"]);
  });
});
