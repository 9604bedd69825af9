/** Distances between places. Distances on the flat map grow towards the poles and end at the date line. */
import type { Coordinates } from "./projection.ts";

/** A point on a globe with radius 1. */
export type OnGlobe = readonly [number, number, number];

export function onGlobe({ latitude, longitude }: Coordinates): OnGlobe {
  const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/**
 * Returns the distance straight through the globe. It is much cheaper than the great circle's length and orders
 * distances in the same way.
 */
export const chord = (a: OnGlobe, b: OnGlobe): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
