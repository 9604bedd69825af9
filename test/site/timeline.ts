/** Reads the HTML of the timeline. */
import { call } from "../client.ts";

export interface TimelineRead {
  status: number;
  html: string;
  /** Ids of the listed events, in order. */
  events: string[];
  /** The text below the search box. */
  count: string;
  /** Links of the facets. */
  facets: Link[];
  /** Links of bars, circles and labels in the overview. */
  overview: Link[];
  /** Links to other pages, and of the active filters. */
  ways: Link[];
}

export interface Link {
  href: string;
  /** Accessible name. */
  name: string;
}

export async function readTimeline(path: string): Promise<TimelineRead> {
  const answer = await call(path, { headers: { accept: "text/html" } });
  const html = await answer.text();
  return {
    status: answer.status,
    html,
    events: [...html.matchAll(/<h4 dir="auto"><a href="\/events\/([^"]+)"/g)].map(([, id = ""]) =>
      decodeURIComponent(id),
    ),
    count: textOf(/<p id="count"[^>]*>(.*?)<\/p>/.exec(html)?.[1] ?? ""),
    facets: linksIn(html, /<ul class="facets">(.*?)<\/ul>/g),
    overview: linksIn(html, /<svg width="100%"[^>]*>(.*?)<\/svg>/g),
    ways: [
      ...linksIn(html, /<nav aria-label="More events">(.*?)<\/nav>/g),
      ...linksIn(html, /<ul class="inline chips"[^>]*>(.*?)<\/ul>/g),
    ],
  };
}

const linksIn = (html: string, part: RegExp): Link[] =>
  [...html.matchAll(part)].flatMap(([, inside = ""]) =>
    [...inside.matchAll(/<a [^>]*?href="([^"]+)"[^>]*>(.*?)<\/a>/g)].map(([, href = "", content = ""]) => ({
      href: textOf(href),
      name: textOf(/<title>(.*?)<\/title>/.exec(content)?.[1] ?? content),
    })),
  );

const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .trim();
