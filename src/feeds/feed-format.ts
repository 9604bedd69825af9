/** Feed formats: how a format writes one item, and what it writes around the items of a feed. */
import { createHash } from "node:crypto";
import type * as z from "zod";
import { DerivedValues } from "../platform/cache.ts";
import type { Feed, FeedItem } from "./feed.ts";

export interface FeedFormat {
  /** The name of the format, for people. */
  name: string;
  /** The file extension in its addresses, such as `rss`. */
  extension: string;
  /** Media type. All formats are in UTF-8. */
  type: string;
  /** What its documents hold, if they are JSON. */
  schema?: z.ZodType;
  /** Writes one item. */
  item: (item: FeedItem) => string;
  /** Separates two items. */
  separator: string;
  /** Writes the parts of a document before and after the items. */
  frame: (feed: Feed) => readonly [before: string, after: string];
}

/** A document or a part of one, with its digest. */
export interface Written {
  /** UTF-8. */
  body: Uint8Array<ArrayBuffer>;
  /** The first 144 bits of SHA-256, in base64url. */
  digest: string;
}

/** Written items by format. Most items of a feed were in its previous version, so each item is written and digested once. */
const written = new DerivedValues<FeedItem, Written>(4);

/** Writes a feed in a format. */
export function render(format: FeedFormat, feed: Feed): Written {
  const [before, after] = format.frame(feed);
  const separator = encoder.encode(format.separator);
  const items = feed.items.map((item) => written.at(item, format.extension, () => write(format.item(item))));
  const bodies = items.flatMap(({ body }) => [separator, body]).slice(1);
  // The digests of the items stand for the items.
  const digest = digestOf([before, ...items.map((item) => item.digest), after].join("\n"));
  return { body: join([encoder.encode(before), ...bodies, encoder.encode(after)]), digest };
}

const encoder = new TextEncoder();

/** Encodes and digests a document. */
export const write = (text: string): Written => ({
  body: new Uint8Array(encoder.encode(text)),
  digest: digestOf(text),
});

const digestOf = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 24);

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Returns the part of a document from one mark to another, both included. For libraries that only write whole documents. */
export function cut(document: string, from: string, to: string): string {
  const [start, end] = [document.indexOf(from), document.lastIndexOf(to)];
  if (start < 0 || end < start) throw new Error(`no ${from} … ${to} in the document that the library wrote`);
  return document.slice(start, end + to.length);
}

/** Splits a document without items where the items belong: before the last occurrence of a mark. */
export function split(document: string, mark: string): readonly [before: string, after: string] {
  const at = document.lastIndexOf(mark);
  if (at < 0) throw new Error(`no ${mark} in the document that the library wrote`);
  return [document.slice(0, at), document.slice(at)];
}
