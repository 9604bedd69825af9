/** The difference of two texts, with deletions and insertions marked. */
import { diffWords } from "diff";
import type { ComponentChildren } from "preact";

/** A stretch of text that both versions share, or that only one of them has. */
export type Stretch = { text: string; kept: "both" | "before" | "after" };

/**
 * Maximum differing words. Beyond it the two texts are shown one after the other, because the search is quadratic.
 */
const MAX_EDITS = 60;
/** Characters that one page compares, over all texts before and after; they take a few milliseconds. */
const COMPARED = 20_000;
/** Characters of differences that one page shows. */
const SHOWN = 80_000;

const SEGMENTER = new Intl.Segmenter("en", { granularity: "word" });
/** Text in these scripts is split into words first; the package would compare it letter by letter. */
const OTHER_SCRIPT = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;

/** Returns undefined if the page would become too long. */
export type Compare = (before: string, after: string) => Stretch[] | undefined;

/**
 * Makes a function that compares texts word by word within one page's limits. Beyond them it shows one after the
 * other.
 */
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

/** Labels for screen readers, most of which do not announce `del` and `ins`. */
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
