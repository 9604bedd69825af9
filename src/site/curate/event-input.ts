/** Reads the form of an event, and fills it. */
import { check } from "../../http/input.ts";
import { type EventInput, eventInput } from "../../record/events/event.ts";
import type { SourcedEvent } from "../../record/events/read-events.ts";
import { slug } from "../../record/fields.ts";
import { lineOf, linesOf, type Typed, textOf } from "./fields.tsx";

/** Maximum rows of claims that are read. An event has at most 50 claims. */
const MOST_CLAIMS = 60;

/** Returns the event in the form. Throws a 400 Problem that names the fields. */
export function readEventForm(typed: Typed): EventInput {
  return check(
    {
      date: lineOf(typed, "date") ?? "",
      end_date: lineOf(typed, "end_date") ?? null,
      precision: typed.get("precision") === "within" ? "within" : undefined,
      dated_from: textOf(typed, "dated_from") ?? null,
      title: typed.get("title") ?? "",
      summary: typed.get("summary") ?? "",
      places: linesOf(typed, "places"),
      actors: linesOf(typed, "actors"),
      topics: linesOf(typed, "topics"),
      articles: [...new Set([...linesOf(typed, "articles"), ...typed.getAll("article[]")])],
      claims: claimsOf(typed),
      mode: lineOf(typed, "mode"),
    },
    eventInput,
  );
}

export interface ClaimRow {
  by: string;
  says: string;
}

/** Returns the rows that are not empty, without gaps, so that the number in an error is the number of its row. */
export function claimsOf(typed: Typed): ClaimRow[] {
  const rows = Array.from({ length: MOST_CLAIMS }, (_, i) => ({
    by: lineOf(typed, `claims.${i}.by`) ?? "",
    says: textOf(typed, `claims.${i}.says`) ?? "",
  }));
  return rows.filter(({ by, says }) => by !== "" || says !== "");
}

/** Returns the form for an event on record. */
export function eventTyped(event: SourcedEvent): Typed {
  const { date, end_date, dated_from, title, summary, mode, precision, revision } = event;
  const fields = { date, end_date, dated_from, title, summary, mode, revision: String(revision) };
  const typed = new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
  if (precision === "within") typed.set("precision", precision);
  for (const name of ["places", "actors", "topics", "articles"] as const) typed.set(name, event[name].join("\n"));
  for (const [i, { by, says }] of event.claims.entries()) {
    typed.set(`claims.${i}.by`, by);
    typed.set(`claims.${i}.says`, says);
  }
  return typed;
}

/** Returns an id made from date and title, for an event without one. Undefined if the title has no Latin letter. */
export function suggestId(typed: Typed): string | undefined {
  // Longer than any title may be; `normalize` is quadratic in the marks on one letter.
  const words = (typed.get("title") ?? "")
    .slice(0, 500)
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  if (words === null) return undefined;
  const id = [lineOf(typed, "date") ?? "", ...words]
    .join("-")
    .slice(0, 60)
    .replace(/[^a-z0-9]+$/, "");
  return slug.safeParse(id).data;
}
