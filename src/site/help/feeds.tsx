/** Help on feeds: their addresses and how to use them. */
import { pathOf, STANDING } from "../../feeds/address.ts";
import { FORMATS } from "../../feeds/formats.ts";
import { Code } from "../scrolls.tsx";
import type { CountedExample } from "./examples.ts";

export function FeedHelp({ origin, example }: { origin: string; example: CountedExample | undefined }) {
  const filter = example === undefined ? "" : `?${new URLSearchParams({ q: example.query.canonical })}`;
  return (
    <section aria-labelledby="feeds">
      <h2 id="feeds">Feeds</h2>
      <p>
        Paste an address into your feed reader, or the address of any page here: pages name their feeds. In a calendar,
        events stand on the days on which they happened.
      </p>
      <dl class="examples">
        {STANDING.map(([listing, extension]) => (
          <div>
            <dt>
              {listing.label}, {FORMATS[extension].name}
            </dt>
            <dd>
              <a href={pathOf(listing, extension)}>{origin + pathOf(listing, extension)}</a>
            </dd>
          </div>
        ))}
      </dl>
      <dl>
        <dt>Only what matches a query</dt>
        <dd>
          Add <code>?q=</code> to any of them
          {example && (
            <>
              : <a href={`/feed.rss${filter}`}>{`${origin}/feed.rss${filter}`}</a>
            </>
          )}
          . Every search has its feeds beside it.
        </dd>
        <dt>More or fewer</dt>
        <dd>
          <code>limit</code> sets the number of items, 1 to 200; 50 unless you say. Older items are behind the feed's
          own links <code>next</code> and <code>prev-archive</code>. A calendar has no older pages, so subscribe to{" "}
          <a href="/feed.ics?limit=200">{`${origin}/feed.ics?limit=200`}</a>.
        </dd>
        <dt>All feeds at once</dt>
        <dd>
          <a href="/feeds.opml">{`${origin}/feeds.opml`}</a> is a list to import (OPML): all events, all articles, and a
          feed for every topic, place and actor that has events.
        </dd>
        <dt>What is new, what changed</dt>
        <dd>
          An item is dated when it came onto the wire; the day of the event stands in its text. A correction keeps id
          and date. A retracted event becomes a notice under the same id. For seven days after a change, an item stands
          in its feeds beside the newest ones, however old it is; in a filtered feed also if it matched before the
          change.
        </dd>
      </dl>
      <h3 id="private">A private feed</h3>
      <p>
        No server, and still only what you watch for: <a href="/alerts/new">make an alert</a> and choose the private
        feed. Its address holds a key that nobody else knows. Whoever has the address can read it.
      </p>
      <h3 id="websub">Pushed rather than polled</h3>
      <p>
        <code>{`${origin}/hub`}</code> is a <a href="https://www.w3.org/TR/websub/">WebSub</a> hub for every feed above,
        filtered ones too; feeds name it as <code>rel="hub"</code>. Your callback is asked first whether it wants this.
      </p>
      <Code label="A WebSub subscription with curl">{`curl ${origin}/hub -d hub.mode=subscribe \\
  --data-urlencode 'hub.topic=${origin}/feed.atom' \\
  -d hub.callback=https://you.example/callback`}</Code>
    </section>
  );
}
