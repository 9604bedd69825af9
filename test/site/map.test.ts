import { describe, expect, it } from "vitest";
import { labelsOf } from "../../src/site/map/map-labels.ts";
import type { Area, MapPlace } from "../../src/site/map/map-places.ts";
import { FRAME, inFrame, isIn, viewOf } from "../../src/site/map/map-view.ts";
import { crowdOf } from "../../src/site/map/place-crowd.ts";
import { marksOf } from "../../src/site/map/place-marks.ts";
import { type Coordinates, DEGREE, project } from "../../src/site/map/projection.ts";

const ATLAS = {
  aleppo: { latitude: 36.2, longitude: 37.16 },
  ramouseh: { latitude: 36.16, longitude: 37.13 },
  damascus: { latitude: 33.51, longitude: 36.29 },
  palmyra: { latitude: 34.55, longitude: 38.27 },
  latakia: { latitude: 35.52, longitude: 35.78 },
  tehran: { latitude: 35.69, longitude: 51.39 },
  geneva: { latitude: 46.2, longitude: 6.15 },
  vienna: { latitude: 48.21, longitude: 16.37 },
  "new-york": { latitude: 40.71, longitude: -74.01 },
  bogota: { latitude: 4.71, longitude: -74.07 },
  cali: { latitude: 3.45, longitude: -76.53 },
  medellin: { latitude: 6.24, longitude: -75.58 },
  havana: { latitude: 23.11, longitude: -82.37 },
  suva: { latitude: -18.12, longitude: 178.45 },
  tromso: { latitude: 69.65, longitude: 18.96 },
} as const satisfies Record<string, Coordinates>;
type Slug = keyof typeof ATLAS;

const place = (slug: Slug, events = 1, area?: Area): MapPlace => ({
  id: `place:${slug}`,
  label: slug,
  events,
  coordinates: ATLAS[slug],
  point: project(ATLAS[slug]),
  area,
});
const slugs = (places: readonly MapPlace[]): string[] => places.map(({ label }) => label);
const middleOf = (slug: Slug): readonly number[] => project(ATLAS[slug]);

describe("the projection", () => {
  it("is Mercator's: east is right, north is up, degrees grow towards the poles", () => {
    expect(project({ latitude: 0, longitude: 0 })).toEqual([expect.closeTo(0), expect.closeTo(0)]);
    expect(Math.round(project({ latitude: 0, longitude: 90 })[0])).toBe(90 * DEGREE);
    const [, tromso] = project(ATLAS.tromso);
    // ln tan(45° + φ/2), in degrees (Snyder, Map Projections: A Working Manual, formula 7-2).
    expect(Math.round(tromso)).toBe(
      Math.round((-180 / Math.PI) * Math.asinh(Math.tan((69.65 * Math.PI) / 180)) * DEGREE),
    );
  });

  it("ends before the poles", () => {
    expect(project({ latitude: 90, longitude: 0 })).toEqual(project({ latitude: 85, longitude: 0 }));
  });
});

describe("the part of the world that a map shows", () => {
  const CROPS: readonly [why: string, places: MapPlace[], degrees: number][] = [
    ["one city: the land around it", [place("aleppo")], 28],
    ["one country: the same, around its middle", [place("aleppo", 1, "country")], 28],
    ["two that are close: no closer than where a border can be seen", [place("aleppo"), place("ramouseh")], 4],
    ["with a region: some of its extent", [place("aleppo"), place("ramouseh", 1, "region")], 7],
    ["with a country: some of its extent", [place("aleppo"), place("ramouseh", 1, "country")], 10],
  ];

  it.each(CROPS)("%s", (_, places, degrees) => expect(viewOf(places).width / DEGREE).toBeCloseTo(degrees, 1));

  it.each([
    ["side by side", ["geneva", "tehran"]],
    ["one above the other", ["tromso", "bogota"]],
    ["far apart", ["new-york", "suva", "vienna"]],
    ["a crowd", ["aleppo", "ramouseh", "damascus", "palmyra", "latakia"]],
  ] as const)("has all places, with a margin, in the frame's proportion: %s", (_, names) => {
    const places = names.map((slug) => place(slug));
    const view = viewOf(places);
    expect(view.width / view.height).toBeCloseTo(FRAME.width / FRAME.height);
    for (const { point } of places) {
      const [x, y] = inFrame(point, view);
      expect(x).toBeGreaterThanOrEqual(40);
      expect(x).toBeLessThanOrEqual(FRAME.width - 40);
      expect(y).toBeGreaterThanOrEqual(30);
      expect(y).toBeLessThanOrEqual(FRAME.height - 30);
    }
  });

  it("centres a single place", () => {
    const { x, y, width, height } = viewOf([place("geneva")]);
    const [east = 0, south = 0] = middleOf("geneva");
    expect(Math.abs(x + width / 2 - east)).toBeLessThan(1);
    expect(Math.abs(y + height / 2 - south)).toBeLessThan(1);
  });

  it("knows which places it contains", () => {
    const view = viewOf([place("aleppo"), place("damascus")]);
    expect((Object.keys(ATLAS) as Slug[]).filter((slug) => isIn(project(ATLAS[slug]), view))).toEqual([
      "aleppo",
      "ramouseh",
      "damascus",
      "palmyra",
      "latakia",
    ]);
  });
});

