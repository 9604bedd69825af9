/** The preview of a new article: duplicates, related events, and the alerts that it sets off. */
import type { ComponentChildren } from "preact";
import { countSetOff, type SetOff } from "../../alerts/set-off.ts";
import { readVocabulary } from "../../curation/record-changes.ts";
import type { Context } from "../../http/context.ts";
import type { ArticleInput } from "../../record/articles/article.ts";
import { derivedId, draftArticle } from "../../record/articles/draft-article.ts";
import { findSameArticle, type SameArticle } from "../../record/articles/same-article.ts";
import { findLikelyEvents } from "../../record/events/event-candidates.ts";
import type { RankedEvent } from "../../record/events/likely-events.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { counted } from "../text-format.ts";
import { Box } from "./fields.tsx";

export interface ArticlePreview {
  names: Names;
  alike: SameArticle | undefined;
  likely: RankedEvent[];
  /** Ids of the selected events. */
  chosen: readonly string[];
  setOff: SetOff;
  mode: string;
}

/** Returns the preview without writing anything. Throws a 400 Problem if a selected event is not on record. */
export async function previewArticle(context: Context, input: ArticleInput): Promise<ArticlePreview> {
  const { DB } = context.env;
  const names = await readVocabulary(context);
  const draft = await draftArticle(DB, input.id ?? (await derivedId(input)), input);
  const [alike, likely, setOff] = await Promise.all([
    findSameArticle(DB, input),
    findLikelyEvents(DB, names, input),
    countSetOff(context.env, draft),
  ]);
  return { names, alike, likely, chosen: input.events ?? [], setOff, mode: draft.mode };
}

export function ShowPreview({ preview }: { preview: ArticlePreview }) {
  const { names, alike, likely, chosen, setOff, mode } = preview;
  const known = new Set(likely.map(({ event }) => event.id));
  return (
    <section class="preview" aria-labelledby="preview">
      <h2 id="preview">Preview</h2>
      <p class="small quiet">Nothing is saved yet.</p>
      {alike && <OnRecord alike={alike} />}
      <p class="count">{setOffInWords(setOff, mode)}</p>
      {setOff.silent > 0 && (
        <p class="warning">
          {setOff.silent === 1 ? "One group of alerts" : `${setOff.silent} groups of alerts`} did not answer and{" "}
          {setOff.silent === 1 ? "is" : "are"} not counted.
        </p>
      )}
      <fieldset>
        <legend>Related events</legend>
        <p class="hint">
          The most likely events come first, by shared names and dates. Select the events that this article reports.
          Their names then count as names of the article, also for alerts.
        </p>
        {chosen
          .filter((id) => !known.has(id))
          .map((id) => (
            <Box name="events[]" value={id} checked>
              {id}
            </Box>
          ))}
        {likely.map((each) => (
          <LikelyEvent likely={each} names={names} checked={chosen.includes(each.event.id)} />
        ))}
        {likely.length === 0 && <p>No event shares a name with this article.</p>}
      </fieldset>
    </section>
  );
}

/** Returns how many alerts the article sets off, in words. */
export function setOffInWords({ alerts }: SetOff, mode: string): string {
  if (mode !== "new") return `It sets off no alerts, because it is ${mode}.`;
  if (alerts === 0) return "It sets off no alerts, because none matches.";
  return `It sets off ${counted(alerts, "alert")}.`;
}

const OnRecord = ({ alike: { id, title, same } }: { alike: SameArticle }) => (
  <p class="warning">
    {same === "text" ? "An article with this text" : `An article with this ${same === "id" ? "id" : "URL"}`} is already
    on record:{" "}
    <Elsewhere to={`/curate/articles/${id}`}>
      <bdi>{title}</bdi>
    </Elsewhere>
    . {same === "text" ? "Adding this one creates a duplicate." : "Adding this one changes nothing."}
  </p>
);

const LikelyEvent = ({
  likely: { event, shared, days },
  names,
  checked,
}: {
  likely: RankedEvent;
  names: Names;
  checked: boolean;
}) => (
  <Box name="events[]" value={event.id} checked={checked}>
    <bdi>{event.title}</bdi>{" "}
    <span class="small quiet">
      ({event.date}
      {event.end_date !== null && ` to ${event.end_date}`}; <Elsewhere to={`/events/${event.id}`}>open</Elsewhere>).
      Shared names: {shared.map((name) => labelOf(names, name)).join(", ")}
      {days !== undefined && `; ${daysInWords(days)}`}.
    </span>
  </Box>
);

/** A link that opens a new tab, because the form has not been sent yet. */
const Elsewhere = ({ to, children }: { to: string; children: ComponentChildren }) => (
  <a href={to} target="_blank" rel="noopener">
    {children}
  </a>
);

/** Returns how far the article's day is from the event's dates. */
function daysInWords(days: number): string {
  const count = Math.abs(days);
  if (count === 0) return "published within its dates";
  return `published ${count === 1 ? "a day" : counted(count, "day")} ${days > 0 ? "after" : "before"} it`;
}
