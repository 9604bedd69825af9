/** Search tips: each feature of the query language, with what it finds now. */
import { searchOf } from "../../feeds/address.ts";
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
      <h2 id="queries">Queries</h2>
      <p>
        The same query is a search on <a href="/">the timeline</a>, a feed, and an alert. Write the words that must
        occur. Words that are a known name stand for it in every spelling and language on record, the longest name
        first; put them in quotes to look for them as they are.
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
        Counted among the newest {counted(looked.events, "event")}
        {looked.whole && ", which are all on record,"} and the newest {counted(looked.articles, "article")}.
      </p>
      <h3>How it is read</h3>
      <ul>
        <li>
          Operators are in capitals. <code>NOT</code> binds tightest, then <code>AND</code>, then <code>OR</code>.
        </li>
        <li>
          Whole words match, never parts: <code>isis</code> is not in “crisis”.
        </li>
        <li>
          Upper and lower case, accents, Arabic vowel marks and variants of letters do not matter. Outside quotes
          neither do plurals and possessives, Russian declension, and Arabic particles.
        </li>
        <li>
          A query has at most {LIMITS.characters} characters, {LIMITS.terms} terms and {LIMITS.depth} levels of
          parentheses, and at least one term that must occur. One that cannot be read is refused with the place where it
          goes wrong.
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
        <QueryInput source={source} wrong={problem !== undefined} />
        <p class="actions unprinted">
          <button type="submit">Read it</button>
        </p>
        <div id="reading">
          <ReadAs typed={typed} names={names} />
          {query && (
            <p>
              It finds <a href={addressOf({ q: query.canonical })}>{counted(found ?? 0, "event")}</a>. See{" "}
              <a href={alertOf(query)}>which articles an alert would have sent</a>.
            </p>
          )}
          {query === undefined && problem === undefined && (
            <p class="quiet small">You see here how it is read, and how many events it finds.</p>
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
