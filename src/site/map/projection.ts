/** The Mercator projection of the borders and of the places. */

/** Map units in one degree of longitude; one unit is about a kilometre. */
export const DEGREE = 100;

/** Coordinates in WGS 84, in degrees. */
export interface Coordinates {
  latitude: number;
  longitude: number;
}

export type Point = readonly [x: number, y: number];

/** Maximum latitude, in degrees; the Mercator projection cannot show the poles. */
const HIGHEST = 85;

/** Radians in a degree. */
const RADIANS = Math.PI / 180;

/** Returns a point in map units, east and south of latitude 0, longitude 0. */
export function project({ latitude, longitude }: Coordinates): Point {
  const phi = Math.max(-HIGHEST, Math.min(HIGHEST, latitude)) * RADIANS;
  const y = Math.log(Math.tan(Math.PI / 4 + phi / 2));
  return [longitude * DEGREE, (-y / RADIANS) * DEGREE];
}
