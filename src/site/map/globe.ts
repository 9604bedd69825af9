/** Distances between places: those on the map's plane grow towards the poles, and end at the date line. */
import type { Coordinates } from "./projection.ts";

/** On a globe of the radius 1. */
export type OnGlobe = readonly [number, number, number];

export function onGlobe({ latitude, longitude }: Coordinates): OnGlobe {
  const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/**
 * Straight through the globe, so that it is some hundred times faster to tell than the great circle's length; it orders distances in the
 * same way, and is the same for short ones.
 */
export const chord = (a: OnGlobe, b: OnGlobe): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
