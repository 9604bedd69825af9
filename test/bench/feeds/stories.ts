/** Articles and events out of the sentences and names of data/, as many as are asked for, and queries that mean something to them. */
import type { Data } from "../../../src/cli/data.ts";
import { eventDocument } from "../../../src/record/events/event.ts";
import { random } from "../random.ts";
import type { Story } from "./fill.ts";

const EVENTS_A_STORY = 4;
/** Sentences of an article's text, and of an event's summary. */
const LONG = 5;
const SHORT = 3;
const MINUTE = 60_000;

/** Yields stories with so many events between them, the last of them told of a minute ago. */
export function* makeStories({ events, names }: Data, count: number): Generator<Story> {
  const chance = random(1);
  const pick = <T>(from: readonly T[]): T => {
    const one = from[Math.floor(chance() * from.length)];
    if (one === undefined) throw new Error("data/ has nothing to choose from");
    return one;
  };
  const sentences = [...events.values()].flatMap(({ summary }) => summary.split(/(?<=\.) (?=\p{Lu})/u));
  const say = (length: number): string => Array.from({ length }, () => pick(sentences)).join(" ");
  const titles = [...events.values()].map(({ title }) => title);
  const slugs = (kind: string): string[] =>
    [...names.keys()].filter((id) => id.startsWith(`${kind}:`)).map((id) => id.slice(kind.length + 1));
  const [places, actors, topics] = [slugs("place"), slugs("actor"), slugs("topic")];
  const two = (from: readonly string[]): string[] => [...new Set([pick(from), pick(from)])];
  const last = Date.now() - MINUTE;
  for (let made = 0; made < count; made += EVENTS_A_STORY) {
    const article = {
      id: `bench-article-${made}`,
      title: `${pick(titles)} (${made})`,
      text: say(LONG),
      publisher: "The Bench Courier",
    };
    const numbers = Array.from({ length: Math.min(EVENTS_A_STORY, count - made) }, (_, i) => made + i);
    yield {
      at: new Date(last - (count - made) * MINUTE).toISOString(),
      article,
      events: numbers.map((number) => ({
        id: `bench-${number}`,
        document: eventDocument({
          date: `2016-${String(1 + (number % 12)).padStart(2, "0")}-${String(1 + (number % 28)).padStart(2, "0")}`,
          title: `${pick(titles)} (${number})`,
          summary: say(SHORT),
          places: two(places),
          actors: two(actors),
          topics: two(topics),
          articles: [article.id],
          claims: [{ by: pick(actors), says: pick(sentences) }],
        }),
      })),
    };
  }
}

/** Yields queries over the words and names of data/, no two of which mean the same. */
export function* makeQueries({ events, names }: Data): Generator<string> {
  const summaries = [...events.values()].map(({ summary }) => summary).join(" ");
  const words = [...new Set(summaries.match(/\b[a-z]{5,}\b/g))].sort();
  const chance = random(2);
  const pick = (from: readonly string[]): string => from[Math.floor(chance() * from.length)] ?? "";
  const ids = [...names.keys()];
  const seen = new Set<string>();
  const ways: readonly (() => string)[] = [
    () => [pick(words), pick(words)].sort().join(" "),
    () => [pick(words), pick(words)].sort().join(" OR "),
    () => `${pick(ids)} ${pick(words)}`,
    () => [pick(ids), pick(ids)].sort().join(" OR "),
    () => `${pick(ids)} NOT ${pick(words)}`,
    () => `"${pick(words)}" ${pick(words)}*`,
  ];
  for (let turn = 0; ; turn++) {
    const query = ways[turn % ways.length]?.() ?? "";
    if (seen.has(query)) continue;
    seen.add(query);
    yield query;
  }
}
