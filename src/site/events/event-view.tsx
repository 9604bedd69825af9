/** The parts of an event that curators write. */
import type { ComponentChildren } from "preact";
import { dateInWords } from "../../feeds/event-dates.ts";
import { namePath } from "../../http/links.ts";
import { fullIds, type Precision } from "../../record/events/event.ts";
import { claimant } from "../../record/events/event-text.ts";
import type { SourcedEvent } from "../../record/events/read-events.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { Moment } from "../moment.tsx";
import { SourceList } from "./sources.tsx";

/** Title, date and summary. A retracted event begins with the reason of its retraction. */
function Told({ event }: { event: SourcedEvent }) {
  const { retracted, title, summary, updated_at } = event;
  const when = (
    <p class="when">
      <time dateTime={event.date}>{dateInWords(event)}</time>
    </p>
  );
  if (retracted === null) {
    return (
      <>
        {when}
        <h1 dir="auto">{title}</h1>
        <p class="summary" dir="auto">
          {summary}
        </p>
      </>
    );
  }
  return (
    <>
      <h1>
        Retracted:{" "}
        <bdi>
          <s>{title}</s>
        </bdi>
      </h1>
      <div class="notice">
        <p>
          This event was retracted on <Moment at={updated_at} />. This page stays so that readers can see why.
        </p>
        <p dir="auto">
          <strong>Reason:</strong> {retracted}
        </p>
      </div>
      <section class="said" aria-labelledby="said">
        <h2 id="said">Before the retraction</h2>
        {when}
        <p class="summary" dir="auto">
          {summary}
        </p>
      </section>
    </>
  );
}

/** The two columns of an event's page: what happened, and the facts about it. */
export const EventColumns = ({
  event,
  names,
  children,
}: {
  event: SourcedEvent;
  names: Names;
  children?: ComponentChildren;
}) => (
  <>
    <div class="told">
      <Told event={event} />
      <Claims event={event} names={names} />
    </div>
    <div class="known">
      <Facts event={event} names={names} />
      {children}
    </div>
  </>
);

/** The articles on which an event is based. */
export const EventSources = ({ event }: { event: SourcedEvent }) => (
  <section aria-labelledby="sources">
    <h2 id="sources">Sources</h2>
    <SourceList sources={event.sources} />
  </section>
);

function Claims({ event, names }: { event: SourcedEvent; names: Names }) {
  if (event.claims.length === 0) return null;
  return (
    <section class="claims" aria-labelledby="claims">
      <h2 id="claims">Attributed claims</h2>
      <p class="small quiet">Each claim is made by the side named. It is not a finding of this record.</p>
      <ul>
        {event.claims.map(({ by, says }) => (
          <li>
            <p class="by">
              <Claimant by={by} names={names} />
            </p>
            <p dir="auto">{says}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Claimant({ by, names }: { by: string; names: Names }) {
  const id = `actor:${by}`;
  return names.records.has(id) ? <a href={namePath(id)}>{claimant(names, by)}</a> : <bdi>{by}</bdi>;
}

/** Places, actors, topics, and how the date is known. */
function Facts({ event, names }: { event: SourcedEvent; names: Names }) {
  return (
    <dl>
      <NameList title="Where" ids={fullIds("place", event.places)} names={names} />
      <NameList title="Who" ids={fullIds("actor", event.actors)} names={names} />
      <NameList title="Topics" ids={fullIds("topic", event.topics)} names={names} />
      {event.dated_from !== null && (
        <>
          <dt>Date</dt>
          <dd>
            <details>
              <summary>{DATED[event.precision]}</summary>
              <p class="small" dir="auto">
                {event.dated_from}
              </p>
            </details>
          </dd>
        </>
      )}
      <dt>Published here</dt>
      <dd>
        <Moment at={event.published_at} />
        {event.revision > 1 && event.retracted === null && (
          <>
            ; <a href="#history">revised</a> <Moment at={event.updated_at} />
          </>
        )}
      </dd>
    </dl>
  );
}

const DATED: Readonly<Record<Precision, string>> = {
  day: "How the date is known",
  month: "Exact day unknown",
  year: "Exact month unknown",
  within: "Exact day unknown",
};

function NameList({ title, ids, names }: { title: string; ids: readonly string[]; names: Names }) {
  if (ids.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <ul class="inline">
          {ids.map((id) => (
            <li>
              <a href={namePath(id)}>{labelOf(names, id)}</a>
            </li>
          ))}
        </ul>
      </dd>
    </>
  );
}
