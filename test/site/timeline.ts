/** Reads the timeline as its HTML says it. */
import { call } from "../client.ts";

export interface TimelineRead {
  status: number;
  html: string;
  /** Ids of the events in the list, in its order. */
  events: string[];
  /** What the line below the search box says. */
  count: string;
  /** Of the facets. */
  facets: Link[];
  /** Bars, circles and labels of the overview. */
  overview: Link[];
  /** Of the other pages, and of the chips. */
  ways: Link[];
}

export interface Link {
  href: string;
  /** What it is called, to screen readers too. */
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
