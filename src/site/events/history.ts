/** The history of an event as one list: its revisions, and articles that were added to its sources or corrected. */
import { CHANGES } from "../../messages/wording.ts";
import type { DatedRevision, EventHistory, HistoricSource } from "../../record/events/event-history.ts";
import { COMPARED } from "../../record/events/event-history.ts";
import { changesBetween, type RevisionChange } from "./revision-changes.ts";

export interface Step {
  /** RFC 3339 in UTC. */
  at: string;
  /** A word or two: "Corrected". */
  what: string;
  /** The changes of a revision. */
  revision?: number;
  /** The reason of a retraction, if this step retracted the event or changed the reason. */
  reason?: string;
  changes: readonly RevisionChange[];
  /** The article that was added to its sources or corrected. */
  source?: HistoricSource;
}

/** Newest first. */
export function stepsOf({ revisions, sources }: EventHistory): Step[] {
  const written = revisions.slice(0, COMPARED).flatMap((revision, i) => step(revision, revisions[i + 1]) ?? []);
  const noted = [...sources.values()].flatMap(sourceSteps);
  return [...written, ...noted].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** Undefined if the revision before was too long to be read with this one. */
function step(now: DatedRevision, before: DatedRevision | undefined): Step | undefined {
  const { at, revision } = now;
  if (revision === 1) return { at, revision, what: "Published", changes: [] };
  if (before === undefined) return undefined;
  const reason = now.retracted !== null && now.retracted !== before.retracted ? { reason: now.retracted } : {};
  return { at, revision, what: whatWasDone(now, before), changes: changesBetween(before, now), ...reason };
}

const { "event.corrected": CORRECTED, "event.retracted": RETRACTED } = CHANGES;

function whatWasDone(now: DatedRevision, before: DatedRevision): string {
  if (now.retracted === null) return before.retracted === null ? CORRECTED : "Published again";
  if (before.retracted === null) return RETRACTED;
  return now.retracted === before.retracted ? CORRECTED : "Reason of retraction changed";
}

function sourceSteps(source: HistoricSource): Step[] {
  const { linked_at, corrected_at } = source;
  const step = (at: string | null, what: string): Step[] => (at === null ? [] : [{ at, what, source, changes: [] }]);
  return [...step(linked_at, "Source added"), ...step(corrected_at, "Source corrected")];
}
