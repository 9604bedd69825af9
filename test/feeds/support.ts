/** Feeds as a reader sees them. */
import { parseJsonFeed, parseRssFeed } from "feedsmith";
import { call } from "../client.ts";

export async function readText(path: string): Promise<string> {
  const response = await call(path);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return text;
}

export const readRss = async (path: string) => parseRssFeed(await readText(path));
export const readJson = async (path: string) => parseJsonFeed(await readText(path));

/** The item of a list with a guid or id; throws where there is none or more than one. */
export function itemOf<T extends { id?: string | undefined; guid?: { value?: string | undefined } | undefined }>(
  items: readonly T[] | undefined,
  id: string,
): T {
  const found = (items ?? []).filter((item) => (item.guid?.value ?? item.id) === id);
  const [item] = found;
  if (item === undefined || found.length > 1) throw new Error(`${found.length} items of the id ${id}`);
  return item;
}

/** Titles, and what a correct feed makes of them: the same. */
export const HARD_TITLES: [name: string, title: string][] = [
  ["markup", "<b>Bold</b> & <script>alert(1)</script>"],
  ["entities already written", "AT&amp;T &lt;b&gt; &#8217;"],
  ["the end of a CDATA section", "a ]]> b ]]]]>> c"],
  ["the beginning of a CDATA section", "<![CDATA[ x"],
  ["quotes of all kinds", `"double" 'single' « angle » “curly”`],
  ["emoji, one of many parts", "🕊️ 👩🏽‍⚕️ 🇸🇾"],
  ["Arabic", "وقف إطلاق النار في حلب"],
  ["both directions", "Halab (حلب) fell silent"],
  ["characters beyond the basic plane", "\u{10348}\u{1fffd}"],
  ["the last build date", "<lastBuildDate>Thu, 01 Jan 1970 00:00:00 GMT</lastBuildDate>"],
  ["signs of a replacement pattern", "$& $1 $$ $`"],
];
