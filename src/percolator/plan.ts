/**
 * Tree → plan: under which entries a query is filed, and what is left to check where a text has one of them.
 *
 * Every match has at least one of the anchors. Of an AND the cheapest operand gives them, of an OR all do. What an anchor
 * itself decides is not checked again: a query of one word is filed under that word with nothing left to check.
 */
import { FUNCTION_WORDS } from "../query/function-words.ts";
import type { Query, Term } from "../query/tree.ts";
import { type Entries, type Entry, KEY, LITERAL, type Reference, type Space } from "./entry.ts";

/** What has to hold of a text. It may look a little further than the tree: then it says so in its comment. */
export type Check =
  | { is: "has"; reference: Reference }
  /** A word with a prefix of so many UTF-16 code units; `beginning` is the entry under which it is looked for. */
  | { is: "prefix"; beginning: Entry; length: number; reference: Reference }
  /** One after the other: literals, or keys of words. */
  | { is: "phrase" | "sequence"; references: readonly Reference[] }
  | { is: "near"; distance: number; left: Check; right: Check }
  /** In the title alone. */
  | { is: "title"; check: Check }
  | { is: "not"; check: Check }
  | { is: "all" | "any"; checks: readonly Check[] };

/** An anchor, and the checks that are left where a text has it; none where it decides alone. */
export interface Anchor {
  reference: Reference;
  checks: readonly Check[];
}

/** How much waits under an entry already, in units of postings. */
export type Load = (entry: Entry) => number;

/** Makes entries, and tells how much waits under each. */
interface Filing {
  entries: Entries;
  load: Load;
}

interface Choice {
  anchors: readonly Anchor[];
  /** What the anchors cost: how often they will be met for nothing, on no particular scale. */
  cost: number;
}

/** The anchors of a query, each once. None: nothing can match it (a name that is not known). */
export function planOf(query: Query, entries: Entries, load: Load): Anchor[] {
  const choice = choose(query, "", { entries, load });
  if (choice === undefined) throw new Error("a query without a required term has no anchor");
  return merged(choice.anchors);
}

/** The entries among which a plan chooses. */
export function entriesOf(query: Query, entries: Entries): Entry[] {
  const asked: Entry[] = [];
  const load = (entry: Entry): number => {
    asked.push(entry);
    return 0;
  };
  choose(query, "", { entries, load });
  return asked;
}

/** Two branches of an OR may have the same anchor: then it is enough that the checks of one of them hold. */
function merged(anchors: readonly Anchor[]): Anchor[] {
  const byReference = new Map<string, Anchor>();
  for (const anchor of anchors) {
    const id = `${anchor.reference.entry} ${anchor.reference.sense}`;
    const known = byReference.get(id);
    byReference.set(id, known ? { ...anchor, checks: either(known.checks, anchor.checks) } : anchor);
  }
  return [...byReference.values()];
}

const either = (a: readonly Check[], b: readonly Check[]): readonly Check[] =>
  a.length === 0 || b.length === 0 ? [] : [{ is: "any", checks: [all(a), all(b)] }];

function all(checks: readonly Check[]): Check {
  const [only] = checks;
  return checks.length === 1 && only ? only : { is: "all", checks };
}

function choose(query: Query, space: Space, filing: Filing): Choice | undefined {
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

const together = (choices: readonly Choice[]): Choice => ({
  anchors: choices.flatMap(({ anchors }) => anchors),
  cost: choices.reduce((sum, { cost }) => sum + cost, 0),
});

function cheapest(choices: readonly Choice[]): Choice | undefined {
  return choices.reduce<Choice | undefined>((best, each) => (best && best.cost <= each.cost ? best : each), undefined);
}

/** The same anchors with further checks, or with these `instead` of what was left. */
const withChecks = ({ anchors, cost }: Choice, checks: readonly Check[], instead = false): Choice => ({
  anchors: anchors.map((anchor) => ({ ...anchor, checks: instead ? checks : [...anchor.checks, ...checks] })),
  cost,
});

function chooseOne(operands: readonly Query[], space: Space, filing: Filing): Choice | undefined {
  const choices = operands.map((operand) => choose(operand, space, filing));
  const best = cheapest(choices.filter((choice) => choice !== undefined));
  if (best === undefined) return undefined;
  const others = operands.filter((_, i) => choices[i] !== best);
  // What is cheapest to check comes first.
  const checks = others
    .map((operand) => checkOf(operand, space, filing.entries))
    .sort((a, b) => Number(a.is !== "has") - Number(b.is !== "has"));
  return withChecks(best, checks);
}

function chooseField({ field, operand }: Query & { kind: "field" }, filing: Filing): Choice | undefined {
  if (field === "publisher") return choose(operand, "publisher:", filing);
  const choice = choose(operand, "", filing);
  return choice && withChecks(choice, [{ is: "title", check: checkOf(operand, "", filing.entries) }], true);
}

function chooseTerm(term: Term, space: Space, { entries, load }: Filing): Choice {
  const anchor = (reference: Reference, cost: number, ...checks: Check[]): Choice => ({
    anchors: [{ reference, checks }],
    cost,
  });
  const word = (reference: Reference, text: string, ...checks: Check[]): Choice =>
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
      const sequence: Check = { is: "sequence", references: term.keys.map((key) => keyReference(key, space, entries)) };
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

function best(choices: readonly Choice[]): Choice {
  const choice = cheapest(choices);
  if (choice === undefined) throw new Error("a term without words");
  return choice;
}

const keyReference = (key: string, space: Space, entries: Entries): Reference => ({
  entry: entries.word(space, key),
  sense: KEY,
});
const literalReference = (text: string, space: Space, entries: Entries): Reference => ({
  entry: entries.word(space, text),
  sense: LITERAL,
});
const nameReference = (term: Term, id: string, space: Space, entries: Entries): Reference => ({
  entry: entries.name(space, id),
  sense: term.kind === "named" ? LITERAL : KEY,
});

/** Half the texts have one language, and of three letters some word begins with in every tenth. */
const LANGUAGE = 1e9;
const PREFIX = 100;
const FUNCTION_WORD = 1e4;

/**
 * Without frequencies of words in texts, how often other queries ask for a word is a good guess: what many ask for is written
 * often (`load`). It fails for the words that every text has and that hardly any query asks for. Of two that nobody asked for yet, the
 * longer one.
 */
const commonness = (word: string): number => (FUNCTION_WORDS.has(word) ? FUNCTION_WORD : 1) + 1 / word.length;

/** What has to hold of a text for a query to match it. */
function checkOf(query: Query, space: Space, entries: Entries): Check {
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

function checkOfTerm(term: Term, space: Space, entries: Entries): Check {
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
      const checks = term.ids.map((id): Check => ({ is: "has", reference: nameReference(term, id, space, entries) }));
      const [only] = checks;
      return checks.length === 1 && only ? only : { is: "any", checks };
    }
  }
}
