import { join } from "node:path";
import { has, PYTHON, printed } from "./debian.ts";
import { ALL, type Item, type Parser, type Told } from "./parser.ts";

type Entry = { [Field in keyof Told]: Told[Field] | null };

/** Universal Feed Parser, without its changes to HTML: it tells what the feed says. A feed that is not well-formed is an error. */
export const universal: Parser = {
  name: "Universal Feed Parser",
  extensions: ["rss", "atom"],
  available: has(PYTHON, "-c", "import feedparser"),
  tells: ALL,
  changes: (item, extension) => (extension === "atom" ? inAtom(item) : item),
  read: async (address) => {
    const { bozo, items }: { bozo: string | null; items: Entry[] } = await run("items", address);
    if (bozo !== null) throw new Error(`${address}: ${bozo}`);
    return items.map(({ updated, ...item }) => ({
      ...withoutNulls(item),
      happened: item.happened || undefined,
      updated: updated ?? item.published ?? Number.NaN,
    }));
  },
};

/** The HTML of each item as it is shown: without what might do harm. */
export const readShown = (address: string): Promise<string[]> => run("shown", address);

/** The status of a first visit, of one with the first one's entity tag, and of one with its date. */
export const poll = (address: string): Promise<number[]> => run("poll", address);

/** The ids on all pages of a feed, as the links of a relation lead to them. */
export const readPages = (address: string, relation: string): Promise<string[]> => run("pages", address, relation);

async function run<T>(...asked: string[]): Promise<T> {
  return JSON.parse(await printed(PYTHON, [join(import.meta.dirname, "universal.py"), ...asked]));
}

const withoutNulls = (item: Entry): Told =>
  Object.fromEntries(Object.entries(item).map(([field, value]) => [field, value ?? undefined]));

/**
 * Where an entry has no link, it takes the id for one. Categories are attributes: tabs and line ends in them are blanks to whoever follows
 * XML 1.0 (section 3.3.3), as the others here do not.
 */
const inAtom = (item: Item): Item => ({
  ...item,
  url: item.url ?? item.id,
  categories: item.categories.map((category) => category.replaceAll(/[\t\n]/g, " ")),
});
