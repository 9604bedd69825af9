/** Finds the known spelling closest to what a person wrote, for "did you mean". */
import type { Vocabulary } from "./names.ts";
import { fold } from "./words.ts";

export interface KnownSpelling {
  /** The spelling as the vocabulary writes it. */
  spelling: string;
  /** Id of the name: `place:aleppo`. */
  id: string;
  /** Folded letters and digits of the spelling. Spaces and hyphens do not count: `Deir Ezzor` equals `Deir ez-Zor`. */
  letters: string;
}

const lettersOf = (text: string): string => fold(text).replace(/[^\p{L}\p{N}]/gu, "");

/** Spellings of a vocabulary by number of letters. Built on first use and kept as long as the vocabulary. */
const known = new WeakMap<Vocabulary, ReadonlyMap<number, readonly KnownSpelling[]>>();

function spellingsOf(vocabulary: Vocabulary): ReadonlyMap<number, readonly KnownSpelling[]> {
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
 * Returns the wanted spelling with the fewest differences from `written`, at most `most`. Of equals the longest wins,
 * since an omitted letter is the commonest mistake.
 */
export function nearestName(
  vocabulary: Vocabulary,
  written: string,
  most: number,
  wanted: (spelling: KnownSpelling) => boolean,
): KnownSpelling | undefined {
  const target = lettersOf(written);
  const byLength = spellingsOf(vocabulary);
  let nearest: KnownSpelling | undefined;
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
 * Returns the number of letters to insert, delete, replace or swap with a neighbour to turn one string into the other,
 * in UTF-16 code units. This is the optimal string alignment (restricted Damerau-Levenshtein) distance. Infinity if it
 * is more than `most`.
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
