/** The preview of an event: its page, and what publishing it changes. */
import { titleLanguage } from "../../record/articles/article.ts";
import type { EventDraft } from "../../record/events/draft-event.ts";
import type { EventDocument } from "../../record/events/event.ts";
import type { Revision } from "../../record/events/event-history.ts";
import type { SourcedEvent } from "../../record/events/read-events.ts";
import type { Names } from "../../record/names/read-names.ts";
import { makeCompare } from "../events/difference.tsx";
import { EventColumns, EventSources } from "../events/event-view.tsx";
import { ChangeList } from "../events/history-view.tsx";
import { changesBetween } from "../events/revision-changes.ts";
import { EVENT_MODES } from "./event-form.tsx";

/** Returns true if publishing would change anything on record. */
export const changesAnything = ({ event, old, changed }: EventDraft): boolean =>
  old === undefined || old.retracted !== null || old.mode !== event.mode || changed.length > 0;

/** The parts of the event's page that curators write. The heading is the event's title. */
export function EventPreview({ draft, names }: { draft: EventDraft; names: Names }) {
  // Only the real page has the history to which a revised event links.
  const event: SourcedEvent = { ...draft.event, revision: 1 };
  return (
    <div class="preview">
      <p class="notice">This is a preview of the event's page. Nothing is saved yet.</p>
      <article class="event">
        <EventColumns event={event} names={names} />
        <div class="more">
          <EventSources event={event} />
        </div>
      </article>
    </div>
  );
}

/** What publishing does. */
export function WhatItDoes({ draft, names }: { draft: EventDraft; names: Names }) {
  const { event, old, changed } = draft;
  const shows = `${event.mode}: ${EVENT_MODES[event.mode]}.`;
  if (old === undefined) return <p>This publishes a new event as {shows}</p>;
  if (!changesAnything(draft)) return <p>This changes nothing.</p>;
  const standsAgain = old.retracted !== null;
  // A change of mode alone is not a correction.
  const isTold = event.mode === "new" && (standsAgain || changed.length > 0);
  return (
    <>
      {standsAgain && <p>The event was retracted. Publishing undoes the retraction.</p>}
      {old.mode !== event.mode && <p>The mode changes to {shows}</p>}
      <DocumentChanges before={old} after={event} sources={[...old.sources, ...event.sources]} names={names} />
      {isTold && <p>Everyone who received an article of this event gets the correction.</p>}
    </>
  );
}

/** The differences of two versions of an event. */
export function DocumentChanges({
  before,
  after,
  sources,
  names,
}: {
  before: EventDocument;
  after: EventDocument;
  sources: SourcedEvent["sources"];
  names: Names;
}) {
  const revision = (document: EventDocument): Revision => ({ document, retracted: null });
  const titles = sources.map((source) => ({
    ...{ id: source.id, title: source.title, language: titleLanguage(source) },
    ...{ linked_at: null, corrected_at: null },
  }));
  const telling = { names, compare: makeCompare(), sources: new Map(titles.map((source) => [source.id, source])) };
  return <ChangeList changes={changesBetween(revision(before), revision(after))} telling={telling} />;
}
