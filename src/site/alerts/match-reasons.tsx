/** Why an article matches: each term, its meaning, and where it occurs. */
import { highlight } from "../../channels/highlight.ts";
import { Foreign } from "../../feeds/content.tsx";
import type { Match } from "../../query/explain.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { counted } from "../text-format.ts";

interface MatchReasonsProps {
  matches: readonly Match[];
  /** Language of the article, BCP 47. */
  language: string | null;
  names: Names;
}

export const MatchReasons = ({ matches, language, names }: MatchReasonsProps) => (
  <ul class="why">
    {matches.map((match) => (
      <li>
        <code>{match.term}</code> <span class="small quiet">{told(match, names)}</span>
        {match.snippet !== null && (
          <p class="snippet">
            <Foreign language={match.field === "publisher" ? null : language}>
              <Marked snippet={match.snippet} words={match.text ?? ""} />
            </Foreign>
          </p>
        )}
      </li>
    ))}
  </ul>
);

/** The words are marked in the snippet. If they cannot be found there, the snippet is shown unmarked. */
const Marked = ({ snippet, words }: { snippet: string; words: string }) => (
  <>
    {highlight(snippet, words.replace(/[\s\x85]+/gu, " ")).map((piece, i) =>
      i % 2 === 1 ? <mark>{piece}</mark> : piece,
    )}
  </>
);

/** Returns "Aleppo in any spelling, in the text, 3 times". */
function told({ means, field, occurrences }: Match, names: Names): string {
  const often = occurrences > 1 ? `, ${counted(occurrences, "time")}` : "";
  return `${meaningInWords(means, names)}${PLACES[field]}${often}`;
}

const PLACES: Readonly<Record<Match["field"], string>> = {
  title: ", in the title",
  text: ", in the text",
  publisher: ", the publisher",
  event: ", in an event that it reports",
  language: ", of the article",
  absent: ", which does not occur",
};

const KINDS: Readonly<Record<string, string>> = {
  word: "the word",
  phrase: "exactly these words",
  compound: "these words in a row",
  prefix: "words that begin like this",
  language: "the language",
};

/** Returns the meaning of a term: the labels of its names, or the kind of term. NEAR has one for each side. */
const meaningInWords = (means: string, names: Names): string =>
  means
    .split(/( NEAR\/\d+ )/)
    .map((part) => KINDS[part] ?? (part.includes(":") ? labels(part, names) : part))
    .join("");

const labels = (ids: string, names: Names): string =>
  `${ids
    .split("|")
    .map((id) => labelOf(names, id))
    .join(" or ")} in any spelling`;
