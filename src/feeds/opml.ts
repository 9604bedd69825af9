/** GET /feeds.opml: the standing feeds as OPML 2.0 (http://opml.org/spec2.opml), for a reader's import. */
import xml, { type XmlObject } from "xml";
import type { Handler } from "../context.ts";
import { namesWithEvents } from "../record/event-names.ts";
import { clean } from "../record/fields.ts";
import { type Head, readRecentHead } from "../record/log.ts";
import type { NameKind } from "../record/name.ts";
import { type Names, readNames } from "../record/names.ts";
import { readQuery } from "../record/query.ts";
import { canonical, WHOLE } from "./address.ts";
import { CACHE_CONTROL, type FeedContext } from "./desk.ts";
import { write } from "./format.ts";
import { ARTICLES, EVENTS, type Listing } from "./listing.ts";
import { type Rendered, rendered, serve } from "./serve.ts";

const TYPE = "text/x-opml; charset=utf-8";

const GROUPS: readonly (readonly [NameKind, title: string])[] = [
  ["topic", "Topics"],
  ["place", "Places"],
  ["actor", "Actors"],
];

let kept: { db: D1Database; head: number; origin: string; list: Rendered } | undefined;

export const serveOpml: Handler = async (request, context) => {
  const { env, origin } = context;
  const head = await readRecentHead(env.DB);
  if (kept?.db !== env.DB || kept.head !== head.number || kept.origin !== origin) {
    const list = await makeList(head, await readNames(env.DB, head), context);
    kept = { db: env.DB, head: head.number, origin, list };
  }
  return serve(request, kept.list);
};

async function makeList(head: Head, names: Names, { env, origin, settings }: FeedContext): Promise<Rendered> {
  const withEvents = await namesWithEvents(env.DB);
  const groups = GROUPS.map(([kind, title]) => {
    const ids = withEvents.filter((id) => id.startsWith(`${kind}:`));
    const outlines = ids.map((id) => ({ title: names.records.get(id)?.label ?? id, id }));
    outlines.sort((a, b) => a.title.localeCompare(b.title, "en"));
    return group(
      title,
      outlines.map(({ title, id }) => outline(title, EVENTS, origin, names, id)),
    );
  });
  const body = [
    outline(settings.title, EVENTS, origin, names),
    outline(settings.title + ARTICLES.suffix, ARTICLES, origin, names),
    ...groups.filter((each) => each !== undefined),
  ];
  const opml = xml(
    { opml: [{ _attr: { version: "2.0" } }, { head: [{ title: clean(`${settings.title}: feeds`) }] }, { body }] },
    { declaration: true, indent: " " },
  );
  return rendered({ self: `${origin}/feeds.opml`, older: undefined, current: undefined, hub: undefined }, write(opml), {
    type: TYPE,
    changed: head.at,
    cacheControl: CACHE_CONTROL,
  });
}

function group(title: string, outlines: readonly XmlObject[]): XmlObject | undefined {
  return outlines.length === 0 ? undefined : { outline: [{ _attr: { text: title } }, ...outlines] };
}

/** A feed; with an id, of the events that a name stands in. */
function outline(title: string, listing: Listing, origin: string, names: Names, id?: string): XmlObject {
  const query = id === undefined ? undefined : readQuery(id, names, "q");
  const search = query === undefined ? "" : `?q=${encodeURIComponent(query.canonical)}`;
  const xmlUrl = origin + canonical({ listing, extension: "rss", query, page: WHOLE });
  const text = clean(title);
  return {
    outline: { _attr: { type: "rss", text, title: text, xmlUrl, htmlUrl: `${origin}/${search}`, language: "en" } },
  };
}
