/** What is killed, and when. */
import type { Failpoint } from "../../src/platform/failpoint.ts";
import type { Stop } from "./victim.ts";

/** Those that come up while articles are posted, in turns; that of a shard's migration comes up once, with the first alert. */
const FAILPOINTS = [
  "log.appended",
  "entry.matched",
  "entry.committed",
  "message.answered",
  "confirmation.answered",
  "replay.written",
] as const satisfies readonly Failpoint[];
/** Some kills of each failpoint come at the second or third time that it is reached, where that comes soon. */
const SOON: readonly Failpoint[] = ["log.appended", "entry.matched", "entry.committed", "message.answered"];

/** One kill: when a failpoint is reached for the nth time, or at a random moment. */
export type Target = Stop | "workerd" | "workerd after a 201" | "program" | "program and workerd";

/** The first start, which migrates the record, is killed so often, each time after one write more. */
const FIRST_STARTS = 5;

export interface Schedule {
  /** Kills of the first start. */
  first: number;
  /** Kills while the tables of the first shard are made. */
  migrations: number;
  /** All others, in order. */
  rest: Target[];
}

/**
 * What is killed, in order: half of it at failpoints, each as often as the others; of the rest one in ten is the whole program. Half of the
 * kills at a failpoint come in a row, so that the same entry or message is met by all of them.
 */
export function schedule(kills: number, random: () => number): Schedule {
  const each = Math.ceil(kills / 2 / (FAILPOINTS.length + 1));
  const first = Math.min(FIRST_STARTS, each);
  const rows = FAILPOINTS.map((name) => Array.from({ length: Math.ceil(each / 2) }, () => ({ name, times: 1 })));
  const timesOf = (name: Failpoint): number => (SOON.includes(name) ? 1 + Math.floor(random() * 3) : 1);
  const single = Array.from({ length: Math.floor(each / 2) }, () =>
    FAILPOINTS.map((name) => [{ name, times: timesOf(name) }]),
  ).flat();
  // Two more come after the record's migration, and after the peace in which the first alerts are registered.
  const others = Math.max(0, kills - first - each - each * FAILPOINTS.length - 2);
  const programs = Math.ceil(others / 10);
  const moments = Array.from({ length: others }, (_, n): Target[] => {
    if (n >= programs) return [n % 3 === 0 ? "workerd after a 201" : "workerd"];
    return [n % 2 === 0 ? "program" : "program and workerd"];
  });
  return { first, migrations: each, rest: shuffle<Target[]>([...rows, ...single, ...moments], random).flat() };
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
