/** Finds a group of places that are too close together on a map of all places, so that they get a closer map. */
import { chord, type OnGlobe, onGlobe } from "./globe.ts";
import type { Coordinates } from "./projection.ts";

interface Located {
  coordinates: Coordinates;
}

interface Standing<P> {
  place: P;
  at: OnGlobe;
}

/**
 * Maximum distance from one place of the group to the next, as a part of the largest distance between any two places.
 */
const STEP = 1 / 12;
/** Minimum places in a group. */
const LEAST_PLACES = 3;
/**
 * Maximum extent of the group, as a part of the largest distance. A larger group is readable on the map of all
 * places.
 */
const PART = 1 / 3;

/**
 * Returns the largest group of places that are connected by small distances (single-linkage clustering), in their
 * original order. Empty if one map shows all places well.
 */
export function crowdOf<P extends Located>(places: readonly P[]): P[] {
  const all = places.map((place) => ({ place, at: onGlobe(place.coordinates) }));
  const farthest = extentOf(all);
  const [crowd = []] = groupsOf(all, farthest * STEP).sort((a, b) => b.length - a.length);
  if (crowd.length < LEAST_PLACES || extentOf(crowd) > farthest * PART) return [];
  const members = new Set(crowd.map(({ place }) => place));
  return places.filter((place) => members.has(place));
}

/** Groups places that are within a step of each other. */
function groupsOf<P>(places: readonly Standing<P>[], step: number): Standing<P>[][] {
  const left = new Set(places);
  return places.flatMap((place) => {
    if (!left.delete(place)) return [];
    const group = [place];
    // The group grows during the loop.
    for (const member of group) {
      for (const other of left) {
        if (chord(member.at, other.at) > step) continue;
        left.delete(other);
        group.push(other);
      }
    }
    return [group];
  });
}

/** Returns the largest distance between any two places. */
const extentOf = (places: readonly Standing<unknown>[]): number =>
  places.reduce((most, one) => places.reduce((far, other) => Math.max(far, chord(one.at, other.at)), most), 0);
