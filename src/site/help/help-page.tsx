/** GET /help: search tips, feeds, webhooks and the API, with examples from the present record. */

import { type SampleData, sampleData, sampleRequest } from "../../alerts/sample.ts";
import type { Context, Handler } from "../../http/context.ts";
import { readParameter } from "../../http/input.ts";
import { RecordCache } from "../../platform/cache.ts";
import { match } from "../../query/match.ts";
import { readArticles } from "../../record/articles/read-articles.ts";
import { NEWEST, readRecentHead } from "../../record/log.ts";
import { type Names, readNames } from "../../record/names/read-names.ts";
import { htmlPage } from "../layout.tsx";
import { type Selection, selectEvents, WINDOW } from "../timeline/selection.ts";
import { readTyped } from "../typed-query.tsx";
import { ApiHelp } from "./api.tsx";
import { type CountedExample, countExamples } from "./examples.ts";
import { FeedHelp } from "./feeds.tsx";
import { QueryHelp } from "./query-help.tsx";
import { type Sample, WebhookHelp } from "./webhooks.tsx";

/**
 * Results of the examples, and an example of a message. They are the same for all requests until the record changes.
 */
interface Live {
  articles: number;
  examples: readonly CountedExample[];
  sample: { data: SampleData; example: CountedExample } | undefined;
}

const cachedLive = new RecordCache<Live>({ entries: 1 });

export const helpPage: Handler = async (_, context) => {
  const { env, url, origin, settings } = context;
  const head = await readRecentHead(env.DB);
  const names = await readNames(env.DB, head);
  const selection = await selectEvents(env.DB, head, names, undefined);
  const live = await cachedLive.at(env.DB, head.number, "", () => readLive(context, names, selection));
  const typed = readTyped(readParameter(url.searchParams, "q") ?? "", names);
  const { query } = typed;
  const children = (
    <>
      <h1>Help</h1>
      <nav aria-label="On this page">
        <ul class="inline">
          <li>
            <a href="#queries">Search tips</a>
          </li>
          <li>
            <a href="#feeds">Feeds</a>
          </li>
          <li>
            <a href="#webhooks">Alerts and webhooks</a>
          </li>
          <li>
            <a href="#api">API</a>
          </li>
        </ul>
      </nav>
      <QueryHelp
        examples={live.examples}
        looked={{ events: selection.events.length, whole: selection.next === undefined, articles: live.articles }}
        typed={typed}
        found={query && selection.events.filter(({ text }) => match(query.tree, text) !== undefined).length}
        names={names}
      />
      <FeedHelp origin={origin} example={live.examples[0]} />
      <WebhookHelp origin={origin} settings={settings} sample={await signed(live, origin)} />
      <ApiHelp origin={origin} example={live.examples[0]} />
    </>
  );
  return htmlPage({
    wire: settings.title,
    title: "Help",
    description: "How to search events and articles, follow them as feeds, and get alerts.",
    url: `${origin}/help`,
    section: "help",
    scripts: ["/scripts/live.js"],
    children,
  });
};

async function readLive({ env }: Context, names: Names, { events }: Selection): Promise<Live> {
  const articles = await readArticles(env.DB, { before: NEWEST, limit: WINDOW, feed: true, texts: false });
  const examples = countExamples(events, articles, names);
  const sample = await readSample(env.DB, names, examples.slice(0, MOST_TRIED));
  return { articles: articles.length, examples, sample };
}

/** Maximum examples that are tried for the sample article. Each costs a few D1 queries. */
const MOST_TRIED = 3;

async function readSample(db: D1Database, names: Names, examples: readonly CountedExample[]): Promise<Live["sample"]> {
  for (const example of examples) {
    const data = await sampleData(db, names, example.query);
    if (data !== undefined) return { data, example };
  }
  return undefined;
}

async function signed({ sample }: Live, origin: string): Promise<Sample | undefined> {
  if (sample === undefined) return undefined;
  const { data, example } = sample;
  return { ...(await sampleRequest(data, example.query, origin, Date.now())), example };
}
