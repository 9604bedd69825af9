/** Places as circles in the frame. */
import type { MapPlace } from "./map-places.ts";
import { inFrame, type MapView, tenths } from "./map-view.ts";

/** What stands in a frame and may have words beside it. */
export interface LabelledSpot {
  label: string;
  x: number;
  y: number;
  /** Half its height and width. */
  radius: number;
}

/** A circle, whose area goes by the number of events. */
export interface PlaceMark extends LabelledSpot {
  place: MapPlace;
  /** Places that would lie on this one: they are told of in words. */
  beside: MapPlace[];
}

const LARGEST = 16;
const SMALLEST = 4;
/** Where nothing has more events than this, no circle is of the largest size. */
const FEW = 6;
/** Circles whose centres are nearer than this cannot be told apart, in units of the frame. */
const APART = 9;

/** One for each place that can be told apart from those before it. */
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
