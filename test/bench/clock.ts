/** Times several ways of doing the same, in turns, so that what else the machine does befalls all of them alike. */

export interface Timed {
  median: number;
  p99: number;
}

/** Milliseconds a call of each, over `rounds` rounds after a tenth as many to warm up. */
export function interleave<K extends string>(
  ways: Readonly<Record<K, () => unknown>>,
  rounds: number,
): Record<K, Timed> {
  const entries = Object.entries(ways) as [K, () => unknown][];
  const times = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
    for (const [name, way] of entries) {
      const start = performance.now();
      way();
      if (round >= 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries(entries.map(([name]) => [name, summary(times.get(name) ?? [])])) as Record<K, Timed>;
}

export function summary(times: readonly number[]): Timed {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99) };
}

export const rounded = (value: number): number => Number(value.toPrecision(3));

/** How long a batch takes at least, in milliseconds: enough for a clock that ticks in milliseconds, as that of workerd does. */
const BATCH_MS = 12;
const BATCHES = 5;

/** Milliseconds a call: the median of several batches, so that a pause of the machine spoils one of them and not the figure. */
export function timed(run: () => unknown): number {
  const batches = Array.from({ length: BATCHES }, () => {
    const tick = performance.now();
    let start = tick;
    while (start === tick) start = performance.now();
    let runs = 0;
    let end = start;
    while (end - start < BATCH_MS) {
      run();
      runs++;
      end = performance.now();
    }
    return (end - start) / runs;
  });
  return summary(batches).median;
}
