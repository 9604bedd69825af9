/** Circles for the places on a map. */
import type { MapPlace } from "./map-places.ts";
import { inFrame, type MapView, tenths } from "./map-view.ts";

/** A point in the frame that may have a label. */
export interface LabelledSpot {
  label: string;
  x: number;
  y: number;
  /** Half its height and width. */
  radius: number;
}

/** A circle whose area is proportional to the number of events. */
export interface PlaceMark extends LabelledSpot {
  place: MapPlace;
  /** Places that would be drawn on top of this one; they are listed as text. */
  beside: MapPlace[];
}

const LARGEST = 16;
const SMALLEST = 4;
/** Number of events of the largest circle, at least. Without it a single event would get the largest circle. */
const FEW = 6;
/** Minimum distance between the centres of two circles, in units of the frame. */
const APART = 9;

/** Returns a circle for each place that is far enough from those before it. */
export function marksOf(places: readonly MapPlace[], view: MapView): PlaceMark[] {
  const most = Math.max(FEW, ...places.map(({ events }) => events));
  const marks: PlaceMark[] = [];
  for (const place of places) {
    const [x, y] = inFrame(place.point, view);
    const over = marks.find((mark) => Math.hypot(mark.x - x, mark.y - y) < APART);
    if (over) over.beside.push(place);
    else {
      const size = tenths(Math.max(SMALLEST, LARGEST * Math.sqrt(place.events / most)));
      marks.push({ place, label: place.label, x, y, radius: size, beside: [] });
    }
  }
  return marks;
}
