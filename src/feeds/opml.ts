/** GET /feeds.opml: the list of feeds as OPML 2.0 (http://opml.org/spec2.opml), which feed readers import. */

import xml, { type XmlObject } from "xml";
import { inQuery } from "../http/input.ts";
import { everyone, operation } from "../http/operation.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { namesWithEvents } from "../record/events/event-names.ts";
import { clean } from "../record/fields.ts";
import { type Head, readRecentHead } from "../record/log.ts";
import type { NameKind } from "../record/names/name.ts";
import { labelOf, type Names, readNames } from "../record/names/read-names.ts";
import { listingParameters, readFilter, readQuery } from "../record/search/read-query.ts";
import { canonical, searchOf, WHOLE } from "./feed-address.ts";
import { feedCache } from "./feed-cache.ts";
import { write } from "./feed-format.ts";
import { CACHE_CONTROL, type FeedContext, titleOf } from "./feed-handler.ts";
import { feedAnswers, type Rendered, rendered, serve } from "./feed-response.ts";
import { EVENTS, LISTINGS, type Listing } from "./listing.ts";

const TYPE = "text/x-opml";

const GROUPS: readonly (readonly [NameKind, title: string])[] = [
  ["topic", "Topics"],
  ["place", "Places"],
  ["actor", "Actors"],
];

/** Serves the list of feeds. With `q`, the list has only the feeds of that query. */
export const serveOpml = operation(
  {
    id: "readFeedList",
    summary: "The standing feeds, or those of a query, for a reader's import (OPML 2.0)",
    tag: "Feeds",
    input: { access: everyone, query: inQuery(listingParameters.pick({ q: true })) },
    answers: feedAnswers({ type: TYPE }),
  },
  async ({ query: { q } }, context, request) => {
    const { env, origin } = context;
    const head = await readRecentHead(env.DB);
    const names = await readNames(env.DB, head);
    const query = readFilter(q, names);
    if (query !== undefined) return serve(request, makeList(feedsOf(query, context), query, head, context));
    const list = await feedCache.at(env.DB, head.number, `${origin}/feeds.opml`, async () => {
      const feeds = [...feedsOf(undefined, context), ...standing(names, await namesWithEvents(env.DB), origin)];
      return { rendered: makeList(feeds, undefined, head, context), until: Number.POSITIVE_INFINITY };
    });
    return serve(request, list.rendered);
  },
);

const feedsOf = (query: ParsedQuery | undefined, { settings, origin }: FeedContext): XmlObject[] =>
  LISTINGS.map((listing) => outline(titleOf(settings, listing, query), listing, origin, query));

/** Returns a feed for each name that has events, grouped by kind. */
function standing(names: Names, withEvents: readonly string[], origin: string): XmlObject[] {
  const titles = distinctTitles(names, withEvents);
  return GROUPS.flatMap(([kind, title]) => {
    const feeds = withEvents
      .filter((id) => id.startsWith(`${kind}:`))
      .map((id) => ({ label: titles.get(id) ?? id, query: readQuery(id, names, "q") }))
      .sort((a, b) => a.label.localeCompare(b.label, "en"));
    const outlines = feeds.map(({ label, query }) => outline(label, EVENTS, origin, query));
    return outlines.length === 0 ? [] : [{ outline: [{ _attr: { text: title } }, ...outlines] }];
  });
}

/** Returns distinct titles of names, by id: the label, with the kind if several names share a label, and with the slug if they share the kind. */
function distinctTitles(names: Names, ids: readonly string[]): Map<string, string> {
  const labels = ids.map((id) => ({ id, kind: id.slice(0, id.indexOf(":")), label: clean(labelOf(names, id)) }));
  const alike = Map.groupBy(labels, ({ label }) => label.toLowerCase().trim());
  const title = ({ id, kind, label }: (typeof labels)[number]): string => {
    const group = alike.get(label.toLowerCase().trim()) ?? [];
    if (group.length <= 1) return label;
    const isOnly = group.filter((other) => other.kind === kind).length === 1;
    return isOnly ? `${label} (${kind})` : `${label} (${kind}: ${id.slice(kind.length + 1)})`;
  };
  return new Map(labels.map((each) => [each.id, title(each)]));
}

function makeList(
  body: XmlObject[],
  query: ParsedQuery | undefined,
  head: Head,
  { origin, settings }: FeedContext,
): Rendered {
  const title = clean(`${titleOf(settings, EVENTS, query)}: feeds`);
  const opml = xml({ opml: [{ _attr: { version: "2.0" } }, { head: [{ title }] }, { body }] }, LAYOUT);
  const self = `${origin}/feeds.opml${searchOf(query)}`;
  return rendered({ self, older: undefined, current: undefined, hub: undefined }, write(opml), {
    type: TYPE,
    changed: head.at,
    cacheControl: CACHE_CONTROL,
  });
}

const LAYOUT = { declaration: true, indent: " " };

function outline(title: string, listing: Listing, origin: string, query: ParsedQuery | undefined): XmlObject {
  const text = clean(title);
  const xmlUrl = origin + canonical({ listing, extension: "rss", query, page: WHOLE });
  const htmlUrl = `${origin}/${searchOf(query)}`;
  return { outline: { _attr: { type: "rss", text, title: text, xmlUrl, htmlUrl, language: "en" } } };
}
