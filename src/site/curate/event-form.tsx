/** The fields of an event, for adding and correcting one. */
import type { JSX } from "preact";
import { Foreign } from "../../feeds/item-html.tsx";
import type { InputError } from "../../http/problem.ts";
import { type Article, titleLanguage } from "../../record/articles/article.ts";
import { Field, messagesAt, TextArea } from "../form.tsx";
import { type ClaimRow, claimsOf } from "./event-input.ts";
import { Box, kept, linesOf, ModeChoice, type Modes, messagesOfLines, type Typed } from "./fields.tsx";

/** The fields beside which errors are shown. */
export const EVENT_FIELDS = [
  "id",
  "date",
  "end_date",
  "precision",
  "dated_from",
  "title",
  "summary",
  "places",
  "actors",
  "topics",
  "articles",
  "claims",
  "mode",
];

/** What each mode does. Retractions are sent in every mode. */
export const EVENT_MODES: Modes = {
  new: "in feeds and search; corrections go to everyone who received one of its articles",
  historic: "in feeds and search; corrections are not sent",
  silent: "in search and on pages only; corrections are not sent",
};

/** Empty rows for more claims. */
const MORE_CLAIMS = 3;

interface Fields {
  typed: Typed;
  errors: readonly InputError[];
  /** The newest articles on record, as possible sources. */
  newest: readonly Article[];
  /** True for a new event, which has no id yet. */
  asksId: boolean;
}

export function EventFields({ typed, errors, newest, asksId }: Fields) {
  const field = (name: string) => ({ name, value: typed.get(name) ?? "", errors: messagesAt(errors, name) });
  const area = (name: string) => ({ ...field(name), value: kept(typed.get(name) ?? "") });
  const lines = (name: string) => ({
    name,
    value: linesOf(typed, name).join("\n"),
    errors: messagesOfLines(errors, name),
    rows: Math.max(3, linesOf(typed, name).length + 1),
    dir: "auto" as const,
  });
  return (
    <>
      <Field {...field("title")} label="Title" dir="auto" />
      <TextArea {...area("summary")} label="What happened" rows={6} dir="auto" />
      <div class="pair">
        <Field {...field("date")} label="Date" hint="As precise as known: 2016-09-22, 2016-09 or 2016." />
        <Field {...field("end_date")} label="Last day" hint="If it is not the first day." />
      </div>
      <Within checked={typed.get("precision") === "within"} errors={messagesAt(errors, "precision")} />
      <TextArea
        {...area("dated_from")}
        label="How the date is known"
        hint="How you worked it out from the articles."
        rows={2}
        dir="auto"
      />
      <div class="triple">
        <TextArea {...lines("places")} label="Places" hint={NAME_HINT} />
        <TextArea {...lines("actors")} label="Who took part" hint={NAME_HINT} />
        <TextArea {...lines("topics")} label="Topics" hint={NAME_HINT} />
      </div>
      <Sources
        typed={typed}
        newest={newest}
        area={<TextArea {...lines("articles")} label="Ids of articles" hint="One per line." />}
      />
      <Claims rows={claimsOf(typed)} errors={errors} />
      {asksId && (
        <Field
          {...field("id")}
          label="Id"
          hint="Part of the event's URL, so it never changes. If empty, we make one from date and title."
          spellcheck={false}
        />
      )}
      <ModeChoice modes={EVENT_MODES} value={typed.get("mode") ?? "new"} errors={errors} />
    </>
  );
}

const NAME_HINT = "One per line: an id such as aleppo, or a name in any spelling on record.";

const Within = ({ checked, errors }: { checked: boolean; errors: readonly string[] }) => (
  <div class="field">
    <Box name="precision" value="within" checked={checked}>
      It happened on one unknown day between these
    </Box>
    {errors.length > 0 && <p class="error">{errors.join(" · ")}</p>}
  </div>
);

/** Articles of the event are listed by id; the newest others can be selected. */
function Sources({ typed, newest, area }: Pick<Fields, "typed" | "newest"> & { area: JSX.Element }) {
  const listed = new Set(linesOf(typed, "articles"));
  const ticked = new Set(typed.getAll("article[]"));
  const others = newest.filter(({ id }) => !listed.has(id));
  // Selected articles that are no longer among the newest.
  const older = [...ticked].filter((id) => !listed.has(id) && !others.some((article) => article.id === id));
  return (
    <fieldset>
      <legend>Sources</legend>
      {area}
      {older.map((id) => (
        <Box name="article[]" value={id} checked>
          {id}
        </Box>
      ))}
      {others.length > 0 && (
        <details open={ticked.size > 0}>
          <summary>Newest articles</summary>
          {others.map((article) => (
            <Box name="article[]" value={article.id} checked={ticked.has(article.id)}>
              <Foreign language={titleLanguage(article)}>{article.title}</Foreign>{" "}
              <span class="small quiet">
                <bdi>{article.publisher ?? "unknown publisher"}</bdi>, <code>{article.id}</code>
              </span>
            </Box>
          ))}
        </details>
      )}
    </fieldset>
  );
}

function Claims({ rows, errors }: { rows: readonly ClaimRow[]; errors: readonly InputError[] }) {
  const all = [...rows, ...Array.from({ length: MORE_CLAIMS }, () => ({ by: "", says: "" }))];
  const general = errors.filter(({ path }) => path === "claims").map(({ message }) => message);
  return (
    <fieldset class="claims">
      <legend>Attributed claims</legend>
      <p class="hint">
        Who makes the claim (an actor's id, or plain words), and what they say. Empty rows are removed.
      </p>
      {general.length > 0 && <p class="error">{general.join(" · ")}</p>}
      {all.map(({ by, says }, i) => (
        <div class="claim">
          <Field
            name={`claims.${i}.by`}
            label={
              <>
                By<span class="hidden">, claim {i + 1}</span>
              </>
            }
            value={by}
            dir="auto"
            errors={messagesAt(errors, `claims.${i}.by`)}
          />
          <TextArea
            name={`claims.${i}.says`}
            label={
              <>
                Says<span class="hidden">, claim {i + 1}</span>
              </>
            }
            value={kept(says)}
            rows={2}
            dir="auto"
            errors={messagesAt(errors, `claims.${i}.says`)}
          />
        </div>
      ))}
    </fieldset>
  );
}
