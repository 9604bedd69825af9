/** The known spelling that is nearest to what somebody wrote, for "did you mean". */
import type { Vocabulary } from "./names.ts";
import { fold } from "./words.ts";

export interface Spelling {
  /** As the vocabulary writes it. */
  spelling: string;
  /** The name's id: `place:aleppo`. */
  id: string;
  /** Its letters and digits, folded: nothing else counts, so that `Deir Ezzor` is as near to `Deir ez-Zor` as can be. */
  letters: string;
}

const lettersOf = (text: string): string => fold(text).replace(/[^\p{L}\p{N}]/gu, "");

/** The spellings of a vocabulary by the number of their letters: made when it is first asked, and kept as long as it is. */
const known = new WeakMap<Vocabulary, ReadonlyMap<number, readonly Spelling[]>>();

function spellingsOf(vocabulary: Vocabulary): ReadonlyMap<number, readonly Spelling[]> {
  const kept = known.get(vocabulary);
  if (kept) return kept;
  const all = [...vocabulary.names.values()].flatMap(({ id, spellings, capitals }) =>
    [...spellings, ...capitals].map((spelling) => ({ spelling, id, letters: lettersOf(spelling) })),
  );
  const byLength = Map.groupBy(all, ({ letters }) => letters.length);
  known.set(vocabulary, byLength);
  return byLength;
}

/**
 * The spelling with the fewest differences from what is written, at most `most`, among those that are wanted; of equals the longest,
 * since a letter that was left out is the commonest mistake.
 */
export function nearestName(
  vocabulary: Vocabulary,
  written: string,
  most: number,
  wanted: (spelling: Spelling) => boolean,
): Spelling | undefined {
  const target = lettersOf(written);
  const byLength = spellingsOf(vocabulary);
  let nearest: Spelling | undefined;
  let limit = most;
  for (let length = target.length + most; length >= target.length - most; length--) {
    for (const spelling of byLength.get(length) ?? []) {
      if (!wanted(spelling)) continue;
      const distance = editDistance(target, spelling.letters, limit);
      if (distance > limit) continue;
      if (distance === 0) return spelling;
      nearest = spelling;
      limit = distance - 1;
    }
  }
  return nearest;
}

/**
 * How many letters must be put in, left out, replaced or swapped with their neighbour to make one string of another (optimal string
 * alignment, the restricted Damerau-Levenshtein distance), in UTF-16 code units. Infinity where it is more than `most`.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > most || most === 0) return Number.POSITIVE_INFINITY;
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let j = 0; j < width; j++) table[j] = j;
  for (let i = 1; i <= a.length; i++) {
    table[i * width] = i;
    let least = i;
    for (let j = 1; j < width; j++) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(at(i - 1, j - 1) + (same ? 0 : 1), at(i - 1, j) + 1, at(i, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(i - 2, j - 2) + 1);
      }
      table[i * width + j] = distance;
      if (distance < least) least = distance;
    }
    if (least > most) return Number.POSITIVE_INFINITY;
  }
  const distance = at(a.length, b.length);
  return distance > most ? Number.POSITIVE_INFINITY : distance;
}
