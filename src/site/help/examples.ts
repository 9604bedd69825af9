/**
 * Example queries for the help page. They are made from the record's own names and words, so each finds something on
 * any wire.
 */
import { type ParsedQuery, parseQuery, QueryError } from "../../query/grammar.ts";
import { match } from "../../query/match.ts";
import { analyse } from "../../query/text.ts";
import type { Article } from "../../record/articles/article.ts";
import type { NameKind, NameRecord } from "../../record/names/name.ts";
import type { Names } from "../../record/names/read-names.ts";
import { countNames } from "../timeline/facets.tsx";
import { namesIn, type Selected } from "../timeline/selection.ts";

export interface Example {
  /** The query as a user would type it. */
  source: string;
  /** What it finds, in words. */
  asks: string;
  /** What it searches. Articles have a publisher and a language; events do not. */
  of: "events" | "articles";
}

export interface CountedExample extends Example {
  query: ParsedQuery;
  /** The number of matches. */
  found: number;
}

/** A name, and what a user types for it. */
interface Typed {
  record: NameRecord;
  words: string;
}

/** Maximum length of what a user types for a name, in characters. */
const SHORT = 20;

/** Returns the examples, one for each feature of the language. */
export function makeExamples(events: readonly Selected[], articles: readonly Article[], names: Names): Example[] {
  const of = (kind: NameKind, among: readonly Selected[]) => frequent(kind, among, names);
  const [topic, otherTopic] = of("topic", events);
  const within = events.filter((selected) => topic !== undefined && namesIn(selected).has(topic.record.id));
  const [place] = of("place", within);
  const [actor, otherActor] = of("actor", within);
  const [t, p, a] = [topic?.words ?? "truce", place?.words ?? "harbour", actor?.words ?? "envoy"];
  const [b, s] = [otherActor?.words ?? "minister", otherTopic?.words ?? "talks"];
  const [first, second] = pair(events);
  const publisher = words(articles.find((article) => article.publisher)?.publisher ?? "reuters");
  const language = articles.find((article) => article.language)?.language ?? "en";
  const abbreviation = ranked(events)
    .flatMap((id) => names.records.get(id) ?? [])
    .find(({ capitals }) => capitals?.length);
  const event = (source: string, asks: string): Example => ({ source, asks, of: "events" });
  const article = (source: string, asks: string): Example => ({ source, asks, of: "articles" });
  return [
    event(`${p} ${t}`, "both, anywhere in title or text; the same as AND"),
    event(`${a} OR ${b}`, "either of them; the same as |"),
    event(`${t} -${p}`, "the first without the second; the same as NOT"),
    event(`(${a} OR ${b}) ${s}`, "parentheses group terms"),
    event(`"${first} ${second}"`, "exactly these words in this order, without plurals or other spellings"),
    event(`${first} NEAR/8 ${second}`, "at most 8 words apart, in either order"),
    event(`${first.slice(0, 5)}*`, "words that begin with these letters, at least three"),
    event(`title:${first}`, "only in the title; also before parentheses"),
    ...[place, actor, topic].flatMap((typed) =>
      typed === undefined
        ? []
        : [event(typed.record.id, `${typed.record.label}, in the text or among the names of the event`)],
    ),
    ...(abbreviation === undefined
      ? []
      : [
          event(
            words(abbreviation.capitals?.[0] ?? ""),
            `${abbreviation.label}: an abbreviation that is also a word counts only in capitals`,
          ),
        ]),
    article(`publisher:${publisher.includes(" ") ? `"${publisher}"` : publisher}`, "only in the publisher's name"),
    article(`lang:${language}`, "only articles in this language"),
  ];
}

/** Parses each example and counts its matches. Examples that cannot be parsed are left out. */
export function countExamples(
  events: readonly Selected[],
  articles: readonly Article[],
  names: Names,
): CountedExample[] {
  // These examples ask for publisher and language only, so the texts are not read.
  const texts = articles.map(({ title, publisher, language }) =>
    analyse({ title, text: "", publisher, language, names: [] }, names.vocabulary),
  );
  return makeExamples(events, articles, names).flatMap((example) => {
    const query = readOrNot(example.source, names);
    if (query === undefined) return [];
    const among = example.of === "events" ? events.map(({ text }) => text) : texts;
    return [{ ...example, query, found: among.filter((text) => match(query.tree, text) !== undefined).length }];
  });
}

/** Returns the names of a kind that are short to type, the most frequent first. */
function frequent(kind: NameKind, events: readonly Selected[], names: Names): Typed[] {
  const ids = ranked(events).filter((id) => id.startsWith(`${kind}:`));
  return ids.flatMap((id) => {
    const record = names.records.get(id);
    const typed = record && spellingsOf(record).find((spelling) => means(spelling, id, names));
    return record === undefined || typed === undefined ? [] : [{ record, words: typed }];
  });
}

/** Returns the ids of the names in these events, the most frequent first. */
function ranked(events: readonly Selected[]): string[] {
  return [...countNames(events)].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([id]) => id);
}

const spellingsOf = ({ label, spellings, abbreviations = [] }: NameRecord): string[] =>
  [label, ...(spellings.en ?? []), ...abbreviations].map(words).filter((spelling) => spelling.length <= SHORT);

const words = (written: string): string => written.toLowerCase().replaceAll('"', "");

/** Returns true if these words mean this name and nothing else. */
function means(source: string, id: string, names: Names): boolean {
  const tree = readOrNot(source, names)?.tree;
  return tree?.kind === "name" && tree.ids.length === 1 && tree.ids[0] === id;
}

function readOrNot(source: string, names: Names): ParsedQuery | undefined {
  try {
    return parseQuery(source, names.vocabulary);
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

/** Returns two ordinary words that are adjacent in a text, if possible in a title. */
function pair(events: readonly Selected[]): readonly [string, string] {
  const sources = [...events.map(({ event }) => event.title), ...events.map(({ event }) => event.summary)];
  for (const source of sources) {
    const [, first, second] = /(?<!\S)(\p{Ll}{5,}) (\p{Ll}{5,})(?=\s|$)/u.exec(source) ?? [];
    if (first !== undefined && second !== undefined) return [first, second];
  }
  return ["safe", "passage"];
}
