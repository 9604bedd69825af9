/** Links to follow what the page shows: its feeds, and an alert. */
import { pathOf, STANDING, searchOf } from "../../feeds/feed-address.ts";
import { FORMATS } from "../../feeds/feed-formats.ts";
import { LISTINGS } from "../../feeds/listing.ts";
import type { ParsedQuery } from "../../query/grammar.ts";

interface FeedsBesideProps {
  title: string;
  query: ParsedQuery | undefined;
  month?: string | undefined;
}

export function FeedsBeside({ title, query, month }: FeedsBesideProps) {
  const search = searchOf(query);
  return (
    <section class="beside unprinted" aria-labelledby="feeds">
      <h2 id="feeds">{title}</h2>
      {LISTINGS.map((listing) => (
        <ul class="inline" aria-label={`Feeds of ${listing.name}`}>
          <li class="quiet">{listing.label}</li>
          {STANDING.filter(([standing]) => standing === listing).map(([, extension]) => (
            <li>
              <a href={pathOf(listing, extension) + search}>{FORMATS[extension].name}</a>
            </li>
          ))}
        </ul>
      ))}
      <p>
        <a class="button second" href={`/alerts/new${search}`}>
          Create an alert
        </a>
      </p>
      {month !== undefined && <p class="small quiet">Feeds and alerts cover all months.</p>}
    </section>
  );
}
