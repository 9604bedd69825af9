/** The changes between two revisions of an event, by the parts that a reader sees. */
import { dateInWords } from "../../feeds/event-dates.ts";
import { EVENT_PARTS } from "../../messages/wording.ts";
import { type EventDocument, fullIds } from "../../record/events/event.ts";
import type { Revision } from "../../record/events/event-history.ts";

export type RevisionChange =
  /** A changed text; empty if there was or is none. */
  | { kind: "text"; part: string; before: string; after: string }
  /** Ids that were removed and added; neither if only the order changed. */
  | { kind: "names" | "articles"; part: string; removed: string[]; added: string[] }
  /** Claims by the same side are compared with each other; null if there was none before or is none now. */
  | { kind: "claim"; part: string; by: string; before: string | null; after: string | null };

/** Returns the changes in the order in which the page shows the parts. A first revision has none. */
export function changesBetween({ document: before }: Revision, { document: after }: Revision): RevisionChange[] {
  return [
    ...changedText(EVENT_PARTS.title, before.title, after.title),
    ...changedText(EVENT_PARTS.date, dateInWords(before), dateInWords(after)),
    ...changedText(EVENT_PARTS.dated_from, before.dated_from ?? "", after.dated_from ?? ""),
    ...changedText(EVENT_PARTS.summary, before.summary, after.summary),
    ...changedClaims(before.claims, after.claims),
    ...changedList("names", EVENT_PARTS.places, fullIds("place", before.places), fullIds("place", after.places)),
    ...changedList("names", EVENT_PARTS.actors, fullIds("actor", before.actors), fullIds("actor", after.actors)),
    ...changedList("names", EVENT_PARTS.topics, fullIds("topic", before.topics), fullIds("topic", after.topics)),
    ...changedList("articles", EVENT_PARTS.articles, before.articles, after.articles),
  ];
}

const changedText = (part: string, before: string, after: string): RevisionChange[] =>
  before === after ? [] : [{ kind: "text", part, before, after }];

function changedList(
  kind: "names" | "articles",
  part: string,
  before: readonly string[],
  after: readonly string[],
): RevisionChange[] {
  if (before.length === after.length && before.every((id, i) => id === after[i])) return [];
  const removed = before.filter((id) => !after.includes(id));
  const added = after.filter((id) => !before.includes(id));
  return [{ kind, part, removed, added }];
}

type Claims = EventDocument["claims"];

function changedClaims(before: Claims, after: Claims): RevisionChange[] {
  const isIn = (claims: Claims) => (claim: Claims[number]) =>
    claims.some(({ by, says }) => by === claim.by && says === claim.says);
  const gone = before.filter((claim) => !isIn(after)(claim));
  const come = after.filter((claim) => !isIn(before)(claim));
  const part = EVENT_PARTS.claims;
  const changes = gone.map(({ by, says }): RevisionChange => {
    const reworded = come.findIndex((claim) => claim.by === by);
    const [now] = reworded < 0 ? [] : come.splice(reworded, 1);
    return { kind: "claim", part, by, before: says, after: now?.says ?? null };
  });
  return [
    ...changes,
    ...come.map(({ by, says }): RevisionChange => ({ kind: "claim", part, by, before: null, after: says })),
  ];
}
