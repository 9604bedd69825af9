/** What the adapters of all parsers have in common: an address is read as a subscriber reads it, and gives items of one shape. */

export type Extension = "rss" | "json" | "atom" | "ics";

export interface Item {
  id: string;
  title: string;
  url: string | undefined;
  /** Seconds since 1970: RSS and iCalendar tell no fractions. */
  published: number;
  updated: number;
  /** HTML. */
  content: string;
  categories: readonly string[];
  creator: string | undefined;
  /** When an event happened, as precise as is known: `2016-09` or, of more than one day, `2016-09-03/2016-09-05`. */
  happened: string | undefined;
}

/** An item as far as a parser tells of it. */
export type Told = { [Field in keyof Item]?: Item[Field] | undefined };

export interface Parser {
  name: string;
  extensions: readonly Extension[];
  /** Whether it is installed: Debian's programs may not be. */
  available: boolean;
  /** What it tells of an item. */
  tells: readonly (keyof Item)[];
  /** The items of the feed at an address, in its order. */
  read: (address: string) => Promise<Told[]>;
  /** What it makes of an item that is right, where that is not the same: each change with its reason beside it. */
  changes?: (item: Item, extension: Extension) => Item;
}

export const ALL: readonly (keyof Item)[] = [
  "id",
  "title",
  "url",
  "published",
  "updated",
  "content",
  "categories",
  "creator",
  "happened",
];

/** A part of an item. */
export function pick(item: Told, fields: readonly (keyof Item)[]): Told {
  return Object.fromEntries(fields.map((field) => [field, item[field]]));
}

/** Two dates as one string. */
export const span = (from: string | undefined, to: string | null | undefined): string | undefined =>
  to ? `${from}/${to}` : from;

/** A time as feeds write it → seconds since 1970; NaN where it is none. */
export const seconds = (time: string | Date | null | undefined): number =>
  Math.floor(new Date(time ?? Number.NaN).getTime() / 1000);

/** The text of a feed. */
export async function fetchText(address: string): Promise<string> {
  const response = await fetch(address);
  const text = await response.text();
  if (!response.ok) throw new Error(`${address}: ${response.status} ${text}`);
  return text;
}
