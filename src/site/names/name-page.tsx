/** GET /places/{slug}, /actors/{slug}, /topics/{slug}: the meaning of a name, its spellings and its events. */

import { STANDING, searchOf } from "../../feeds/feed-address.ts";
import type { Handler } from "../../http/context.ts";
import { namePath } from "../../http/links.ts";
import { notFound } from "../../http/problem.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { readRecentHead } from "../../record/log.ts";
import type { NameKind, NameRecord } from "../../record/names/name.ts";
import { type Names, readNames } from "../../record/names/read-names.ts";
import { readQuery } from "../../record/search/read-query.ts";
import { feedLinks } from "../feed-links.ts";
import { htmlPage } from "../layout.tsx";
import { PlaceMap } from "../map/place-map.tsx";
import { counted } from "../text-format.ts";
import { EventList } from "../timeline/event-list.tsx";
import { byTime } from "../timeline/event-period.ts";
import { FeedsBeside } from "../timeline/feeds-beside.tsx";
import { narrowed } from "../timeline/narrowing.ts";
import { Overview } from "../timeline/overview.tsx";
import { pageOf } from "../timeline/paging.ts";
import { type Selection, selectEvents } from "../timeline/selection.ts";
import { addressOf } from "../timeline/timeline-params.ts";
import { Meaning } from "./meaning.tsx";
import { KINDS, kindOf, schemaType, typeInWords } from "./name-kinds.ts";
import { Related } from "./related.tsx";
import { Spellings } from "./spellings.tsx";

export const namePage =
  (kind: NameKind): Handler =>
  async (_, { env, params, settings, origin }) => {
    const id = `${kind}:${params["id"] ?? ""}`;
    const head = await readRecentHead(env.DB);
    const names = await readNames(env.DB, head);
    const name = names.records.get(id);
    if (name === undefined) throw notFound(`There is no such ${kind} on record`);
    const query = readQuery(id, names, "id");
    const selection = await selectEvents(env.DB, head, names, query);
    return htmlPage({
      wire: settings.title,
      title: name.label,
      description: `${name.description ?? `${typeInWords(name.type)}.`} Events, spellings and feeds.`,
      url: origin + namePath(id),
      section: "topics",
      wide: true,
      feeds: feedLinks(STANDING, searchOf(query)),
      children: <NameView {...{ name, names, query, selection }} />,
    });
  };

interface NameViewProps {
  name: NameRecord;
  names: Names;
  query: ParsedQuery;
  selection: Selection;
}

function NameView({ name, names, query, selection }: NameViewProps) {
  const { events } = selection;
  // The timeline shows the others.
  const { items, pages } = pageOf(
    events.toSorted((a, b) => byTime(a.event, b.event)),
    1,
  );
  const place = (id: string): string =>
    id === name.id ? namePath(id) : addressOf({ q: narrowed(query, id, names) ?? id });
  return (
    <article class="name-page" itemscope itemtype={schemaType(name)}>
      <Meaning name={name} />
      <FeedsBeside title={`Follow this ${KINDS[kindOf(name)].one.toLowerCase()}`} query={query} />
      <section aria-labelledby="events" class="its-events">
        <h2 id="events">{howMany(selection)}</h2>
        {events.length > 0 && <OverTime {...{ name, names, query, selection }} />}
        <PlaceMap selected={events} names={names} address={place} here={name.id} />
        <EventList selected={items} names={names} />
        {pages > 1 && (
          <p>
            <a class="button second" href={addressOf({ q: query.canonical, page: 2 })}>
              Earlier events on the timeline
            </a>
          </p>
        )}
      </section>
      <div class="its-spellings">
        <section aria-labelledby="spellings">
          <h2 id="spellings">Spellings</h2>
          <Spellings name={name} names={names} />
        </section>
        <Related id={name.id} selected={events} names={names} />
      </div>
    </article>
  );
}

function howMany({ events, next }: Selection): string {
  if (events.length === 0) return "No events yet";
  return `${next === undefined ? "" : "The newest "}${counted(events.length, "event")}`;
}

function OverTime({ names, query, selection: { events, next } }: NameViewProps) {
  return (
    <>
      <p class="small">
        <a href={addressOf({ q: query.canonical })}>
          {next === undefined ? "Search these events on the timeline" : "All events on the timeline"}
        </a>
      </p>
      <Overview selected={events} query={query} names={names} month={undefined} address={addressOf} />
    </>
  );
}
