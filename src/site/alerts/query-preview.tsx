/** What a query would have sent so far, beside every input for an alert's query. */

import { asUri, Foreign } from "../../feeds/item-html.tsx";
import type { Env } from "../../platform/env.ts";
import { warnings } from "../../query/warnings.ts";
import { titleLanguage } from "../../record/articles/article.ts";
import { readRecentHead } from "../../record/log.ts";
import { type Names, readNames } from "../../record/names/read-names.ts";
import { type Preview, previewQuery } from "../../record/search/preview-query.ts";
import type { Bounds } from "../../record/search/walk-candidates.ts";
import { counted, number } from "../text-format.ts";
import { ReadAs, readTyped, type TypedQuery } from "../typed-query.tsx";
import { MatchReasons } from "./match-reasons.tsx";
import { Months } from "./months.tsx";

/** A typed query, and its matches among the articles on record if it can be parsed. */
export interface TriedQuery {
  typed: TypedQuery;
  preview: Preview | undefined;
  names: Names;
}

/**
 * Limits of the preview. It runs on each keystroke, so it searches less than the API does and says when it is
 * incomplete.
 */
const BOUNDS: Bounds = { step: 50, steps: 20, text: 1_500_000 };

export async function tryQuery(source: string, { DB }: Env): Promise<TriedQuery> {
  const names = await readNames(DB, await readRecentHead(DB));
  const typed = readTyped(source, names);
  const preview = typed.query && (await previewQuery(DB, names, source, typed.query, BOUNDS));
  return { typed, preview, names };
}

/** Ids of the elements that `live.client.js` updates while the user types. */
export const LIVE = "reading found preview";

/** How the query was read, with warnings. `missing` is shown if a query is required and empty. */
export function Reading({ tried: { typed, preview, names }, missing }: { tried: TriedQuery; missing?: string }) {
  const said = typed.query ? warnings(typed.source, typed.query, names.vocabulary) : [];
  const more = preview?.warnings.filter((warning) => !said.includes(warning)) ?? [];
  return (
    <div id="reading">
      <ReadAs typed={typed} names={names} />
      {more.map((warning) => (
        <p class="warning small">{warning}</p>
      ))}
      {missing !== undefined && <p class="error">{missing}</p>}
    </div>
  );
}

/** Matches shown at first, and after "more" is opened. */
const SHOWN = 10;
const MORE = 40;

export function Found({ tried }: { tried: TriedQuery }) {
  return (
    <>
      <p id="found" role="status">
        {summary(tried)}
      </p>
      <div id="preview">
        {tried.preview && <Matches preview={tried.preview} names={tried.names} />}
        {tried.typed.source === "" && <Examples names={tried.names} />}
      </div>
    </>
  );
}

/** Topics of the record offered as examples. */
const EXAMPLES = 8;

function Examples({ names }: { names: Names }) {
  const topics = [...names.records.values()].filter(({ id }) => id.startsWith("topic:")).slice(0, EXAMPLES);
  if (topics.length === 0) return null;
  return (
    <>
      <p>Or start with a topic:</p>
      <ul class="inline">
        {topics.map(({ id, label }) => (
          <li>
            <a href={`/alerts/new?${new URLSearchParams({ q: id })}`}>{label}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

function summary({ typed, preview }: TriedQuery): string {
  if (typed.problem !== undefined) return "This search cannot be read yet.";
  if (typed.query === undefined) return "Type a search to see its past matches.";
  if (preview === undefined) return "Change the search to see its past matches.";
  if (preview.total === 0) return "No past matches. The alert will send the first article that matches.";
  const least = preview.complete ? "" : "At least ";
  return `${least}${counted(preview.total, "past match", "past matches")}.`;
}

function Matches({ preview, names }: { preview: Preview; names: Names }) {
  const { matches, total } = preview;
  const [shown, more] = [matches.slice(0, SHOWN), matches.slice(SHOWN, SHOWN + MORE)];
  const left = total - shown.length - more.length;
  return (
    <>
      <Months byMonth={preview.by_month} />
      <MatchList matches={shown} names={names} />
      {more.length > 0 && (
        <details id="more">
          <summary>{`${more.length} more`}</summary>
          <MatchList matches={more} names={names} />
          {left > 0 && (
            <p class="small quiet">
              {left === 1 ? "The oldest match is not shown." : `The ${number(left)} oldest matches are not shown.`}
            </p>
          )}
        </details>
      )}
    </>
  );
}

const MatchList = ({ matches, names }: { matches: Preview["matches"]; names: Names }) => (
  <ol class="matches">
    {matches.map(({ article, matches }) => (
      <li>
        <h3>
          <Foreign language={titleLanguage(article)}>
            {article.url === null ? article.title : <a href={asUri(article.url)}>{article.title}</a>}
          </Foreign>
        </h3>
        <p class="small quiet">
          <bdi>{article.publisher ?? "unknown publisher"}</bdi> ·{" "}
          {article.published_at === null ? (
            "exact day unknown"
          ) : (
            <time>{article.published_at.slice(0, "2016-09-22".length)}</time>
          )}
        </p>
        <MatchReasons matches={matches} language={article.language} names={names} />
      </li>
    ))}
  </ol>
);
