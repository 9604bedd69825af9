/** The page that edits, previews and retracts an event. */
import type { InputError } from "../../http/problem.ts";
import type { Article } from "../../record/articles/article.ts";
import type { EventDraft } from "../../record/events/draft-event.ts";
import { changedFields } from "../../record/events/event.ts";
import type { Revision } from "../../record/events/event-history.ts";
import type { SourcedEvent } from "../../record/events/read-events.ts";
import type { Names } from "../../record/names/read-names.ts";
import { FormErrors } from "../form.tsx";
import { EVENT_FIELDS, EventFields } from "./event-form.tsx";
import { changesAnything, DocumentChanges, EventPreview, WhatItDoes } from "./event-preview.tsx";
import { FormHead, Preview, PreviewAgain, type Typed } from "./fields.tsx";
import { RetractForm } from "./retract.tsx";

export interface Editing {
  names: Names;
  /** The newest articles on record, as possible sources. */
  newest: readonly Article[];
  typed: Typed;
  /** The event on record; undefined for a new one. */
  old?: SourcedEvent | undefined;
  errors?: readonly InputError[];
  draft?: EventDraft;
  /** A change by another request since the form was loaded. */
  overtaken?: { before: Revision | undefined; now: SourcedEvent };
  /** The reason that was typed for a retraction, and its errors. */
  retraction?: { reason: string; errors: readonly InputError[] };
  /** What the last step did. */
  done?: string | undefined;
  status?: number;
}

export function EventEditor(editing: Editing) {
  const { typed, old, errors = [], draft, overtaken, done, names } = editing;
  const title = old === undefined ? "Add an event" : "Correct an event";
  const action = old === undefined ? "/curate/events" : `/curate/events/${old.id}`;
  return (
    <>
      {draft && <EventPreview draft={draft} names={names} />}
      <FormHead title={draft ? undefined : title} done={done} errors={errors} fields={EVENT_FIELDS}>
        {old && !draft && <About event={old} />}
        {overtaken && <Overtaken {...overtaken} names={names} />}
      </FormHead>
      {editing.retraction && !overtaken && (
        <FormErrors errors={["The event was not retracted. See the errors at the end of this page."]} />
      )}
      <form method="post" action={action} data-unsaved={draft || overtaken || errors.length > 0 ? "yes" : ""}>
        <input type="hidden" name="revision" value={typed.get("revision") ?? "0"} />
        {draft && <Publishing draft={draft} names={names} />}
        {draft && <h2>Your version</h2>}
        <EventFields typed={typed} errors={errors} newest={editing.newest} asksId={old === undefined} />
        <p class="actions">{draft ? <PreviewAgain /> : <Preview />}</p>
      </form>
      {old && !draft && old.retracted === null && <RetractForm event={old} {...editing.retraction} />}
    </>
  );
}

function Publishing({ draft, names }: { draft: EventDraft; names: Names }) {
  const { old } = draft;
  return (
    <section class="does" aria-labelledby="does">
      <h2 id="does">What publishing does</h2>
      <WhatItDoes draft={draft} names={names} />
      {changesAnything(draft) && (
        <p class="actions">
          <PreviewAgain />
          <button type="submit" name="step" value="publish">
            {old === undefined
              ? "Publish the event"
              : old.retracted === null
                ? "Publish the correction"
                : "Publish the event again"}
          </button>
        </p>
      )}
    </section>
  );
}

const About = ({ event: { id, revision, updated_at, retracted } }: { event: SourcedEvent }) => (
  <>
    {retracted !== null && (
      <div class="notice">
        <p>
          <strong>This event was retracted:</strong> <bdi>{retracted}</bdi>
        </p>
        <p>Publish it again to undo the retraction.</p>
      </div>
    )}
    <p class="small quiet">
      <a href={`/events/${id}`}>
        <code>{id}</code>
      </a>
      , revision {revision} of <time dateTime={updated_at}>{updated_at.slice(0, 10)}</time>
    </p>
  </>
);

function Overtaken({ before, now, names }: { before: Revision | undefined; now: SourcedEvent; names: Names }) {
  const differs = before !== undefined && changedFields(now, before.document).length > 0;
  return (
    <section class="error" role="alert" aria-labelledby="overtaken">
      <h2 id="overtaken">Somebody else changed this event</h2>
      <p>
        Your version was not published. The event is now at revision {now.revision}
        {now.retracted !== null && (
          <>
            , and retracted: <bdi>{now.retracted}</bdi>
          </>
        )}
        . {differs ? "This changed:" : before && "Its text did not change."}
      </p>
      {differs && <DocumentChanges before={before.document} after={now} sources={now.sources} names={names} />}
      <p>
        Your version is below. Preview it to see what it changes in the current event, or{" "}
        <a href={`/curate/events/${now.id}`}>start again from the current event</a>.
      </p>
    </section>
  );
}
