/** What every page has: head, header, footer. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";

interface Page {
  title: string;
  /** Feeds that show the same, for autodiscovery. */
  feeds?: readonly { href: string; type: string; title: string }[];
  children: ComponentChildren;
}

function Layout({ title, feeds = [], children }: Page) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/site.css" />
        {feeds.map((feed) => (
          <link rel="alternate" {...feed} />
        ))}
      </head>
      <body>
        <header>
          <a class="name" href="/">
            Parley
          </a>
          <span>A sourced record of the Syria talks, 2015 and 2016</span>
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
export function htmlPage(page: Page, init: { status?: number; cacheControl?: string } = {}): Response {
  return new Response(`<!doctype html>${render(<Layout {...page} />)}`, {
    status: init.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": init.cacheControl ?? "no-store",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
  });
}
