/** An event as pages show it. */
import { dateInWords } from "../../feeds/dates.ts";
import { claimant, type Source, type SourcedEvent } from "../../record/events.ts";
import { labelOf, type Names } from "../../record/names.ts";

/** An event in a list. */
export function EventSummary({ event, names }: { event: SourcedEvent; names: Names }) {
  const places = event.places.map((place) => labelOf(names, `place:${place}`));
  return (
    <article>
      <p class="when">
        <time dateTime={event.date}>{dateInWords(event)}</time>
        {places.length > 0 && ` · ${places.join(", ")}`}
      </p>
      <h3>
        <a href={`/events/${event.id}`}>{event.title}</a>
      </h3>
      <p>{event.retracted === null ? event.summary : `Retracted: ${event.retracted}`}</p>
    </article>
  );
}

/** An event in full. */
export function EventView({ event, names }: { event: SourcedEvent; names: Names }) {
  return (
    <article>
      <p class="when">
        <time dateTime={event.date}>{dateInWords(event)}</time>
      </p>
      <h1>{event.title}</h1>
      {event.retracted !== null && (
        <p class="notice">
          <strong>This event was retracted:</strong> {event.retracted}
        </p>
      )}
      <p>{event.summary}</p>
      <Claims event={event} names={names} />
      <dl>
        <NameList title="Where" kind="place" slugs={event.places} names={names} />
        <NameList title="Who" kind="actor" slugs={event.actors} names={names} />
        <NameList title="Topics" kind="topic" slugs={event.topics} names={names} />
        {event.dated_from !== null && (
          <>
            <dt>Why this date</dt>
            <dd>{event.dated_from}</dd>
          </>
        )}
      </dl>
      <h2>Sources</h2>
      <SourceList sources={event.sources} />
      <p class="small">
        On the wire since <time dateTime={event.published_at}>{event.published_at.slice(0, 10)}</time>
        {event.revision > 1 && `; revision ${event.revision}, of ${event.updated_at.slice(0, 10)}`}
      </p>
    </article>
  );
}

function Claims({ event, names }: { event: SourcedEvent; names: Names }) {
  if (event.claims.length === 0) return null;
  return (
    <section class="claims">
      <h2>What only one side says</h2>
      <ul>
        {event.claims.map(({ by, says }) => (
          <li>
            <strong>{claimant(names, by)}:</strong> {says}
          </li>
        ))}
      </ul>
    </section>
  );
}

function NameList({
  title,
  kind,
  slugs,
  names,
}: {
  title: string;
  kind: string;
  slugs: readonly string[];
  names: Names;
}) {
  if (slugs.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {slugs.map((slug, i) => (
          <>
            {i > 0 && ", "}
            <a href={`/?q=${encodeURIComponent(`${kind}:${slug}`)}`}>{labelOf(names, `${kind}:${slug}`)}</a>
          </>
        ))}
      </dd>
    </>
  );
}

function SourceList({ sources }: { sources: readonly Source[] }) {
  if (sources.length === 0) return <p>Not yet sourced.</p>;
  return (
    <ul>
      {sources.map(({ url, title, publisher, published_at, language, ours }) => (
        <li>
          <span lang={ours.includes("title") ? "en" : (language ?? undefined)} dir="auto">
            {url === null ? title : <a href={url}>{title}</a>}
          </span>
          <span class="small">
            {" "}
            {[publisher ?? "publisher not known", published_at?.slice(0, 10) ?? "day not known"].join(", ")}
            {ours.includes("title") && "; the title is ours"}
          </span>
        </li>
      ))}
    </ul>
  );
}
