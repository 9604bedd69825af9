/** What one revision of an event changed in the one before it, by what a reader calls its parts. */
import { dateInWords } from "../../feeds/dates.ts";
import { type EventDocument, fullIds } from "../../record/event.ts";
import type { Revision } from "../../record/events.ts";

export type RevisionChange =
  /** Text that was written anew, in whole or in part; empty where there was or is none. */
  | { kind: "text"; part: string; before: string; after: string }
  /** Ids that were taken out or put in; neither where only their order is another. */
  | { kind: "names" | "articles"; part: string; removed: string[]; added: string[] }
  /** Claims by the same side are compared with one another; null where there was none before, or is none now. */
  | { kind: "claim"; part: string; by: string; before: string | null; after: string | null };

/** In the order in which the page shows the parts. A first revision has changed nothing. */
export function changesBetween({ document: before }: Revision, { document: after }: Revision): RevisionChange[] {
  return [
    ...changedText("title", before.title, after.title),
    ...changedText("date", dateInWords(before), dateInWords(after)),
    ...changedText("how the date is known", before.dated_from ?? "", after.dated_from ?? ""),
    ...changedText("what happened", before.summary, after.summary),
    ...changedClaims(before.claims, after.claims),
    ...changedList("names", "places", fullIds("place", before.places), fullIds("place", after.places)),
    ...changedList("names", "who took part", fullIds("actor", before.actors), fullIds("actor", after.actors)),
    ...changedList("names", "topics", fullIds("topic", before.topics), fullIds("topic", after.topics)),
    ...changedList("articles", "sources", before.articles, after.articles),
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
  const part = "claims";
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
