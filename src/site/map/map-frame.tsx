/** One map: land, borders, and places as links. */
import type { ComponentChildren } from "preact";
import { assetUrl } from "../assets.ts";
import { counted } from "../text-format.ts";
import { labelsOf } from "./map-labels.ts";
import { FRAME, type MapView, tenths } from "./map-view.ts";
import type { LabelledSpot, PlaceMark } from "./place-marks.ts";

/** Where the circles link to. */
export interface MapLinks {
  /** Returns the address of a place, by its full id. */
  address: (id: string) => string;
  /** The full id of the place that the page describes. */
  here: string | undefined;
}

/** The part of a map that a closer map shows. */
export interface CloserMap extends LabelledSpot {
  /** The HTML id of the closer map. */
  id: string;
  places: number;
}

interface FrameProps extends MapLinks {
  id?: string;
  name: string;
  view: MapView;
  marks: readonly PlaceMark[];
  closer?: CloserMap | undefined;
}

/** Font sizes in units of the frame: on a phone, and in a wide frame. Keep them in step with map.css. */
const SIZE = 13;
const WIDE_SIZE = 9;

export function Frame({ id, name, view, marks, closer, address, here }: FrameProps) {
  const spots = closer ? [closer, ...marks] : marks;
  const labels = labelsOf(spots, SIZE);
  const more = labelsOf(spots, WIDE_SIZE, labels);
  const words = (spot: LabelledSpot) =>
    [...labels, ...more]
      .filter((label) => label.spot === spot)
      .map((label) => (
        <text x={label.x} y={label.y} text-anchor={label.anchor} class={labels.includes(label) ? undefined : "more"}>
          {spot.label}
        </text>
      ));
  return (
    <div class="frame" id={id}>
      <svg viewBox={`0 0 ${FRAME.width} ${FRAME.height}`} aria-label={name}>
        <Ground view={view} />
        {closer && <CloserLink closer={closer}>{words(closer)}</CloserLink>}
        {marks.map((mark) => (
          <a
            class={mark.place.area ? "area" : undefined}
            href={address(mark.place.id)}
            aria-label={named(mark)}
            aria-current={mark.place.id === here ? "page" : undefined}
          >
            <title>{named(mark)}</title>
            <circle cx={mark.x} cy={mark.y} r={mark.radius} />
            {words(mark)}
          </a>
        ))}
      </svg>
    </div>
  );
}

const named = ({ place }: PlaceMark): string => `${place.label}: ${counted(place.events, "event")}`;

/**
 * Land and borders. All pages share one drawing, which browsers cache; each page shows a part of it. The attributes
 * apply without the style sheet: the land would be black and hide the places.
 */
const Ground = ({ view: { x, y, width, height } }: { view: MapView }) => (
  <svg width={FRAME.width} height={FRAME.height} viewBox={`${x} ${y} ${width} ${height}`} aria-hidden="true">
    <use class="land" fill="currentColor" fill-opacity="0.15" href={`${assetUrl("/map.svg")}#land`} />
    <use class="borders" stroke="currentColor" href={`${assetUrl("/map.svg")}#borders`} />
  </svg>
);

function CloserLink({ closer, children }: { closer: CloserMap; children: ComponentChildren }) {
  const { id, x, y, radius, places } = closer;
  const name = `${places} places on the closer map`;
  const half = tenths((radius * FRAME.height) / FRAME.width);
  return (
    <a class="closer" href={`#${id}`} aria-label={name}>
      <title>{name}</title>
      <rect x={tenths(x - radius)} y={tenths(y - half)} width={2 * radius} height={2 * half} />
      {children}
    </a>
  );
}