describe("the group of places that gets a closer map", () => {
  const SYRIA = ["aleppo", "ramouseh", "damascus", "palmyra", "latakia"] as const;
  const CROWDS: readonly [why: string, places: readonly Slug[], crowd: readonly Slug[]][] = [
    ["no place: none", [], []],
    ["a single place: none", ["aleppo"], []],
    ["the same place twice: none", ["aleppo", "aleppo"], []],
    ["all in one region: one map shows them", SYRIA, []],
    ["a region and places far from it", ["new-york", ...SYRIA, "vienna"], SYRIA],
    ["the larger of two", ["bogota", "cali", "medellin", ...SYRIA], SYRIA],
    [
      "another wire's: no country's name counts",
      ["bogota", "geneva", "cali", "medellin"],
      ["bogota", "cali", "medellin"],
    ],
    ["two are no crowd", ["new-york", "aleppo", "ramouseh"], []],
    ["what lies between is none of it", ["new-york", ...SYRIA, "tehran"], SYRIA],
    ["evenly spread: none", ["new-york", "geneva", "tehran", "havana"], []],
    ["across the date line: distances are those on the globe", ["suva", "new-york", "geneva"], []],
  ];

  it.each(CROWDS)("%s", (_, places, crowd) => expect(slugs(crowdOf(places.map((slug) => place(slug))))).toEqual(crowd));

  it("is not a chain of places that spans the map", () => {
    const chain = Array.from({ length: 20 }, (_, i) => ({ coordinates: { latitude: 0, longitude: i } }));
    expect(crowdOf(chain)).toEqual([]);
  });

  it("reads the coordinates of each place once", () => {
    let looked = 0;
    const places = Array.from({ length: 60 }, (_, i) => ({
      get coordinates() {
        looked++;
        return { latitude: (i * 37) % 60, longitude: (i * 101) % 170 };
      },
    }));
    crowdOf(places);
    expect(looked).toBe(60);
  });
});

describe("circles", () => {
  const places = [place("aleppo", 12), place("ramouseh", 5), place("damascus", 3), place("palmyra", 0)];
  const marks = marksOf(places, viewOf(places));

  it("show places that are far enough apart; others are listed", () => {
    expect(marks.map(({ label, beside }) => [label, slugs(beside)])).toEqual([
      ["aleppo", ["ramouseh"]],
      ["damascus", []],
      ["palmyra", []],
    ]);
  });

  it("have an area in proportion to the events, and are visible without any", () => {
    const [aleppo, damascus, palmyra] = marks.map(({ radius }) => radius);
    expect(aleppo).toBe(16);
    expect(damascus).toBe(8);
    expect(palmyra).toBe(4);
  });

  it("are not of the largest size if all have few events", () => {
    const few = [place("aleppo", 1), place("damascus", 1)];
    expect(marksOf(few, viewOf(few)).every(({ radius }) => radius < 8)).toBe(true);
  });
});

describe("labels", () => {
  const SIZE = 12;
  const at = (label: string, x: number, y: number) => ({ label, x, y, radius: 5 });
  const shown = (labels: ReturnType<typeof labelsOf>) => labels.map(({ spot, anchor }) => [spot.label, anchor]);

  it("are on the right, otherwise on the left, above or below", () => {
    expect(shown(labelsOf([at("Aleppo", 100, 100)], SIZE))).toEqual([["Aleppo", "start"]]);
    expect(shown(labelsOf([at("Aleppo", 340, 100)], SIZE))).toEqual([["Aleppo", "end"]]);
    const between = [at("Aleppo", 180, 100), at("x", 195, 100), at("x", 165, 100)];
    const [aleppo] = labelsOf(between, SIZE);
    expect(aleppo).toMatchObject({ anchor: "middle", x: 180 });
    expect(aleppo?.y).toBeLessThan(95);
  });

  it("are left out if there is no room, those of smaller places first", () => {
    const crowd = Array.from({ length: 30 }, (_, i) =>
      at(`Place ${i}`, 150 + (i % 6) * 11, 90 + Math.floor(i / 6) * 11),
    );
    const labels = labelsOf(crowd, SIZE);
    expect(labels.length).toBeGreaterThan(0);
    expect(labels.length).toBeLessThan(30);
    expect(labels[0]?.spot.label).toBe("Place 0");
  });

  it("more labels fit in a small font, and existing ones stay", () => {
    const column = [0, 1, 2, 3, 4].map((i) => at("A name of some length", 180, 80 + i * 12));
    const large = labelsOf(column, 20);
    const more = labelsOf(column, 8, large);
    expect(large.length).toBeLessThan(5);
    expect(large.length + more.length).toBe(5);
    expect(more.every(({ spot }) => !large.some((label) => label.spot === spot))).toBe(true);
  });

  it("do not overlap each other or a circle, and stay in the frame", () => {
    const spots = Array.from({ length: 40 }, (_, i) =>
      at("Some name", (i * 97) % FRAME.width, (i * 61) % FRAME.height),
    );
    const boxes = labelsOf(spots, SIZE).map(({ x, y, anchor }) => {
      const width = "Some name".length * SIZE * 0.5;
      const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
      return { left, right: left + width, top: y - SIZE / 2, bottom: y + SIZE / 2 };
    });
    expect(boxes.length).toBeGreaterThan(5);
    for (const [i, box] of boxes.entries()) {
      expect(box.left >= 0 && box.right <= FRAME.width && box.top >= 0 && box.bottom <= FRAME.height).toBe(true);
      const circles = spots.map(({ x, y, radius }) => ({
        left: x - radius,
        right: x + radius,
        top: y - radius,
        bottom: y + radius,
      }));
      for (const other of [...boxes.slice(i + 1), ...circles]) {
        const apart =
          box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top;
        expect(apart).toBe(true);
      }
    }
  });
});
