/** What every page has: head, header, footer. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";
import { STANDING } from "../feeds/address.ts";
import { EVENTS } from "../feeds/listing.ts";
import { feedLinks } from "./feed-links.ts";

interface Page {
  /** What the wire is called. */
  wire: string;
  /** What the page is called; without, it is the wire's first page. */
  title?: string;
  /** Feeds that show the same, for autodiscovery; else those of all events. */
  feeds?: readonly { href: string; type: string; title: string }[];
  children: ComponentChildren;
}

/** The feeds of all events, by their formats. */
const ALL_EVENTS = feedLinks(
  STANDING.filter(([listing]) => listing === EVENTS),
  "",
);

function Layout({ wire, title, feeds = ALL_EVENTS, children }: Page) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === undefined ? wire : `${title} · ${wire}`}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/site.css" />
        {feeds.map((feed) => (
          <link rel="alternate" {...feed} />
        ))}
      </head>
      <body>
        <header>
          <a class="name" href="/">
            {wire}
          </a>
        </header>
        <main>{children}</main>
        <footer>
          <p>Every event names its sources. What only one side says is marked as that side's claim.</p>
        </footer>
      </body>
    </html>
  );
}

/** Only what this Worker serves itself; no script at all, and nothing inline. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** A page as an HTTP answer. */
export function htmlPage(
  page: Page,
  init: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(`<!doctype html>${render(<Layout {...page} />)}`, {
    status: init.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "referrer-policy": "no-referrer",
      ...init.headers,
    },
  });
}
