/** GET /articles/{id}: the public page of an article, without its text. */
import { asUri, Foreign } from "../../feeds/item-html.tsx";
import type { Context, Handler } from "../../http/context.ts";
import { articleUrl, eventPath } from "../../http/links.ts";
import { notFound } from "../../http/problem.ts";
import { type Article, titleLanguage } from "../../record/articles/article.ts";
import { readArticle } from "../../record/articles/read-articles.ts";
import { SourceDetails } from "../events/sources.tsx";
import { htmlPage } from "../layout.tsx";
import { Moment } from "../moment.tsx";
import { shortened } from "../text-format.ts";

/** Maximum length of a description in link previews, in characters. */
const DESCRIPTION = 200;

export const showArticle: Handler = async (_, context) => {
  const article = await readArticle(context.env.DB, context.params["id"] ?? "");
  if (article === undefined) throw notFound("There is no such article");
  return htmlPage(pageOf(article, context));
};

const pageOf = (article: Article, { settings, origin }: Pick<Context, "settings" | "origin">) => ({
  wire: settings.title,
  title: article.title,
  ...(article.summary !== null && { description: shortened(article.summary, DESCRIPTION) }),
  url: articleUrl(origin, article.id),
  kind: "article" as const,
  published: article.added_at,
  ...(article.corrected && { modified: article.updated_at }),
  children: <ArticleView article={article} />,
});

function ArticleView({ article }: { article: Article }) {
  const { id, title, summary, url, added_at, corrected, updated_at, events } = article;
  return (
    <article>
      <h1>
        <Foreign language={titleLanguage(article)}>{title}</Foreign>
      </h1>
      <p>
        <SourceDetails {...article} />
      </p>
      {summary !== null && <p dir="auto">{summary}</p>}
      {url !== null && (
        <p>
          <a href={asUri(url)}>Read the article at its publisher</a>
        </p>
      )}
      <h2>Events</h2>
      {events.length === 0 ? (
        <p>No events are based on this article yet.</p>
      ) : (
        <ul>
          {events.map((event) => (
            <li>
              <a href={eventPath(event.id)} dir="auto">
                {event.title}
              </a>
            </li>
          ))}
        </ul>
      )}
      <p class="small quiet">
        Published here <Moment at={added_at} />
        {corrected && (
          <>
            , corrected <Moment at={updated_at} />
          </>
        )}
        . Its text is used for search and alerts, and never shown.
      </p>
      <p class="small quiet unprinted">
        Curators can <a href={`/curate/articles/${id}`}>correct</a> this article.
      </p>
    </article>
  );
}
