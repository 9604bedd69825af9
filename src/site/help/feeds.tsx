/** Help on feeds: their addresses and how to use them. */
import { pathOf, STANDING } from "../../feeds/feed-address.ts";
import { FORMATS } from "../../feeds/feed-formats.ts";
import { Code } from "../scrolls.tsx";
import type { CountedExample } from "./examples.ts";

export function FeedHelp({ origin, example }: { origin: string; example: CountedExample | undefined }) {
  const filter = example === undefined ? "" : `?${new URLSearchParams({ q: example.query.canonical })}`;
  return (
    <section aria-labelledby="feeds">
      <h2 id="feeds">Feeds</h2>
      <p>
        Paste one of these addresses, or the address of any page here, into your feed reader. In a calendar, events are
        on the days on which they happened.
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
        <dt>Follow a search</dt>
        <dd>
          Add <code>?q=</code> to any of them
          {example && (
            <>
              : <a href={`/feed.rss${filter}`}>{`${origin}/feed.rss${filter}`}</a>
            </>
          )}
          . Every search page links its feeds.
        </dd>
        <dt>More or fewer</dt>
        <dd>
          <code>limit</code> sets the number of items, from 1 to 200; the default is 50. The feed's links{" "}
          <code>next</code> and <code>prev-archive</code> lead to older items. A calendar has no older pages, so
          subscribe to <a href="/feed.ics?limit=200">{`${origin}/feed.ics?limit=200`}</a>.
        </dd>
        <dt>All feeds at once</dt>
        <dd>
          <a href="/feeds.opml">{`${origin}/feeds.opml`}</a> is a list to import (OPML): all events, all articles, and a
          feed for every topic, place and actor that has events.
        </dd>
        <dt>Dates and corrections</dt>
        <dd>
          The date of an item is when it was published here; the day of the event is in its text. A corrected item keeps
          its id and date. A retracted event becomes a notice with the same id. For seven days after a change, an item
          is in its feeds beside the newest ones, however old it is. In a filtered feed, it is there if it matched
          before or after the change.
        </dd>
      </dl>
      <h3 id="private">A private feed</h3>
      <p>
        A private feed has only the matches of your alert and needs no server. <a href="/alerts/new">Create an alert</a>{" "}
        and choose the private feed. Its address contains a secret key: anyone with the address can read the feed.
      </p>
      <h3 id="websub">Push with WebSub</h3>
      <p>
        <code>{`${origin}/hub`}</code> is a <a href="https://www.w3.org/TR/websub/">WebSub</a> hub for every feed above,
        including filtered ones. Feeds link to it as <code>rel="hub"</code>. We first ask your callback to confirm the
        subscription.
      </p>
      <Code label="A WebSub subscription with curl">{`curl ${origin}/hub -d hub.mode=subscribe \\
  --data-urlencode 'hub.topic=${origin}/feed.atom' \\
  -d hub.callback=https://you.example/callback`}</Code>
    </section>
  );
}
