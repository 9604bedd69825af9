/** The places of some events, with coordinates and number of events. */
import { fullIds } from "../../record/events/event.ts";
import type { NameRecord } from "../../record/names/name.ts";
import type { Names } from "../../record/names/read-names.ts";
import type { Selected } from "../timeline/selection.ts";
import { type Coordinates, type Point, project } from "./projection.ts";

export interface MapPlace {
  /** The full id: `place:aleppo`. */
  id: string;
  label: string;
  /** The number of events at this place. */
  events: number;
  coordinates: Coordinates;
  point: Point;
  /** The kind of area, if the place has an extent; the map shows its middle. */
  area: Area | undefined;
}

export type Area = "region" | "country";

const AREAS: ReadonlyMap<string, Area> = new Map([
  ["country", "country"],
  ["region", "region"],
  ["province", "region"],
  ["island", "region"],
  ["sea", "region"],
]);

/** Maximum places on a map; more could not be told apart. */
const MOST = 60;

/**
 * Returns the places with coordinates, those with most events first, and how many were left out. `here` comes first
 * even if no event is there.
 */
export function placesOf(
  selected: readonly Selected[],
  names: Names,
  here: string | undefined,
): { places: MapPlace[]; left: number } {
  const counts = new Map<string, number>();
  for (const { event } of selected) {
    for (const id of fullIds("place", event.places)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const first: [string, number][] = here === undefined ? [] : [[here, counts.get(here) ?? 0]];
  const others = [...counts].filter(([id]) => id !== here).sort(([, a], [, b]) => b - a);
  const located = [...first, ...others].flatMap(([id, events]) => locatedOf(names.records.get(id), events));
  const places = located.slice(0, MOST).map((each) => ({ ...each, point: project(each.coordinates) }));
  return { places, left: located.length - places.length };
}

function locatedOf(record: NameRecord | undefined, events: number): Omit<MapPlace, "point">[] {
  if (!record?.coordinates) return [];
  const { id, label, type, coordinates } = record;
  return [{ id, label, events, coordinates, area: AREAS.get(type) }];
}
