/** What queries and readers see of an event. */
import type { Matchable } from "../../query/text.ts";
import type { Names } from "../names/read-names.ts";
import { type EventDocument, eventNames } from "./event.ts";

/**
 * An event as the query language sees it: what it says and who claims what. Its names count as if they stood in the text; so
 * do actors who claim something, whose labels may change while the index stays.
 */
export function eventMatchable(event: EventDocument, names: Names): Matchable {
  const claimants = event.claims.map(({ by }) => `actor:${by}`);
  const claims = event.claims.map(({ by, says }) => (names.records.has(`actor:${by}`) ? says : `${by}: ${says}`));
  const text = [event.summary, ...claims].join("\n");
  return { title: event.title, text, language: "en", about: [...eventNames(event), ...claimants] };
}

/** Who makes a claim, as it is shown: an actor's label, else the words themselves. */
export const claimant = (names: Names, by: string): string => names.records.get(`actor:${by}`)?.label ?? by;
