/**
 * `npm run map`: draws src/site/map/borders.svg, the land and borders of the site's maps, from the atlas of Natural Earth. The
 * map is detailed near the places on record, and coarser with the distance from them.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type GeoContext, type GeoPermissibleObjects, geoMercator, geoPath } from "d3-geo";
import { merge, mesh } from "topojson-client";
import {
  filter,
  filterAttachedWeight,
  planarRingArea,
  planarTriangleArea,
  presimplify,
  simplify,
} from "topojson-simplify";
import type { GeometryCollection, GeometryObject, MultiPolygon, Polygon, Topology } from "topojson-specification";
import { chord, onGlobe } from "../site/map/globe.ts";
import { type Coordinates, DEGREE } from "../site/map/projection.ts";
import { readData } from "./data.ts";
import { ROOT } from "./paths.ts";
import { readStartSettings } from "./program-settings.ts";
import { runProgram } from "./run-program.ts";

type Position = [longitude: number, latitude: number];
type Whole = [x: number, y: number];
type Atlas = Topology<{ countries: GeometryCollection }>;

const FILE = join(ROOT, "src", "site", "map", "borders.svg");
/** Number in ISO 3166-1. Antarctica is left out: at the pole, Mercator's projection is infinite. */
const ANTARCTICA = "010";

/** The projection of `project`, for lines: it cuts them at the edge of the map and adds no points. */
export const mercator = geoMercator()
  .scale((DEGREE * 180) / Math.PI)
  .translate([0, 0])
  .precision(0);

/** Detail that may be lost, in degrees: FINEST within NEAR of a place, plus SLOPE times the distance beyond. */
const FINEST = 0.012;
const NEAR = 4;
const SLOPE = 0.028;

/** Draws the file for the places of a folder of data. */
function drawBorders(folder: string): string {
  const atlas = simplified(readAtlas(), toleranceOf(placesIn(folder)));
  const { countries } = atlas.objects;
  if (countries.type !== "GeometryCollection") throw new Error("the atlas has no countries");
  const shown = countries.geometries.filter((country) => country.id !== ANTARCTICA).filter(hasArea);
  const land = merge(atlas, shown);
  const borders = mesh(atlas, countries, (one, other) => one !== other);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg">',
    "<title>Land and borders</title>",
    `<path id="land" d="${pathOf(land)}"/>`,
    `<path id="borders" fill="none" vector-effect="non-scaling-stroke" d="${pathOf(borders)}"/>`,
    "</svg>\n",
  ].join("\n");
}

type Country = Polygon | MultiPolygon;
const hasArea = (country: GeometryObject): country is Country =>
  country.type === "Polygon" || country.type === "MultiPolygon";

/** Returns the file if it is stale: the atlas, the places or this program changed. */
export const staleMap = (folder: string): string[] =>
  readFileSync(FILE, "utf8") === drawBorders(folder) ? [] : [FILE];

function readAtlas(): Atlas {
  return JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/countries-50m.json"), "utf8"));
}

const placesIn = (folder: string): Coordinates[] =>
  [...readData(folder).names].flatMap(([id, { coordinates }]) =>
    id.startsWith("place:") && coordinates ? [coordinates] : [],
  );

/** Returns a function that says how coarse the map may be at a position, in degrees. */
function toleranceOf(places: readonly Coordinates[]): (position: Position) => number {
  const standing = places.map(onGlobe);
  return ([longitude, latitude]) => {
    const at = onGlobe({ latitude, longitude });
    const nearest = (Math.min(...standing.map((place) => chord(place, at))) * 180) / Math.PI;
    return FINEST + SLOPE * Math.max(0, nearest - NEAR);
  };
}

/** Simplifies the atlas. Neighbours lose the same points of their border, and islands that are too small to see are removed. */
function simplified(atlas: Atlas, tolerance: (position: Position) => number) {
  const weighted = presimplify(atlas, (triangle) => planarTriangleArea(triangle) / tolerance(triangle[1]) ** 2);
  const coarse = simplify(weighted, 1);
  const size = (ring: Position[]): number => planarRingArea(ring) / tolerance(ring[0] ?? [0, 0]) ** 2;
  return filter(coarse, filterAttachedWeight(coarse, 4, size));
}

/** Returns an SVG path in whole units, with each point relative to the one before. */
function pathOf(shape: GeoPermissibleObjects): string {
  const lines: { points: Whole[]; closed: boolean }[] = [];
  const add = (x: number, y: number): unknown => lines.at(-1)?.points.push([Math.round(x), Math.round(y)]);
  const context: GeoContext = {
    beginPath: () => undefined,
    moveTo: (x, y) => {
      lines.push({ points: [], closed: false });
      add(x, y);
    },
    lineTo: add,
    closePath: () => {
      const last = lines.at(-1);
      if (last) last.closed = true;
    },
    arc: () => undefined,
  };
  geoPath(mercator, context)(shape);
  return lines.map(({ points, closed }) => (closed ? written(points, 3, "z") : written(points, 2, ""))).join("");
}

/** Returns part of an SVG path, or nothing if fewer than `least` different points are left. */
function written(points: readonly Whole[], least: number, end: string): string {
  const [start, ...others] = points.filter((point, i) => String(point) !== String(points[i - 1]));
  if (start === undefined || others.length + 1 < least) return "";
  const steps = others.map(([x, y], i) => {
    const [fromX, fromY] = others[i - 1] ?? start;
    return joined([x - fromX, y - fromY]);
  });
  return `M${joined(start)}l${joined(steps)}${end}`;
}

/** Joins numbers with spaces, except where a minus sign already separates them. */
const joined = (parts: readonly (number | string)[]): string => parts.join(" ").replaceAll(" -", "-");

if (import.meta.main) await runProgram(() => writeFileSync(FILE, drawBorders(readStartSettings().dataDir)));
