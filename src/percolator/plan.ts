/**
 * Plans under which index entries a query is filed, and which checks remain for a text that has one of them.
 *
 * Every match has at least one of the anchors. An AND takes the anchors of its cheapest operand, an OR those of all
 * operands. What an anchor itself decides is not checked again: a query of one word has no checks.
 */
import { FUNCTION_WORDS } from "../query/function-words.ts";
import type { Query, Term } from "../query/tree.ts";
import {
  type EntryReference,
  type EntrySpace,
  type IndexEntries,
  type IndexEntry,
  KEY,
  LITERAL,
} from "./index-entry.ts";

/** A condition on a text. */
export type PlanCheck =
  | { is: "has"; reference: EntryReference }
  /**
   * A word with a prefix of `length` UTF-16 code units. `beginning` is the index entry under which the prefix is filed.
   */
  | { is: "prefix"; beginning: IndexEntry; length: number; reference: EntryReference }
  /** Literals (phrase) or keys (sequence) that follow one another. */
  | { is: "phrase" | "sequence"; references: readonly EntryReference[] }
  | { is: "near"; distance: number; left: PlanCheck; right: PlanCheck }
  /** The check must hold in the title. */
  | { is: "title"; check: PlanCheck }
  | { is: "not"; check: PlanCheck }
  | { is: "all" | "any"; checks: readonly PlanCheck[] };

/** An anchor and the checks that remain for a text that has it. No checks if the anchor decides alone. */
export interface QueryAnchor {
  reference: EntryReference;
  checks: readonly PlanCheck[];
}

/** Returns the length of an index entry's row, in units of postings. */
export type RowLoad = (entry: IndexEntry) => number;

/** Makes index entries and returns their row lengths. */
interface Filing {
  entries: IndexEntries;
  load: RowLoad;
}

interface AnchorChoice {
  anchors: readonly QueryAnchor[];
  /** Expected number of times that the anchors are met without a match, on no particular scale. */
  cost: number;
}

/** Returns the anchors of a query, each once. Empty if nothing can match the query (an unknown name). */
export function planOf(query: Query, entries: IndexEntries, load: RowLoad): QueryAnchor[] {
  const choice = choose(query, "", { entries, load });
  if (choice === undefined) throw new Error("a query without a required term has no anchor");
  return merged(choice.anchors);
}

/** Returns the index entries among which a plan chooses. */
export function entriesOf(query: Query, entries: IndexEntries): IndexEntry[] {
  const asked: IndexEntry[] = [];
  const load = (entry: IndexEntry): number => {
    asked.push(entry);
    return 0;
  };
  choose(query, "", { entries, load });
  return asked;
}

/** Merges equal anchors from two branches of an OR: the checks of one branch are enough. */
function merged(anchors: readonly QueryAnchor[]): QueryAnchor[] {
  const byReference = new Map<string, QueryAnchor>();
  for (const anchor of anchors) {
    const id = `${anchor.reference.entry} ${anchor.reference.sense}`;
    const known = byReference.get(id);
    byReference.set(id, known ? { ...anchor, checks: either(known.checks, anchor.checks) } : anchor);
  }
  return [...byReference.values()];
}

const either = (a: readonly PlanCheck[], b: readonly PlanCheck[]): readonly PlanCheck[] =>
  a.length === 0 || b.length === 0 ? [] : [{ is: "any", checks: [all(a), all(b)] }];

function all(checks: readonly PlanCheck[]): PlanCheck {
  const [only] = checks;
  return checks.length === 1 && only ? only : { is: "all", checks };
}

function choose(query: Query, space: EntrySpace, filing: Filing): AnchorChoice | undefined {
  switch (query.kind) {
    case "and":
      return chooseOne(query.operands, space, filing);
    case "or": {
      const choices = query.operands.map((operand) => choose(operand, space, filing));
      const known = choices.filter((choice) => choice !== undefined);
      return known.length < choices.length ? undefined : together(known);
    }
    case "not":
      return undefined;
    case "field":
      return chooseField(query, filing);
    case "near": {
      const sides = [query.left, query.right].map((side) => choose(side, space, filing));
      const choice = cheapest(sides.filter((side) => side !== undefined));
      return choice && withChecks(choice, [checkOf(query, space, filing.entries)], true);
    }
    default:
      return chooseTerm(query, space, filing);
  }
}

const together = (choices: readonly AnchorChoice[]): AnchorChoice => ({
  anchors: choices.flatMap(({ anchors }) => anchors),
  cost: choices.reduce((sum, { cost }) => sum + cost, 0),
});

function cheapest(choices: readonly AnchorChoice[]): AnchorChoice | undefined {
  return choices.reduce<AnchorChoice | undefined>(
    (best, each) => (best && best.cost <= each.cost ? best : each),
    undefined,
  );
}

/** Adds checks to the anchors, or replaces their checks if `instead` is true. */
const withChecks = ({ anchors, cost }: AnchorChoice, checks: readonly PlanCheck[], instead = false): AnchorChoice => ({
  anchors: anchors.map((anchor) => ({ ...anchor, checks: instead ? checks : [...anchor.checks, ...checks] })),
  cost,
});

function chooseOne(operands: readonly Query[], space: EntrySpace, filing: Filing): AnchorChoice | undefined {
  const choices = operands.map((operand) => choose(operand, space, filing));
  const best = cheapest(choices.filter((choice) => choice !== undefined));
  if (best === undefined) return undefined;
  const others = operands.filter((_, i) => choices[i] !== best);
  // The cheapest checks run first.
  const checks = others
    .map((operand) => checkOf(operand, space, filing.entries))
    .sort((a, b) => Number(a.is !== "has") - Number(b.is !== "has"));
  return withChecks(best, checks);
}

