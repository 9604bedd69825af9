/** All feed formats, by file extension. */
import { atom } from "./atom.ts";
import { calendar } from "./calendar.ts";
import { json } from "./json-feed.ts";
import { rss } from "./rss.ts";

export const FORMATS = { rss, json, atom, ics: calendar } as const;
export type Extension = keyof typeof FORMATS;
