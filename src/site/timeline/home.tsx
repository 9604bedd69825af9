/** GET /: the latest events, the feeds, and a form that registers an alert. */
import { alertInput } from "../../alerts/alert.ts";
import { registerAlert } from "../../alerts/desk.ts";
import type { Context, Handler } from "../../context.ts";
import { STANDING, searchOf } from "../../feeds/address.ts";
import { check, readInteger, readText } from "../../input.ts";
import { Problem } from "../../problem.ts";
import { listEvents } from "../../record/find.ts";
import { NEWEST, readRecentHead } from "../../record/log.ts";
import { readNames } from "../../record/names.ts";
import { AlertForm, type Filled, showRegistered } from "../alerts/new.tsx";
import { EventSummary } from "../events/event-view.tsx";
import { feedLinks } from "../feed-links.ts";
import { htmlPage } from "../layout.tsx";
import { ReadAs, readTyped } from "../reading.tsx";

const EVENTS_SHOWN = 30;

export const home: Handler = (_, context) =>
  showHome(context, { query: context.url.searchParams.get("q") ?? "", url: "", errors: [] });

async function showHome(context: Context, filled: Filled, status = 200): Promise<Response> {
  const { env, url } = context;
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  const q = url.searchParams.get("q")?.trim() ?? "";
  const typed = readTyped(q, names);
  const { query, problem } = typed;
  const before = readInteger(url, "before", NEWEST, 1, NEWEST);
  const page = { before, limit: EVENTS_SHOWN, feed: false };
  const { items, next } = problem ? { items: [], next: undefined } : await listEvents(env.DB, names, query, page);
  const feeds = feedLinks(STANDING, searchOf(query));
  const children = (
    <>
      <search>
        <form class="search" method="get" action="/">
          <label for="q">Search the record</label>
          <div class="row">
            <input
              id="q"
              name="q"
              type="search"
              value={q}
              maxLength={512}
              placeholder="aleppo ceasefire"
              aria-describedby="reading"
            />
            <button type="submit">Search</button>
          </div>
          <div id="reading">
            <ReadAs typed={typed} names={names} />
          </div>
        </form>
      </search>
      <section aria-labelledby="feeds">
        <h2 id="feeds">{query ? "These as a feed" : "Subscribe"}</h2>
        <ul class="feeds">
          {feeds.map(({ href, title }) => (
            <li>
              <a href={href}>{title}</a>
            </li>
          ))}
          <li>
            <a href="#alert">{query ? "Make this an alert" : "Register an alert"}</a>
          </li>
        </ul>
      </section>
      <section aria-labelledby="events">
        <h2 id="events">{query ? `Events: ${query.canonical}` : "Latest on the wire"}</h2>
        {items.length === 0 && <p>{problem ? "The query could not be read." : "No event matches."}</p>}
        {items.map((event) => (
          <EventSummary event={event} names={names} />
        ))}
        {next !== undefined && (
          <p>
            <a href={`/?${new URLSearchParams({ ...(query && { q: query.canonical }), before: String(next) })}`}>
              Older events
            </a>
          </p>
        )}
      </section>
      <AlertForm {...filled} />
    </>
  );
  return htmlPage(
    {
      wire: context.settings.title,
      url: `${context.origin}/${searchOf(query)}`,
      section: "timeline",
      ...(query && { title: query.canonical }),
      feeds,
      children,
    },
    { status },
  );
}

const MAX_FORM = 16 * 1024;

/** POST /alerts: the form. Answers with the page that shows token and secret, or with the form and what is wrong with it. */
export const postAlertForm: Handler = async (request, context) => {
  const form = new URLSearchParams(await readText(request, MAX_FORM));
  const [query, url] = [form.get("query") ?? "", form.get("url")?.trim() ?? ""];
  const channel = url === "" ? { type: "feed" } : { type: "webhook", url };
  try {
    const registered = await registerAlert(check({ query, channel }, alertInput), request, context);
    return showRegistered(context.settings.title, registered, url);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const errors = error.errors.length > 0 ? error.errors : [{ path: "", message: error.message }];
    return showHome(context, { query, url, errors }, error.status);
  }
};
