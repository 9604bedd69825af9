/** The fields of an article, for adding and correcting one. */
import { check } from "../../http/input.ts";
import type { InputError } from "../../http/problem.ts";
import { type Article, type ArticleInput, articleInput } from "../../record/articles/article.ts";
import { Field, messagesAt, TextArea } from "../form.tsx";
import { Box, kept, lineOf, ModeChoice, type Modes, type Typed, textOf } from "./fields.tsx";

const OURS = ["title", "text", "summary"] as const;

/** The fields beside which errors are shown. */
export const ARTICLE_FIELDS = [
  "title",
  "text",
  "publisher",
  "url",
  "language",
  "published_at",
  "dated_from",
  "summary",
  "ours",
  "id",
  "mode",
];

const MODES: Modes = {
  new: "in feeds and search; sets off alerts",
  historic: "in feeds and search; sets off no alerts",
  silent: "in search and on pages only; sets off no alerts",
};

/** Returns the article in the form. Throws a 400 Problem that names the fields. */
export function readArticleForm(typed: Typed): ArticleInput {
  return check(
    {
      title: typed.get("title") ?? "",
      text: typed.get("text") ?? "",
      publisher: lineOf(typed, "publisher") ?? null,
      url: lineOf(typed, "url") ?? null,
      language: lineOf(typed, "language") ?? null,
      published_at: lineOf(typed, "published_at") ?? null,
      dated_from: textOf(typed, "dated_from"),
      summary: textOf(typed, "summary") ?? null,
      ours: typed.getAll("ours[]"),
      id: lineOf(typed, "id"),
      mode: lineOf(typed, "mode"),
      events: typed.getAll("events[]"),
    },
    articleInput,
  );
}

/** Returns the form for an article on record. */
export function articleTyped(article: Article): Typed {
  const { title, text, publisher, language, published_at, dated_from, summary, mode, updated_at } = article;
  const fields = { title, text, publisher, language, published_at, dated_from, summary, mode, from: updated_at };
  const filled = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return new URLSearchParams([...filled, ...article.ours.map((field) => ["ours[]", field])]);
}

/** `added`: the article is on record, so its id and URL cannot change. */
export function ArticleFields({
  typed,
  errors,
  added = false,
}: {
  typed: Typed;
  errors: readonly InputError[];
  added?: boolean;
}) {
  const field = (name: string) => ({ name, value: typed.get(name) ?? "", errors: messagesAt(errors, name) });
  const area = (name: string) => ({ ...field(name), value: kept(typed.get(name) ?? "") });
  return (
    <>
      <Field {...field("title")} label="Title" dir="auto" />
      <TextArea
        {...area("text")}
        label="Text"
        hint="Used for search and alerts, never republished. At most 256 KB."
        rows={14}
        dir="auto"
      />
      <div class="pair">
        <Field {...field("publisher")} label="Publisher" hint="Leave empty if unknown." dir="auto" />
        <Field {...field("language")} label="Language" hint="A tag such as en, ar or ru (BCP 47)." />
        {!added && <Field {...field("url")} label="URL" hint="Where it can be read: https://…" inputMode="url" />}
        <Field
          {...field("published_at")}
          label="Published"
          hint="2016-09-22, or 2016-09-22T18:30:00Z. Leave empty if unknown."
        />
      </div>
      <TextArea
        {...area("dated_from")}
        label="How the date is known"
        hint="If the article does not say it."
        rows={2}
        dir="auto"
      />
      <TextArea
        {...area("summary")}
        label="Summary"
        hint="In our own words, never a sentence from the article."
        rows={3}
        dir="auto"
      />
      <Ours chosen={typed.getAll("ours[]")} errors={messagesAt(errors, "ours")} />
      {!added && (
        <Field
          {...field("id")}
          label="Id"
          hint="1 to 100 characters: a-z, 0-9, point, hyphen, underscore. The first and last are a letter or digit. If empty, we make one."
          spellcheck={false}
        />
      )}
      <ModeChoice modes={MODES} value={typed.get("mode") ?? "new"} errors={errors} />
    </>
  );
}

const Ours = ({ chosen, errors }: { chosen: readonly string[]; errors: readonly string[] }) => (
  <fieldset>
    <legend>Written by us, not by the publisher</legend>
    {OURS.map((field) => (
      <Box name="ours[]" value={field} checked={chosen.includes(field)}>
        The {field}
      </Box>
    ))}
    {errors.length > 0 && <p class="error">{errors.join(" · ")}</p>}
  </fieldset>
);
