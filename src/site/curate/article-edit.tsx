/** Correcting an article: edit, preview, then publish. */
import { countSetOff, type SetOff } from "../../alerts/set-off.ts";
import { correct, MAX_BODY } from "../../curation/record-changes.ts";
import type { Context, Handler } from "../../http/context.ts";
import { readParameter } from "../../http/input.ts";
import { type InputError, notFound } from "../../http/problem.ts";
import type { Article } from "../../record/articles/article.ts";
import { becomesNew, type CorrectedField, corrected, correctedFields } from "../../record/articles/draft-article.ts";
import { readArticle } from "../../record/articles/read-articles.ts";
import { type Compare, Difference, makeCompare } from "../events/difference.tsx";
import { errorsOf, readForm } from "../form.tsx";
import { counted, number } from "../text-format.ts";
import { ARTICLE_FIELDS, ArticleFields, articleTyped, readArticleForm } from "./article-form.tsx";
import { setOffInWords } from "./article-preview.tsx";
import { FormHead, Preview, PreviewAgain, type Typed } from "./fields.tsx";
import { curatorsPage, SAME, seeOther } from "./page.tsx";

interface Shown {
  old: Article;
  typed: Typed;
  errors?: readonly InputError[];
  /** What sending it would change. */
  changed?: { article: Article; fields: readonly CorrectedField[]; setOff: SetOff | undefined };
  /** What has just been done. */
  done?: string | undefined;
  status?: number;
}

/** What the last step did, by the parameter `done`. */
const DONE: ReadonlyMap<string | null, string> = new Map([
  ["added", "The article was added."],
  ["there", "This article is already on record. Nothing was changed."],
  ["corrected", "The article was corrected."],
  ["same", SAME],
]);

/** GET /curate/articles/{id} */
export const articlePage: Handler = async (_, context) => {
  const old = await requireArticle(context);
  return show(context, {
    old,
    typed: articleTyped(old),
    done: DONE.get(readParameter(context.url.searchParams, "done")),
  });
};

/** POST /curate/articles/{id}: corrects the article with `step=put`; otherwise previews the correction. */
export const postArticleForm: Handler = async (request, context) => {
  const typed = await readForm(request, MAX_BODY);
  const old = await requireArticle(context);
  try {
    const input = { ...readArticleForm(typed), id: old.id };
    if (typed.get("step") === "put") {
      const { outcome } = await correct(context, old.id, input, typed.get("from") ?? "");
      return seeOther(`/curate/articles/${old.id}?done=${outcome}`);
    }
    const article = corrected(old, input);
    const setOff = becomesNew(old, article) ? await countSetOff(context.env, article) : undefined;
    return show(context, { old, typed, changed: { article, fields: correctedFields(old, article), setOff } });
  } catch (error) {
    const { status, errors } = errorsOf(error);
    if (status !== 409) return show(context, { old, typed, errors, status });
    return show(context, { old: await requireArticle(context), typed, errors: [...errors, OVERTAKEN], status });
  }
};

const OVERTAKEN: InputError = {
  path: "",
  message: "Nothing was changed. Preview again to see what your version changes in the current article.",
};

async function requireArticle({ env, params }: Context): Promise<Article> {
  const article = await readArticle(env.DB, params["id"] ?? "");
  if (article === undefined) throw notFound("There is no such article");
  return article;
}

function show(context: Context, { old, typed, errors = [], changed, done, status = 200 }: Shown): Response {
  const action = `/curate/articles/${old.id}`;
  const isChanged = changed !== undefined && changed.fields.length > 0;
  // The form now corrects the article as this page shows it.
  typed.set("from", old.updated_at);
  // A form without the choice leaves the mode as it is.
  if (!typed.get("mode")) typed.set("mode", old.mode);
  return curatorsPage(context, {
    title: "Correct an article",
    status,
    children: (
      <article>
        <FormHead title="Correct an article" done={done} errors={errors} fields={ARTICLE_FIELDS}>
          <About article={old} />
        </FormHead>
        <form method="post" action={action} data-unsaved={changed || errors.length > 0 ? "yes" : ""}>
          <input type="hidden" name="from" value={typed.get("from") ?? ""} />
          {changed && (
            <section class="preview" aria-labelledby="preview">
              <h2 id="preview">What it changes</h2>
              <Changes old={old} changed={changed.article} fields={changed.fields} />
              {isChanged && <p>{changed.setOff ? setOffInWords(changed.setOff, "new") : NO_ALERT}</p>}
            </section>
          )}
          {isChanged && (
            <p class="actions">
              <PreviewAgain />
              <button type="submit" name="step" value="put">
                Correct the article
              </button>
            </p>
          )}
          <h2>{changed ? "Your version" : "Article"}</h2>
          <ArticleFields typed={typed} errors={errors} added />
          <p class="actions">{changed ? <PreviewAgain /> : <Preview />}</p>
        </form>
      </article>
    ),
  });
}

const NO_ALERT = "This correction sets off no alert.";

const About = ({ article: { id, url, events } }: { article: Article }) => (
  <dl>
    <dt>Id</dt>
    <dd>
      <code>{id}</code>
    </dd>
    <dt>Address</dt>
    <dd>{url === null ? "none" : <a href={url}>{url}</a>}</dd>
    <dt>Events</dt>
    <dd>
      {events.length > 0 && (
        <ul>
          {events.map((event) => (
            <li>
              <a href={`/curate/events/${event.id}`} dir="auto">
                {event.title}
              </a>
            </li>
          ))}
        </ul>
      )}
      <a href={`/curate/events?article=${id}`}>Add {events.length > 0 ? "another" : "an"} event based on it</a>
    </dd>
  </dl>
);

/** Labels of the fields. */
const LABELS: Readonly<Record<CorrectedField, string>> = {
  title: "Title",
  text: "Text",
  summary: "Summary",
  publisher: "Publisher",
  language: "Language",
  published_at: "Published",
  dated_from: "How the date is known",
  mode: "Mode",
  added_at: "Published here",
  ours: "Written by us",
};

function Changes({ old, changed, fields }: { old: Article; changed: Article; fields: readonly CorrectedField[] }) {
  if (fields.length === 0) return <p>Nothing changes.</p>;
  const compare = makeCompare();
  return (
    <dl>
      {fields.map((field) => (
        <>
          <dt>{LABELS[field]}</dt>
          <dd>
            <FieldChange before={written(old, field)} after={written(changed, field)} compare={compare} />
          </dd>
        </>
      ))}
    </dl>
  );
}

/** Maximum length of a text that is shown as a difference, in characters. */
const SHOWN = 20_000;

function FieldChange({ before, after, compare }: { before: string; after: string; compare: Compare }) {
  if (before.length > SHOWN || after.length > SHOWN)
    return (
      <p>
        {counted(before.length, "character")} before, {number(after.length)} now.
      </p>
    );
  if (before === after.trim()) return <p>Only white space.</p>;
  return <Difference stretches={compare(before, after)} />;
}

function written(article: Article, field: CorrectedField): string {
  const value = article[field];
  return typeof value === "string" ? value : (value ?? []).join(", ");
}
