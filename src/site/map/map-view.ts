/** The part of the world that a map shows. */
import type { MapPlace } from "./map-places.ts";
import { DEGREE, type Point } from "./projection.ts";

/** The size of every map, in units of its own: about the pixels of a phone. */
export const FRAME = { width: 360, height: 240 } as const;
/** Margin on each side for circles and labels. */
const MARGIN = { x: 44, y: 34 } as const;

/** Minimum width in degrees of longitude. A closer map would show no coast or border for orientation. */
const LEAST = { point: 4, region: 7, country: 10 } as const;
/** Minimum width around a single place, in degrees of longitude. */
const LEAST_ALONE = 28;

/** A rectangle of the projected world, as in `viewBox`. */
export interface MapView {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Returns the smallest view that contains all places with a margin, in the frame's proportions. Without places, any
 * view.
 */
export function viewOf(places: readonly Pick<MapPlace, "point" | "area">[]): MapView {
  if (places.length === 0) return { x: 0, y: 0, ...FRAME };
  const xs = places.map(({ point }) => point[0]);
  const ys = places.map(({ point }) => point[1]);
  const wanted = Math.min(
    360 * DEGREE,
    Math.max(
      leastOf(places) * DEGREE,
      (spread(xs) * FRAME.width) / (FRAME.width - 2 * MARGIN.x),
      (spread(ys) * FRAME.width) / (FRAME.height - 2 * MARGIN.y),
    ),
  );
  // A multiple of three, so that the height is a whole number too.
  const width = 3 * Math.ceil(wanted / 3);
  const height = (width * FRAME.height) / FRAME.width;
  return { x: Math.round(middle(xs) - width / 2), y: Math.round(middle(ys) - height / 2), width, height };
}

const leastOf = (places: readonly Pick<MapPlace, "area">[]): number =>
  places.length === 1 ? LEAST_ALONE : Math.max(...places.map(({ area }) => LEAST[area ?? "point"]));

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const middle = (values: readonly number[]): number => (Math.max(...values) + Math.min(...values)) / 2;

/** Returns the position of a point in the frame, in the frame's units. */
export function inFrame([x, y]: Point, view: MapView): Point {
  const scale = FRAME.width / view.width;
  return [tenths((x - view.x) * scale), tenths((y - view.y) * scale)];
}

/** Returns true if a view contains a point. */
export const isIn = ([x, y]: Point, view: MapView): boolean =>
  x >= view.x && x <= view.x + view.width && y >= view.y && y <= view.y + view.height;

/** Rounds to tenths; finer differences cannot be seen. */
export const tenths = (value: number): number => Math.round(value * 10) / 10;
