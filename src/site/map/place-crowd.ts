/** Where places are spread wide and many of them crowd in one corner, the crowd gets a closer map. */
import { chord, type OnGlobe, onGlobe } from "./globe.ts";
import type { Coordinates } from "./projection.ts";

interface Located {
  coordinates: Coordinates;
}

interface Standing<P> {
  place: P;
  at: OnGlobe;
}

/** From one place of a crowd to the next it is at most this part of the way between the two that lie farthest apart. */
const STEP = 1 / 12;
/** Fewer are no crowd. */
const LEAST_PLACES = 3;
/** A crowd takes up no more than this part of the way: else its places can be told apart on the map of all. */
const PART = 1 / 3;

/**
 * The largest group of places that one can walk through in small steps (single-linkage clustering), in the order in which they came; empty
 * where one map shows all well enough.
 */
export function crowdOf<P extends Located>(places: readonly P[]): P[] {
  const all = places.map((place) => ({ place, at: onGlobe(place.coordinates) }));
  const farthest = extentOf(all);
  const [crowd = []] = groupsOf(all, farthest * STEP).sort((a, b) => b.length - a.length);
  if (crowd.length < LEAST_PLACES || extentOf(crowd) > farthest * PART) return [];
  const members = new Set(crowd.map(({ place }) => place));
  return places.filter((place) => members.has(place));
}

/** Each place stands in the group of those within a step of it. */
function groupsOf<P>(places: readonly Standing<P>[], step: number): Standing<P>[][] {
  const left = new Set(places);
  return places.flatMap((place) => {
    if (!left.delete(place)) return [];
    const group = [place];
    // It grows while it is walked through.
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

/** The largest distance between any two. */
const extentOf = (places: readonly Standing<unknown>[]): number =>
  places.reduce((most, one) => places.reduce((far, other) => Math.max(far, chord(one.at, other.at)), most), 0);
