/** The articles on which an event is based. */

import { dateInWords } from "../../feeds/event-dates.ts";
import { asUri, Foreign } from "../../feeds/item-html.tsx";
import { titleLanguage } from "../../record/articles/article.ts";
import type { Source } from "../../record/events/read-events.ts";

export function SourceList({ sources }: { sources: readonly Source[] }) {
  if (sources.length === 0) return <p>Not yet sourced.</p>;
  return (
    <ul class="sources">
      {sources.map((source) => (
        <li>
          <SourceLine {...source} />
        </li>
      ))}
    </ul>
  );
}

function SourceLine(source: Source) {
  const { url, title } = source;
  return (
    <>
      <Foreign language={titleLanguage(source)}>{url === null ? title : <a href={asUri(url)}>{title}</a>}</Foreign>
      <br />
      <span class="small quiet">
        <SourceDetails {...source} />
      </span>
    </>
  );
}

type Details = Pick<Source, "url" | "publisher" | "published_at" | "language" | "ours">;

/** Who published an article, when, and in which language. */
export function SourceDetails({ url, publisher, published_at, language, ours }: Details) {
  const details = [
    publisher ?? "unknown publisher",
    published_at === null ? "exact day unknown" : <Day at={published_at} />,
    ...(language === null ? [] : [`in ${languageName(language)}`]),
    ...(ours.includes("title") ? ["title by us"] : []),
    ...(url === null ? ["no link on record"] : []),
  ];
  return (
    <>
      {details.map((detail, i) => (
        <>
          {i > 0 && ", "}
          <bdi>{detail}</bdi>
        </>
      ))}
    </>
  );
}

/** A day, or the day of an RFC 3339 time. */
const Day = ({ at }: { at: string }) => (
  <time dateTime={at}>{dateInWords({ date: at.slice(0, 10), end_date: null, precision: "day" })}</time>
);

const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language" });

/** Returns "Arabic" for `ar` (BCP 47), or the tag itself if it is unknown. */
function languageName(tag: string): string {
  try {
    return LANGUAGES.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
