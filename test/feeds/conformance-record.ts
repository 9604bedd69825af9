/** A record that says hostile text wherever it can say anything. */
import { api, TOKEN, until } from "../cli/programs.ts";
import { HARD_LINES, HARD_TITLES, UNCLEAN_TITLES } from "./hard-texts.ts";
import { readReference } from "./parsers/reference.ts";

export const HOSTILE = [...HARD_TITLES, ...UNCLEAN_TITLES, ...HARD_LINES].map(([, text]) => text);

/** Labels of names are in categories, in places, in who claims what, and in the OPML's titles. */
export const HARD_NAMES = [...HARD_TITLES, ...HARD_LINES].map(([, text]) => short(text, 200));

/**
 * Puts all of it through the curators' API of a wire, by its origin, the first event retracted. Gives the address of the feed of an
 * alert that every article matched. The feeds show all of it then.
 */
export async function putHostileRecord(wire: string): Promise<URL> {
  const alert = await api(wire, "POST", "/api/alerts", { query: "hostile*", channel: { type: "feed" } });
  const alertFeed = new URL(String(alert["feed_url"]));
  await putNames(wire);
  for (const [i, text] of HOSTILE.entries()) await putItems(wire, i, text);
  await api(wire, "DELETE", "/api/events/hostile-0", { reason: HOSTILE[0] });
  // One message an article, and one of the retraction.
  await until(async () => (await itemsAt(alertFeed.href.replace(".rss?", ".json?"))).length === HOSTILE.length + 1);
  const retracted = ({ id, title }: { id: string; title: string }) =>
    id === "parley:event:hostile-0" && title.startsWith("Retracted");
  await until(async () => (await itemsAt(`${wire}/feed.json?limit=200`)).some(retracted));
  return alertFeed;
}

const itemsAt = async (address: string) => (await readReference(address)).items;

/** Text of at most some bytes of UTF-8, cut between characters. */
export function short(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  const characters = [...text];
  while (encoder.encode(characters.join("")).length > bytes) characters.pop();
  return characters.join("");
}

async function putNames(wire: string): Promise<void> {
  const put = (id: string, name: object) => api(wire, "PUT", `/api/names/${id}`, { spellings: {}, ...name });
  const label = `"Place", <b>&amp; 'town'; \\ حلب`;
  await put("place:hostile-place", {
    type: "city",
    label,
    coordinates: { latitude: -0.0000001, longitude: 179.999999 },
  });
  await put("actor:hostile-actor", { type: "person", label });
  for (const [i, label] of HARD_NAMES.entries()) await put(`topic:hostile-${i}`, { type: "kind", label });
}

/** An article, and an event that rests on it. */
async function putItems(wire: string, i: number, text: string): Promise<void> {
  const [title, by] = [short(text, 300), short(text, 200)];
  const at = new Date(Date.UTC(2026, 10, 22, 6, i)).toISOString();
  const article = {
    title: text,
    text: `Hostile${i}: ${text}`,
    summary: text,
    publisher: by,
    published_at: null,
    url: i % 2 ? `https://paper.example/${i}|?a=1&b=%22%27&c[]=حلب&d={^}` : null,
    language: i % 3 ? "en" : "ar",
  };
  await api(wire, "POST", "/api/articles", { id: `hostile-${i}`, added_at: at, ...article }, TOKEN);
  await api(wire, "PUT", `/api/events/hostile-${i}`, {
    date: ["2016", "2016-02", "2016-02-28"][i % 3],
    end_date: i % 5 ? null : "2016-12-31",
    title,
    summary: text.repeat(3),
    claims: [{ by, says: text }],
    places: i % 4 ? ["aleppo", "hostile-place"] : ["hostile-place"],
    actors: ["hostile-actor"],
    topics: [`hostile-${i % HARD_NAMES.length}`],
    articles: [`hostile-${i}`],
    published_at: at,
  });
}
