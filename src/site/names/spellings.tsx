/** All spellings of a name, and how they differ from ordinary words and from other names. */
import { Foreign } from "../../feeds/item-html.tsx";
import { namePath } from "../../http/links.ts";
import type { NameRecord } from "../../record/names/name.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";

/** The parts of a name's spellings, in the order in which they are shown. */
const LANGUAGES = [
  ["en", "English"],
  ["ar", "Arabic"],
  ["ru", "Russian"],
  ["fr", "French"],
  ["other", "Other languages"],
] as const;
type Language = (typeof LANGUAGES)[number][0];

/** The `lang` attribute of each part; the language of "other" is unknown. */
const tagOf = (language: Language): string | null => (language === "other" ? null : language);

export function Spellings({ name, names }: { name: NameRecord; names: Names }) {
  return (
    <>
      <p class="small">
        A search for any of these finds the name. Upper and lower case, accents, plurals and case endings do not matter.
      </p>
      <dl class="spellings">
        {LANGUAGES.map(([language, label]) => (
          <Entry title={label} spellings={name.spellings[language] ?? []} language={tagOf(language)} />
        ))}
        <Entry title="Abbreviations" spellings={name.abbreviations ?? []} language={null} />
        <Entry
          title="Only in capitals"
          note="In lower case, these are ordinary words."
          spellings={name.capitals ?? []}
          language={null}
        />
        <Entry
          title="Only as a proper name"
          note="These spellings are also ordinary words. They count only with a capital letter or, in Arabic script, without the article."
          spellings={name.proper ?? []}
          language={null}
        />
      </dl>
      <Hidden name={name} names={names} />
    </>
  );
}

interface EntryProps {
  title: string;
  note?: string;
  spellings: readonly string[];
  language: string | null;
}

function Entry({ title, note, spellings, language }: EntryProps) {
  if (spellings.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {note && <p class="small quiet">{note}</p>}
        <ul class="inline">
          {spellings.map((spelling) => (
            <li itemprop="alternateName">
              <Foreign language={language}>{spelling}</Foreign>
            </li>
          ))}
        </ul>
      </dd>
    </>
  );
}

/** The usual spelling in each language, if it differs from the label. */
export function InOtherLanguages({ name }: { name: NameRecord }) {
  const usual = LANGUAGES.flatMap(([language]) => {
    const spelling = name.spellings[language]?.[0];
    return spelling === undefined || language === "other" || spelling === name.label ? [] : [{ language, spelling }];
  });
  return (
    <ul class="inline quiet">
      {usual.map(({ language, spelling }) => (
        <li>
          <Foreign language={language}>{spelling}</Foreign>
        </li>
      ))}
      <li class="small">
        <a href="#spellings">All spellings</a>
      </li>
    </ul>
  );
}

/** Names within this one's spellings that are not meant, and names within which this one is not meant. */
function Hidden({ name, names }: { name: NameRecord; names: Names }) {
  const hides = name.hides ?? [];
  const hiddenBy = [...names.records.values()].filter((other) => other.hides?.includes(name.id)).map(({ id }) => id);
  return (
    <>
      {hides.length > 0 && (
        <p class="small">
          Some spellings contain the name of <Links ids={hides} names={names} />, which they do not mean.
        </p>
      )}
      {hiddenBy.length > 0 && (
        <p class="small">
          Within the name of <Links ids={hiddenBy} names={names} />, this name is not meant.
        </p>
      )}
    </>
  );
}

/** Returns "A", "A or B" or "A, B or C". A label occurs once if an actor and a place share it. */
function Links({ ids, names }: { ids: readonly string[]; names: Names }) {
  const byLabel = [...Map.groupBy(ids, (id) => labelOf(names, id)).entries()];
  return byLabel.map(([label, [id = ""]], i) => (
    <>
      {i > 0 && (i === byLabel.length - 1 ? " or " : ", ")}
      <a href={namePath(id)}>{label}</a>
    </>
  ));
}
