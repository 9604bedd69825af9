/** The curators' home page: the newest items, and items that lack something. */

import type { ComponentChildren, VNode } from "preact";
import { Foreign } from "../../feeds/item-html.tsx";
import type { Context, Handler } from "../../http/context.ts";
import { readParameter } from "../../http/input.ts";
import type { ParsedQuery } from "../../query/grammar.ts";
import { type Article, titleLanguage } from "../../record/articles/article.ts";
import type { SourcedEvent } from "../../record/events/read-events.ts";
import { type Head, NEWEST, readHead } from "../../record/log.ts";
import { type Names, readNames } from "../../record/names/read-names.ts";
import { listArticles, listEvents } from "../../record/search/find.ts";
import { Choice, Field } from "../form.tsx";
import { selectEvents } from "../timeline/selection.ts";
import { readTyped, type TypedQuery } from "../typed-query.tsx";
import { curatorsPage } from "./page.tsx";

/** Maximum items in each list. */
const LISTED = 15;

/** GET /curate: the newest items. With `?in=events|articles&q=…`, those that a query finds. */
export const deskPage: Handler = async (_, context) => {
  const head = await readHead(context.env.DB);
  const names = await readNames(context.env.DB, head);
  const typed = readTyped(readParameter(context.url.searchParams, "q") ?? "", names);
  const among = readParameter(context.url.searchParams, "in") === "articles" ? "articles" : "events";
  return curatorsPage(context, {
    title: "Desk",
    children: (
      <>
        <h1>Curators' desk</h1>
        <Search typed={typed} among={among} />
        {typed.query ? await found(context, names, typed.query, among) : await newest(context, head, names)}
      </>
    ),
  });
};

type Among = "events" | "articles";

const Search = ({ typed: { source, problem }, among }: { typed: TypedQuery; among: Among }) => (
  <search>
    <form method="get" action="/curate" class="find">
      <Field
        name="q"
        label="Find an event or article"
        type="search"
        value={source}
        errors={problem === undefined ? [] : [problem]}
        placeholder="aleppo ceasefire"
        dir="auto"
      />
      <Choice
        name="in"
        label="In"
        value={among}
        options={[
          ["events", "Events"],
          ["articles", "Articles"],
        ]}
      />
      <button type="submit">Find</button>
    </form>
  </search>
);

async function found({ env }: Context, names: Names, query: ParsedQuery, among: Among): Promise<VNode> {
  const page = { before: NEWEST, limit: LISTED, feed: false };
  const items =
    among === "events"
      ? (await listEvents(env.DB, names, query, page)).items.map((event) => <EventLine event={event} />)
      : (await listArticles(env.DB, names, query, page, false)).items.map((article) => (
          <ArticleLine article={article} />
        ));
  return items.length === 0 ? <p>No results.</p> : <List title="Results">{items}</List>;
}

async function newest({ env }: Context, head: Head, names: Names): Promise<VNode> {
  const events = (await selectEvents(env.DB, head, names, undefined)).events.map(({ event }) => event);
  const articles = await listArticles(env.DB, names, undefined, { before: NEWEST, limit: LISTED, feed: false }, false);
  const unsourced = events.filter(({ sources, retracted }) => sources.length === 0 && retracted === null);
  const lines = (listed: readonly SourcedEvent[]) =>
    listed.slice(0, LISTED).map((event) => <EventLine event={event} />);
  return (
    <>
      {unsourced.length > 0 && <List title="Events without sources">{lines(unsourced)}</List>}
      <List title="Newest events">{lines(events)}</List>
      <List title="Newest articles">
        {articles.items.map((article) => (
          <ArticleLine article={article} />
        ))}
      </List>
    </>
  );
}

const List = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section>
    <h2>{title}</h2>
    <ul class="lines">{children}</ul>
  </section>
);

const EventLine = ({ event: { id, title, date, retracted, sources } }: { event: SourcedEvent }) => (
  <li>
    <a href={`/curate/events/${id}`} dir="auto">
      {title}
    </a>{" "}
    <span class="small quiet">
      {date}
      {retracted !== null && ", retracted"}
      {retracted === null && sources.length === 0 && ", not yet sourced"}
    </span>
  </li>
);

const ArticleLine = ({ article }: { article: Article }) => (
  <li>
    <a href={`/curate/articles/${article.id}`}>
      <Foreign language={titleLanguage(article)}>{article.title}</Foreign>
    </a>{" "}
    <span class="small quiet">
      <bdi>{article.publisher ?? "unknown publisher"}</bdi>
      {article.mode !== "new" && `, ${article.mode}`}
      {article.events.length === 0 && ", not in an event"}
    </span>
  </li>
);
