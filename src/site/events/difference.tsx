/** Two wordings of a text as one, with what was taken out and what was put in. */
import { diffWords } from "diff";
import type { ComponentChildren } from "preact";

/** A stretch of it: what stayed, or what only the earlier or the later wording has. */
export type Stretch = { text: string; kept: "both" | "before" | "after" };

/** Beyond so many words that differ, the two are told one after the other: nobody reads them woven together, and the search is quadratic. */
const MAX_EDITS = 60;
/** Of the characters of all wordings, before and after: so many one page compares, a few milliseconds' worth, */
const COMPARED = 20_000;
/** and so many it shows at all. */
const SHOWN = 80_000;

const SEGMENTER = new Intl.Segmenter("en", { granularity: "word" });
/** What the package does not take for letters would be compared letter by letter. */
const OTHER_SCRIPT = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;

/** Undefined where the page would become too long. */
export type Compare = (before: string, after: string) => Stretch[] | undefined;

/** Compares texts by their words for one page; shows them one after the other where that would take long. */
export function makeCompare(): Compare {
  let characters = 0;
  return (before, after) => {
    characters += before.length + after.length;
    if (characters > SHOWN) return undefined;
    const isShort = characters <= COMPARED && before !== "" && after !== "";
    const words = isShort ? wordsOf(before, after) : undefined;
    return words ?? [...stretch(before, "before"), ...stretch(after, "after")];
  };
}

function wordsOf(before: string, after: string): Stretch[] | undefined {
  const intlSegmenter = OTHER_SCRIPT.test(before + after) ? { intlSegmenter: SEGMENTER } : {};
  const changes = diffWords(before, after, { maxEditLength: MAX_EDITS, ...intlSegmenter });
  return changes?.flatMap(({ value, added, removed }) => stretch(value, added ? "after" : removed ? "before" : "both"));
}

const stretch = (text: string, kept: Stretch["kept"]): Stretch[] => (text === "" ? [] : [{ text, kept }]);

export function Difference({ stretches }: { stretches: readonly Stretch[] | undefined }) {
  if (stretches === undefined) return <p class="quiet">Too long to be shown here with all that came later.</p>;
  if (stretches.every(({ kept }) => kept === "both")) return <p>Only its spacing.</p>;
  return (
    <p class="difference" dir="auto">
      {stretches.map(({ text, kept }, i) => (
        <>
          {kept === "after" && stretches[i - 1]?.kept === "before" && " "}
          {kept === "both" ? text : kept === "before" ? <Removed>{text}</Removed> : <Added>{text}</Added>}
        </>
      ))}
    </p>
  );
}

/** Said in words too: screen readers mostly pass over `del` and `ins`. */
export const Removed = ({ children }: { children: ComponentChildren }) => (
  <del>
    <span class="hidden">removed: </span>
    {children}
    <span class="hidden"> (end)</span>
  </del>
);

export const Added = ({ children }: { children: ComponentChildren }) => (
  <ins>
    <span class="hidden">added: </span>
    {children}
    <span class="hidden"> (end)</span>
  </ins>
);
