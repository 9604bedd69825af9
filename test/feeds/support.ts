/** Feeds as a reader sees them. */
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { call } from "../client.ts";

export { HARD_TITLES } from "./hard-texts.ts";

export async function readText(path: string): Promise<string> {
  const response = await call(path);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return text;
}

export const readRss = async (path: string) => parseRssFeed(await readText(path));
export const readAtom = async (path: string) => parseAtomFeed(await readText(path));
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

/** A hard text as a publisher's name, which has at most 200 bytes. */
export const asPublisher = (text: string): string =>
  new TextEncoder().encode(text).length <= 200 ? text : "The Paper";
