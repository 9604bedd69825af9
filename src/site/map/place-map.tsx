/**
 * A map of the places of some events. If they are far apart, a second map shows the largest group of close places.
 */
import type { Names } from "../../record/names/read-names.ts";
import type { Selected } from "../timeline/selection.ts";
import { type CloserMap, Frame, type MapLinks } from "./map-frame.tsx";
import { type MapPlace, placesOf } from "./map-places.ts";
import { FRAME, inFrame, isIn, type MapView, tenths, viewOf } from "./map-view.ts";
import { crowdOf } from "./place-crowd.ts";
import { marksOf, type PlaceMark } from "./place-marks.ts";

interface MapProps {
  selected: readonly Selected[];
  names: Names;
  /** Returns the address of a place, by its full id. */
  address: (id: string) => string;
  /** The full id of the place that the page describes; it is always on the map. */
  here?: string;
}

const CLOSER = "closer-map";

/** Nothing if no event has a place with coordinates. */
export function PlaceMap({ selected, names, address, here }: MapProps) {
  const { places, left } = placesOf(selected, names, here);
  if (places.length === 0) return null;
  const view = viewOf(places);
  const { close, crowd } = crowdIn(places);
  const marks = marksOf(
    places.filter((place) => !crowd.includes(place)),
    view,
  );
  const crowded = marksOf(crowd, close);
  const leading: MapLinks = { address, here };
  const closer = crowd.length > 0 ? closerOf(close, view, crowd.length) : undefined;
  return (
    <figure class="map">
      <div class="frames">
        <Frame name="Map of the places" view={view} marks={marks} closer={closer} {...leading} />
        {closer && <Frame id={CLOSER} name="Closer map" view={close} marks={crowded} {...leading} />}
      </div>
      <figcaption class="small quiet">
        <TooClose marks={[...marks, ...crowded]} address={address} />
        <p>
          {left > 0 && `Showing the ${places.length} places with most events, of ${places.length + left}. `}
          Larger circles mean more events. Select a circle to see the events that mention the place.
          {places.some(({ area }) => area) && " Rings are countries and regions, drawn at their centre."} Borders are
          from Natural Earth.
        </p>
      </figcaption>
    </figure>
  );
}

/** Returns the closer map's view and the places in it; no places if no closer map is needed. */
function crowdIn(places: readonly MapPlace[]): { close: MapView; crowd: MapPlace[] } {
  const crowd = crowdOf(places);
  const close = viewOf(crowd);
  return { close, crowd: crowd.length === 0 ? [] : places.filter(({ point }) => isIn(point, close)) };
}

/** Minimum half width of the link to the closer map, in units of the frame. */
const LEAST_RADIUS = 8;

function closerOf(close: MapView, view: MapView, places: number): CloserMap {
  const [x, y] = inFrame([close.x + close.width / 2, close.y + close.height / 2], view);
  const radius = Math.max(LEAST_RADIUS, tenths(((close.width / view.width) * FRAME.width) / 2));
  return { id: CLOSER, label: `${places} places`, x, y, radius, places };
}

/** Lists the places that could not be drawn separately. */
function TooClose({ marks, address }: { marks: readonly PlaceMark[]; address: (id: string) => string }) {
  const covering = marks.filter(({ beside }) => beside.length > 0);
  const places = covering.flatMap(({ beside }) => beside);
  if (places.length === 0) return null;
  return (
    <details>
      <summary>
        {places.length === 1 ? "One place is" : `${places.length} places are`} too close to another place to be drawn
      </summary>
      <ul>
        {covering.map(({ label, beside }) => (
          <li>
            {label}:{" "}
            {beside.map((place, i) => (
              <>
                {i > 0 && ", "}
                <a href={address(place.id)}>{place.label}</a> {place.events}
              </>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
