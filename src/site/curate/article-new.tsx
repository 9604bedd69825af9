/** Adding an article: edit, preview, then add. */

import { add, MAX_BODY } from "../../curation/record-changes.ts";
import type { Context, Handler } from "../../http/context.ts";
import type { InputError } from "../../http/problem.ts";
import { errorsOf, messagesAt, readForm } from "../form.tsx";
import { ARTICLE_FIELDS, ArticleFields, readArticleForm } from "./article-form.tsx";
import { type ArticlePreview, previewArticle, ShowPreview } from "./article-preview.tsx";
import { FormHead, Preview, PreviewAgain, type Typed } from "./fields.tsx";
import { curatorsPage, seeOther } from "./page.tsx";

interface NewArticleForm {
  typed: Typed;
  errors?: readonly InputError[];
  preview?: ArticlePreview;
  status?: number;
}

/** GET /curate/articles */
export const newArticlePage: Handler = (_, context) => show(context, { typed: new URLSearchParams() });

/** POST /curate/articles: adds the article with `step=add`; otherwise previews it. */
export const postNewArticle: Handler = async (request, context) => {
  const typed = await readForm(request, MAX_BODY);
  try {
    const input = readArticleForm(typed);
    if (typed.get("step") !== "add") return show(context, { typed, preview: await previewArticle(context, input) });
    const { id, added } = await add(context, input);
    return seeOther(`/curate/articles/${id}?done=${added ? "added" : "there"}`);
  } catch (error) {
    return show(context, { typed, ...errorsOf(error) });
  }
};

const show = (context: Context, { typed, errors = [], preview, status = 200 }: NewArticleForm): Response =>
  curatorsPage(context, {
    title: preview ? "Preview of an article" : "Add an article",
    status,
    children: (
      <article>
        <FormHead title="Add an article" errors={errors} fields={ARTICLE_FIELDS} />
        <form method="post" action="/curate/articles" data-unsaved={preview || errors.length > 0 ? "yes" : ""}>
          {preview && (
            <>
              <ShowPreview preview={preview} />
              <p class="actions">
                <PreviewAgain />
                <button type="submit" name="step" value="add">
                  Add the article
                </button>
              </p>
              <h2>Your version</h2>
            </>
          )}
          {!preview && chosen(typed, errors).map((event) => <input type="hidden" name="events[]" value={event} />)}
          <ArticleFields typed={typed} errors={errors} />
          <p class="actions">{preview ? <PreviewAgain /> : <Preview />}</p>
        </form>
      </article>
    ),
  });

/** Returns the events that were selected in the preview, so that they stay selected while an error is corrected. */
const chosen = (typed: Typed, errors: readonly InputError[]): string[] =>
  messagesAt(errors, "events").length > 0 ? [] : typed.getAll("events[]");
