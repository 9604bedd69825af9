/** Which part of the world a map shows. */
import type { MapPlace } from "./map-places.ts";
import { DEGREE, type Point } from "./projection.ts";

/** The frame of every map, in its own units: as many as a phone has pixels. */
export const FRAME = { width: 360, height: 240 } as const;
/** Kept free on each side, for circles and labels. */
const MARGIN = { x: 44, y: 34 } as const;

/** Never fewer degrees of longitude than these: closer, there is no coast and no border to tell where it is. */
const LEAST = { point: 4, region: 7, country: 10 } as const;
/** Around a place that is shown alone. */
const LEAST_ALONE = 28;

/** A rectangle of the projected world, as `viewBox` takes it. */
export interface MapView {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The smallest view in the frame's proportion that has all the places, with a margin; anywhere where there are none. */
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
  // In whole thirds, so that the height is whole as well.
  const width = 3 * Math.ceil(wanted / 3);
  const height = (width * FRAME.height) / FRAME.width;
  return { x: Math.round(middle(xs) - width / 2), y: Math.round(middle(ys) - height / 2), width, height };
}

const leastOf = (places: readonly Pick<MapPlace, "area">[]): number =>
  places.length === 1 ? LEAST_ALONE : Math.max(...places.map(({ area }) => LEAST[area ?? "point"]));

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const middle = (values: readonly number[]): number => (Math.max(...values) + Math.min(...values)) / 2;

/** Where in the frame something stands, in the frame's units. */
export function inFrame([x, y]: Point, view: MapView): Point {
  const scale = FRAME.width / view.width;
  return [tenths((x - view.x) * scale), tenths((y - view.y) * scale)];
}

/** Whether a view shows it. */
export const isIn = ([x, y]: Point, view: MapView): boolean =>
  x >= view.x && x <= view.x + view.width && y >= view.y && y <= view.y + view.height;

/** A tenth of a pixel is as exact as one sees. */
export const tenths = (value: number): number => Math.round(value * 10) / 10;
