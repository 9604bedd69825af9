/** Tree → anchors: entries of the index, at least one of which every matching text has. A query is filed under each of them. */
import { type Narrowing, nameById, narrow } from "../query/narrow.ts";
import type { Query } from "../query/tree.ts";

/** The anchors of a query: as few and as rare as can be told from their form. Empty: nothing can match it (an unknown name). */
export function anchorsOf(query: Query): string[] {
  const narrowing = narrow(query, nameById);
  if (narrowing === undefined) throw new Error("a query without a required term has no anchor");
  return [...new Set(choose(narrowing))].sort();
}

function choose(narrowing: Narrowing): string[] {
  if (typeof narrowing === "string") return [narrowing];
  if ("any" in narrowing) return narrowing.any.flatMap(choose);
  const choices = narrowing.all.map(choose).sort((a, b) => cost(a) - cost(b));
  return choices[0] ?? [];
}

const cost = (anchors: readonly string[]): number => anchors.reduce((sum, anchor) => sum + commonness(anchor), 0);

/** Without frequencies, length is the best guess: long words are rare, names rarer than most, a language or three letters hardly narrow. */
function commonness(anchor: string): number {
  if (anchor.startsWith("lang:")) return 1000;
  if (anchor.startsWith("^")) return 100;
  return 10 / anchor.length;
}
