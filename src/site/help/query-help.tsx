/** Search tips: each feature of the query language, with what it finds now. */
import { searchOf } from "../../feeds/feed-address.ts";
import { LIMITS, type ParsedQuery } from "../../query/grammar.ts";
import { reading } from "../../query/reading.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { QueryInput } from "../query-input.tsx";
import { counted } from "../text-format.ts";
import { addressOf } from "../timeline/timeline-params.ts";
import { ReadAs, type TypedQuery } from "../typed-query.tsx";
import type { CountedExample } from "./examples.ts";

interface Looked {
  /** The number of events and articles that were searched. */
  events: number;
  articles: number;
  /** True if these are all events on record. */
  whole: boolean;
}

interface Props {
  examples: readonly CountedExample[];
  looked: Looked;
  typed: TypedQuery;
  /** The number of events that match the typed query. */
  found: number | undefined;
  names: Names;
}

export function QueryHelp({ examples, looked, typed, found, names }: Props) {
  return (
    <section aria-labelledby="queries">
      <h2 id="queries">Search tips</h2>
      <p>
        The same query works as a search on <a href="/">the timeline</a>, as a feed, and as an alert. Type the words
        that must occur. Words that are a known name find all its spellings and languages; the longest name counts. Put
        words in quotes to search for them literally.
      </p>
      <TryIt typed={typed} found={found} names={names} />
      <h3>What you can write</h3>
      <dl class="examples">
        {examples.map((example) => (
          <div>
            <dt>
              <a href={whereFound(example)}>
                <code>{example.source}</code>
              </a>
            </dt>
            <dd>
              {example.asks}
              <ExampleNow example={example} names={names} />
            </dd>
          </div>
        ))}
      </dl>
      <p class="small quiet">
        Counts are for the newest {counted(looked.events, "event")}
        {looked.whole && ", which are all on record,"} and the newest {counted(looked.articles, "article")}.
      </p>
      <h3>How queries are read</h3>
      <ul>
        <li>
          Write operators in capitals. <code>NOT</code> binds tightest, then <code>AND</code>, then <code>OR</code>.
        </li>
        <li>
          Only whole words match: <code>isis</code> does not match “crisis”.
        </li>
        <li>
          Upper and lower case, accents, Arabic vowel marks and variants of letters do not matter. Outside quotes,
          plurals, possessives, Russian declension and Arabic particles do not matter either.
        </li>
        <li>
          A query has at most {LIMITS.characters} characters, {LIMITS.terms} terms and {LIMITS.depth} levels of
          parentheses, and at least one term that must occur. If a query cannot be read, the error shows where.
        </li>
      </ul>
    </section>
  );
}

function TryIt({ typed, found, names }: Pick<Props, "typed" | "found" | "names">) {
  const { source, query, problem } = typed;
  return (
    <search>
      <form method="get" action="/help#q" data-live="reading">
        <label for="q">Try a query</label>
        <div class="row">
          <QueryInput source={source} wrong={problem !== undefined} />
          <button type="submit">Try it</button>
        </div>
        <div id="reading">
          <ReadAs typed={typed} names={names} />
          {query && (
            <p>
              It finds <a href={addressOf({ q: query.canonical })}>{counted(found ?? 0, "event")}</a>. See{" "}
              <a href={alertOf(query)}>past matches among articles</a>.
            </p>
          )}
          {query === undefined && problem === undefined && (
            <p class="quiet small">Shows how the query is read and how many events it finds.</p>
          )}
        </div>
      </form>
    </search>
  );
}

/** The names in the example and the number of its matches. */
function ExampleNow({ example: { query, found, of }, names }: { example: CountedExample; names: Names }) {
  const labels = reading(query.tree).flatMap((part) => part.names.map((id) => labelOf(names, id)));
  return (
    <span class="now small quiet">
      {labels.length > 0 && <>Read as {[...new Set(labels)].join(", ")}. </>}
      Finds {counted(found, of === "events" ? "event" : "article")}.
    </span>
  );
}

const alertOf = (query: ParsedQuery): string => `/alerts/new${searchOf(query)}`;

/** Returns the page with the matches: the timeline for events, the form of an alert for articles. */
const whereFound = ({ query, of }: CountedExample): string =>
  of === "events" ? addressOf({ q: query.canonical }) : alertOf(query);
