/** GET /events/{id} */
import type { Context, Handler } from "../../http/context.ts";
import { eventUrl } from "../../http/links.ts";
import { notFound } from "../../http/problem.ts";
import { type EventHistory, readHistory } from "../../record/events/event-history.ts";
import { type Neighbours, readNeighbours } from "../../record/events/event-neighbours.ts";
import { readEvent, type SourcedEvent } from "../../record/events/read-events.ts";
import { readRecentHead } from "../../record/log.ts";
import { type Names, readNames } from "../../record/names/read-names.ts";
import { htmlPage } from "../layout.tsx";
import { shortened } from "../text-format.ts";
import { EventColumns, EventSources } from "./event-view.tsx";
import { Follow, queryAround } from "./follow.tsx";
import { HistoryView } from "./history-view.tsx";
import { NeighboursView } from "./neighbours-view.tsx";
import { EventItem } from "./schema-org.tsx";

export const eventPage: Handler = async (_, context) => {
  const { env, params } = context;
  const event = await readEvent(env.DB, params["id"] ?? "");
  if (event === undefined) throw notFound("There is no such event");
  const [names, history, neighbours] = await Promise.all([
    readRecentHead(env.DB).then((head) => readNames(env.DB, head)),
    readHistory(env.DB, event.id),
    readNeighbours(env.DB, event),
  ]);
  return htmlPage(pageOf({ event, names, history, neighbours }, context));
};

/** Everything that an event's page shows. */
interface EventPageProps {
  event: SourcedEvent;
  names: Names;
  history: EventHistory;
  neighbours: Neighbours;
}

/** Returns the page of an event. A retracted event keeps its page, which says that it was retracted and why. */
function pageOf(shown: EventPageProps, { settings, origin }: Pick<Context, "settings" | "origin">) {
  const { event } = shown;
  const isRetracted = event.retracted !== null;
  const url = eventUrl(origin, event.id);
  return {
    wire: settings.title,
    title: isRetracted ? `Retracted: ${event.title}` : event.title,
    description: shortened(isRetracted ? `This event was retracted: ${event.retracted}` : event.summary, DESCRIPTION),
    url,
    kind: "article" as const,
    published: event.published_at,
    ...(event.revision > 1 && { modified: event.updated_at }),
    wide: true,
    children: <EventArticle shown={shown} url={url} />,
  };
}

function EventArticle({ shown: { event, names, history, neighbours }, url }: { shown: EventPageProps; url: string }) {
  const isRetracted = event.retracted !== null;
  const query = isRetracted ? undefined : queryAround(event, names);
  return (
    <>
      <article class={isRetracted ? "event retracted" : "event"}>
        <EventColumns event={event} names={names}>
          {query && <Follow query={query} />}
        </EventColumns>
        <div class="more">
          <EventSources event={event} />
          <HistoryView history={history} names={names} />
          <p class="small quiet unprinted">
            Curators can <a href={`/curate/events/${event.id}`}>correct or retract</a> this event.
          </p>
        </div>
        {!isRetracted && <EventItem event={event} names={names} url={url} />}
      </article>
      <NeighboursView neighbours={neighbours} names={names} />
    </>
  );
}

/** Maximum length of a description in link previews, in characters. */
const DESCRIPTION = 200;
