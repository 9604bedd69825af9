/** GET /events/{id} */
import type { Handler } from "../../context.ts";
import { eventUrl } from "../../links.ts";
import { notFound } from "../../problem.ts";
import { readEvent } from "../../record/events.ts";
import { readRecentHead } from "../../record/log.ts";
import { readNames } from "../../record/names.ts";
import { htmlPage } from "../layout.tsx";
import { EventView } from "./event-view.tsx";

export const eventPage: Handler = async (_, { env, params, settings, origin }) => {
  const event = await readEvent(env.DB, params["id"] ?? "");
  if (event === undefined) throw notFound("There is no such event");
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  return htmlPage({
    wire: settings.title,
    title: event.title,
    description: event.summary,
    url: eventUrl(origin, event.id),
    kind: "article",
    children: <EventView event={event} names={names} />,
  });
};
