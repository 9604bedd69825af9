/** What all pages share: head, header with navigation, footer, and HTTP headers. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";
import { STANDING } from "../feeds/feed-address.ts";
import { EVENTS } from "../feeds/listing.ts";
import { assetUrl, type Script } from "./assets.ts";
import { type FeedLink, feedLinks } from "./feed-links.ts";

export interface PageProps {
  /** The name of this wire. */
  wire: string;
  /** The page's title; undefined for the home page. */
  title?: string;
  /** One or two sentences for search engines and link previews. */
  description?: string;
  /** Canonical URL. Undefined for pages that must not be indexed: pages with a secret, and errors. */
  url?: string;
  /** Open Graph type (https://ogp.me/#types); an event's page is an article. */
  kind?: "website" | "article";
  /** When an article was published here and last revised, RFC 3339. */
  published?: string;
  modified?: string;
  /** The link of the header that leads to this page. */
  section?: Section;
  /** Uses the whole width of the screen instead of a reading column. */
  wide?: boolean;
  /** The feeds with the same content, for autodiscovery; by default those of all events. */
  feeds?: readonly FeedLink[];
  /** Scripts that improve the page. The page must be readable without them. */
  scripts?: readonly Script[];
  children: ComponentChildren;
}

const SECTIONS = {
  timeline: ["/", "Timeline"],
  topics: ["/topics", "Topics"],
  alerts: ["/alerts/new", "Alerts"],
  help: ["/help", "Help"],
  status: ["/status", "Status"],
} as const;
type Section = keyof typeof SECTIONS;

/** The feeds of all events, one for each format. */
const ALL_EVENTS = feedLinks(
  STANDING.filter(([listing]) => listing === EVENTS),
  "",
);

function Layout({ children, ...page }: PageProps) {
  return (
    <html lang="en">
      <Head {...page} />
      <body class={page.wide ? "wide" : undefined}>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="site">
          <a class="name" href="/">
            {page.wire}
          </a>
          <nav aria-label="Site">
            <ul>
              {Object.entries(SECTIONS).map(([section, [href, label]]) => (
                <li>
                  <a href={href} aria-current={section === page.section ? "page" : undefined}>
                    {label}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        </header>
        <main id="main">
          {page.scripts && (
            // Scripts show their errors here.
            <div id="trouble" class="error" role="alert" hidden />
          )}
          {children}
        </main>
        <footer class="site">
          <p>Every event names its sources. Claims by one side are attributed to that side.</p>
          <p>
            <a href="/feeds.opml">All feeds (OPML)</a> · <a href="/openapi.json">API</a> ·{" "}
            <a href="/curate">Curators</a>
          </p>
        </footer>
      </body>
    </html>
  );
}

function Head({
  wire,
  title,
  description,
  url,
  kind = "website",
  published,
  modified,
  feeds = ALL_EVENTS,
  scripts = [],
}: Omit<PageProps, "children">) {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title === undefined ? wire : `${title} · ${wire}`}</title>
      {description !== undefined && <meta name="description" content={description} />}
      {url === undefined ? <meta name="robots" content="noindex" /> : <link rel="canonical" href={url} />}
      {url !== undefined && (
        <>
          <meta property="og:site_name" content={wire} />
          <meta property="og:type" content={kind} />
          <meta property="og:title" content={title ?? wire} />
          {description !== undefined && <meta property="og:description" content={description} />}
          <meta property="og:url" content={url} />
          {published !== undefined && <meta property="article:published_time" content={published} />}
          {modified !== undefined && <meta property="article:modified_time" content={modified} />}
          <meta property="og:image" content={new URL(assetUrl("/icon.png"), url).href} />
          <meta name="twitter:card" content="summary" />
        </>
      )}
      <link rel="icon" href={assetUrl("/icon.svg")} type="image/svg+xml" />
      <link rel="apple-touch-icon" href={assetUrl("/icon.png")} />
      <link rel="stylesheet" href={assetUrl("/site.css")} />
      {scripts.map((script) => (
        <script type="module" src={assetUrl(script)} />
      ))}
      {feeds.map((feed) => (
        <link rel="alternate" {...feed} />
      ))}
    </head>
  );
}

/** Allows only files that this Worker serves, and nothing inline. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Replaces control characters in submitted text, which HTML does not allow (HTML, 13.2.3.5), by U+FFFD. */
const withoutControls = (html: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be replaced
  html.replace(/[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]/g, "\ufffd");

/** Returns a page as an HTTP response. A `private` page is never cached; other pages are revalidated each time. */
export function htmlPage(
  page: PageProps,
  init: { status?: number; private?: boolean; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(withoutControls(`<!doctype html>${render(<Layout {...page} />)}`), {
    status: init.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": init.private || page.url === undefined ? "no-store" : "no-cache",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      ...init.headers,
    },
  });
}
