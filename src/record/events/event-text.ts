/** What queries and readers see of an event. */
import type { Matchable } from "../../query/text.ts";
import type { Names } from "../names/read-names.ts";
import { type EventDocument, eventNames } from "./event.ts";

/**
 * Returns an event as queries see it: its content and its claims. Its names count as if they were in the text. So do actors who claim something,
 * because their labels may change without a change of the index.
 */
export function eventMatchable(event: EventDocument, names: Names): Matchable {
  const claimants = event.claims.map(({ by }) => `actor:${by}`);
  const claims = event.claims.map(({ by, says }) => (names.records.has(`actor:${by}`) ? says : `${by}: ${says}`));
  const text = [event.summary, ...claims].join("\n");
  return { title: event.title, text, language: "en", about: [...eventNames(event), ...claimants] };
}

/** Returns who makes a claim: the label of an actor, or the words as they were written. */
export const claimant = (names: Names, by: string): string => names.records.get(`actor:${by}`)?.label ?? by;
