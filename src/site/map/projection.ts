/** The Mercator projection that the drawn borders and the places on them share. */

/** Units of the map in one degree of longitude, so that whole numbers are about a kilometre apart. */
export const DEGREE = 100;

/** As curators write it: WGS 84, in degrees. */
export interface Coordinates {
  latitude: number;
  longitude: number;
}

export type Point = readonly [x: number, y: number];

/** What lies nearer to a pole cannot be shown, as on any map of Mercator's. */
const HIGHEST = 85;

/** In a degree. */
const RADIANS = Math.PI / 180;

/** East and south of where the equator meets the prime meridian, in units of the map. */
export function project({ latitude, longitude }: Coordinates): Point {
  const phi = Math.max(-HIGHEST, Math.min(HIGHEST, latitude)) * RADIANS;
  const y = Math.log(Math.tan(Math.PI / 4 + phi / 2));
  return [longitude * DEGREE, (-y / RADIANS) * DEGREE];
}
