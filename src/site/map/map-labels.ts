/** Labels of places. The first places come first, and each label takes the first free side. */

import { FRAME, tenths } from "./map-view.ts";
import type { LabelledSpot } from "./place-marks.ts";

export interface MapLabel {
  spot: LabelledSpot;
  /** The label's vertical middle, and the end that `anchor` names. */
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Average width of a letter as a part of the font size, for a wide sans serif. The Worker cannot measure text. */
const LETTER = 0.57;
const GAP = 3;
const LINE = 1.15;

/** Returns the labels that fit at a font size, beside those in `kept`, which stay where they are. */
export function labelsOf(spots: readonly LabelledSpot[], size: number, kept: readonly MapLabel[] = []): MapLabel[] {
  const labels: MapLabel[] = [];
  const circles = spots.map((spot) => ({ spot, box: boxOfSpot(spot) }));
  const taken = kept.map((label) => boxOf(label, size));
  const isFree = (label: MapLabel): boolean => {
    const box = boxOf(label, size);
    const covers = circles.some((circle) => circle.spot !== label.spot && overlaps(box, circle.box));
    return isInFrame(box) && !covers && !taken.some((other) => overlaps(box, other));
  };
  for (const spot of spots.filter((each) => !kept.some((label) => label.spot === each))) {
    const free = candidates(spot, size).find(isFree);
    if (free === undefined) continue;
    labels.push(free);
    taken.push(boxOf(free, size));
  }
  return labels;
}

function candidates(spot: LabelledSpot, size: number): MapLabel[] {
  const { x, y, radius } = spot;
  const [aside, off] = [radius + GAP, radius + GAP + size / 2];
  return [
    { spot, x: tenths(x + aside), y, anchor: "start" },
    { spot, x: tenths(x - aside), y, anchor: "end" },
    { spot, x, y: tenths(y - off), anchor: "middle" },
    { spot, x, y: tenths(y + off), anchor: "middle" },
  ];
}

function boxOf({ spot, x, y, anchor }: MapLabel, size: number): Box {
  const width = spot.label.length * size * LETTER;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - (size * LINE) / 2, bottom: y + (size * LINE) / 2 };
}

const boxOfSpot = ({ x, y, radius }: LabelledSpot): Box => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
});

const isInFrame = ({ left, right, top, bottom }: Box): boolean =>
  left >= GAP && right <= FRAME.width - GAP && top >= GAP && bottom <= FRAME.height - GAP;

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
