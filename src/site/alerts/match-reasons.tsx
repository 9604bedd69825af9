/** Why an article matches: each term, its meaning, and where it occurs. */
import { highlight } from "../../channels/highlight.ts";
import { Foreign } from "../../feeds/item-html.tsx";
import { reasonInWords } from "../../messages/wording.ts";
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
        <code>{match.term}</code> <span class="small quiet">{reason(match, names)}</span>
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

/** Returns "(Aleppo in any spelling) in the text, 3 times". */
function reason(match: Match, names: Names): string {
  const { occurrences } = match;
  const words = reasonInWords(match, (id) => labelOf(names, id));
  return occurrences > 1 ? `${words}, ${counted(occurrences, "time")}` : words;
}
