/** GET /: the timeline of all events, or of those that a query and a month select. Every view has an address. */

import * as z from "zod";
import { STANDING, searchOf } from "../../feeds/feed-address.ts";
import type { Handler } from "../../http/context.ts";
import { readParameter, readQuery, wholeNumber } from "../../http/input.ts";
import { type Head, NEWEST, readRecentHead } from "../../record/log.ts";
import { readNames } from "../../record/names/read-names.ts";
import { feedLinks } from "../feed-links.ts";
import { htmlPage } from "../layout.tsx";
import { readTyped, type TypedQuery } from "../typed-query.tsx";
import { inWords, readMonth } from "./event-period.ts";
import { PER_PAGE } from "./paging.ts";
import { type Selection, selectEvents, WINDOW } from "./selection.ts";
import { Timeline } from "./timeline.tsx";
import { addressOf, type TimelineParams } from "./timeline-params.ts";

const NOTHING: Selection = { events: [], next: undefined };

export const timelinePage: Handler = async (_, { env, url, settings, origin }) => {
  const head = await readRecentHead(env.DB);
  const names = await readNames(env.DB, head);
  const typed = readTyped(readParameter(url.searchParams, "q") ?? "", names);
  const shown = readShown(url, head, typed);
  const unread = typed.problem !== undefined;
  const selection = unread ? NOTHING : await selectEvents(env.DB, head, names, typed.query, shown.before);
  return htmlPage({
    wire: settings.title,
    ...titleOf(shown),
    description: settings.description,
    ...(!unread && { url: origin + addressOf(shown) }),
    section: "timeline",
    wide: true,
    feeds: feedLinks(STANDING, searchOf(typed.query)),
    scripts: ["/scripts/live.js"],
    children: <Timeline {...{ typed, shown, selection, names }} description={settings.description} />,
  });
};

const pageParameters = z.object({
  before: wholeNumber(1, NEWEST).default(NEWEST),
  page: wholeNumber(1, WINDOW / PER_PAGE).default(1),
});

/** Throws a Problem that names the malformed parameter. */
function readShown(asked: URL, head: Head, { query }: TypedQuery): TimelineParams {
  const url = withoutEmpty(asked);
  const { before, page } = readQuery(url, pageParameters);
  return {
    q: query?.canonical,
    month: readMonth(url),
    // Beyond the end of the log is the same as no limit.
    before: before > head.number ? undefined : before,
    page,
  };
}

/** Returns the address without empty parameters: a form also sends the fields that were left empty. */
function withoutEmpty(asked: URL): URL {
  const url = new URL(asked);
  for (const name of ["month", "before", "page"]) {
    if (readParameter(asked.searchParams, name) === "") url.searchParams.delete(name);
  }
  return url;
}

function titleOf({ q, month }: TimelineParams): { title?: string } {
  const parts = [q, month && inWords(month)].filter((part) => part !== undefined);
  return parts.length === 0 ? {} : { title: parts.join(", ") };
}
