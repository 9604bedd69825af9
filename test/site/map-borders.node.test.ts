import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { mercator, staleMap } from "../../src/cli/map.ts";
import { DATA, ROOT } from "../../src/cli/paths.ts";
import { DEGREE, project } from "../../src/site/map/projection.ts";

const drawn = readFileSync(join(ROOT, "src", "site", "map", "borders.svg"), "utf8");
const pathOf = (id: string): string => new RegExp(`<path id="${id}"[^>]* d="([^"]*)"`).exec(drawn)?.[1] ?? "";

/** Returns the steps of all lines, in map units. */
const stepsOf = (path: string): number[][] =>
  path.split(/[Mz]/).flatMap((line) => {
    const numbers = (line.split("l")[1] ?? "").match(/-?\d+/g)?.map(Number) ?? [];
    return numbers.flatMap((x, i) => (i % 2 === 0 ? [[x, numbers[i + 1] ?? 0]] : []));
  });

describe("the drawn borders", () => {
  it("are what npm run map draws of the atlas and the places on record", () => expect(staleMap(DATA)).toEqual([]));

  it("use the same projection as the places", () => {
    for (const [longitude, latitude] of [
      [37.16, 36.2],
      [-74.01, 40.71],
      [178.45, -18.12],
    ] as const) {
      const [x = 0, y = 0] = mercator([longitude, latitude]) ?? [];
      expect(project({ latitude, longitude })).toEqual([expect.closeTo(x), expect.closeTo(y)]);
    }
  });

  it("are small enough for a first view", () => {
    expect(drawn.length).toBeLessThan(60_000);
    expect(gzipSync(drawn).length).toBeLessThan(25_000);
  });

  it.each(["land", "borders"])(
    "no line goes across the map, as it would where a country lies on both sides of the date line: %s",
    (id) => {
      const steps = stepsOf(pathOf(id));
      expect(steps.length).toBeGreaterThan(1000);
      expect(steps.filter(([x = 0]) => Math.abs(x) > 90 * DEGREE)).toEqual([]);
    },
  );
});