function chooseField({ field, operand }: Query & { kind: "field" }, filing: Filing): AnchorChoice | undefined {
  if (field === "publisher") return choose(operand, "publisher:", filing);
  const choice = choose(operand, "", filing);
  return choice && withChecks(choice, [{ is: "title", check: checkOf(operand, "", filing.entries) }], true);
}

function chooseTerm(term: Term, space: EntrySpace, { entries, load }: Filing): AnchorChoice {
  const anchor = (reference: EntryReference, cost: number, ...checks: PlanCheck[]): AnchorChoice => ({
    anchors: [{ reference, checks }],
    cost,
  });
  const word = (reference: EntryReference, text: string, ...checks: PlanCheck[]): AnchorChoice =>
    anchor(reference, (1 + load(reference.entry)) * commonness(text), ...checks);
  switch (term.kind) {
    case "word":
      return word(keyReference(term.key, space, entries), term.key);
    case "phrase": {
      const check = checkOf(term, space, entries);
      const checks = term.words.length > 1 ? [check] : [];
      return best(term.words.map((text) => word(literalReference(text, space, entries), text, ...checks)));
    }
    case "compound": {
      const sequence: PlanCheck = {
        is: "sequence",
        references: term.keys.map((key) => keyReference(key, space, entries)),
      };
      return together([
        word(keyReference(term.joined, space, entries), term.joined),
        best(term.keys.map((key) => word(keyReference(key, space, entries), key, sequence))),
      ]);
    }
    case "prefix": {
      const entry = entries.beginning(space, term.prefix);
      return anchor({ entry, sense: KEY }, (1 + load(entry)) * PREFIX, checkOf(term, space, entries));
    }
    case "language":
      return anchor({ entry: entries.language(term.code), sense: KEY }, LANGUAGE);
    default:
      return together(
        term.ids.map((id) => {
          const reference = nameReference(term, id, space, entries);
          return anchor(reference, 1 + load(reference.entry));
        }),
      );
  }
}

function best(choices: readonly AnchorChoice[]): AnchorChoice {
  const choice = cheapest(choices);
  if (choice === undefined) throw new Error("a term without words");
  return choice;
}

const keyReference = (key: string, space: EntrySpace, entries: IndexEntries): EntryReference => ({
  entry: entries.word(space, key),
  sense: KEY,
});
const literalReference = (text: string, space: EntrySpace, entries: IndexEntries): EntryReference => ({
  entry: entries.word(space, text),
  sense: LITERAL,
});
const nameReference = (term: Term, id: string, space: EntrySpace, entries: IndexEntries): EntryReference => ({
  entry: entries.name(space, id),
  sense: term.kind === "named" ? LITERAL : KEY,
});

/** Cost of a language as an anchor: half of all texts share it. */
const LANGUAGE = 1e9;
/** Factor of a prefix: one text in ten has a word with a given beginning of three letters. */
const PREFIX = 100;
/** Factor of a function word, which nearly every text has. */
const FUNCTION_WORD = 1e4;

/**
 * Returns the factor of a word's cost. Without word frequencies, the number of queries that ask for a word (`load`) is
 * a good estimate: what many ask for is written often. The estimate fails for function words, which every text has and
 * hardly any query asks for. Between two unused words, the longer is cheaper.
 */
const commonness = (word: string): number => (FUNCTION_WORDS.has(word) ? FUNCTION_WORD : 1) + 1 / word.length;

/** Returns the condition under which a query matches a text. */
function checkOf(query: Query, space: EntrySpace, entries: IndexEntries): PlanCheck {
  switch (query.kind) {
    case "and":
    case "or":
      return {
        is: query.kind === "and" ? "all" : "any",
        checks: query.operands.map((operand) => checkOf(operand, space, entries)),
      };
    case "not":
      return { is: "not", check: checkOf(query.operand, space, entries) };
    case "field":
      return query.field === "title"
        ? { is: "title", check: checkOf(query.operand, "", entries) }
        : checkOf(query.operand, "publisher:", entries);
    case "near":
      return {
        is: "near",
        distance: query.distance,
        left: checkOf(query.left, space, entries),
        right: checkOf(query.right, space, entries),
      };
    default:
      return checkOfTerm(query, space, entries);
  }
}

function checkOfTerm(term: Term, space: EntrySpace, entries: IndexEntries): PlanCheck {
  switch (term.kind) {
    case "word":
      return { is: "has", reference: keyReference(term.key, space, entries) };
    case "phrase": {
      const references = term.words.map((word) => literalReference(word, space, entries));
      const [only] = references;
      return references.length === 1 && only ? { is: "has", reference: only } : { is: "phrase", references };
    }
    case "compound":
      return {
        is: "any",
        checks: [
          { is: "has", reference: keyReference(term.joined, space, entries) },
          { is: "sequence", references: term.keys.map((key) => keyReference(key, space, entries)) },
        ],
      };
    case "prefix":
      return {
        is: "prefix",
        beginning: entries.beginning(space, term.prefix),
        length: term.prefix.length,
        reference: { entry: entries.prefix(space, term.prefix), sense: KEY },
      };
    case "language":
      return { is: "has", reference: { entry: entries.language(term.code), sense: KEY } };
    default: {
      const checks = term.ids.map(
        (id): PlanCheck => ({ is: "has", reference: nameReference(term, id, space, entries) }),
      );
      const [only] = checks;
      return checks.length === 1 && only ? only : { is: "any", checks };
    }
  }
}
