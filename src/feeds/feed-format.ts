/** What a format is: how it writes one item, and what stands around the items of a feed. */
import { createHash } from "node:crypto";
import { DerivedValues } from "../platform/cache.ts";
import type { Feed, FeedItem } from "./feed.ts";

export interface FeedFormat {
  /** What it is called. */
  name: string;
  /** The end of its addresses: `rss`. */
  extension: string;
  /** Media type. All are in UTF-8. */
  type: string;
  /** Writes one item. */
  item: (item: FeedItem) => string;
  /** What stands between two items. */
  separator: string;
  /** What stands before the items of a feed, and after them. */
  frame: (feed: Feed) => readonly [before: string, after: string];
}

/** A document, and a digest of what it says. */
export interface Written {
  /** In UTF-8. */
  body: Uint8Array<ArrayBuffer>;
  /** Base64url, of 144 bits. */
  digest: string;
}

/** Written items by format: most items of a feed were in the feed before it, so each is written, encoded and digested once. */
const written = new DerivedValues<FeedItem, Written>(4);

/** Writes a feed. */
export function render(format: FeedFormat, feed: Feed): Written {
  const [before, after] = format.frame(feed);
  const separator = encoder.encode(format.separator);
  const items = feed.items.map((item) => written.at(item, format.extension, () => write(format.item(item))));
  const bodies = items.flatMap(({ body }) => [separator, body]).slice(1);
  // Of the items their digests are enough.
  const digest = digestOf([before, ...items.map((item) => item.digest), after].join("\n"));
  return { body: join([encoder.encode(before), ...bodies, encoder.encode(after)]), digest };
}

const encoder = new TextEncoder();

/** A document that was written as text. */
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

/** The part of a document from one mark to another, both included: where a library writes whole documents only. */
export function cut(document: string, from: string, to: string): string {
  const [start, end] = [document.indexOf(from), document.lastIndexOf(to)];
  if (start < 0 || end < start) throw new Error(`no ${from} … ${to} in what the library wrote`);
  return document.slice(start, end + to.length);
}

/** A document without items, split where they belong: before the last mark of a kind. */
export function split(document: string, mark: string): readonly [before: string, after: string] {
  const at = document.lastIndexOf(mark);
  if (at < 0) throw new Error(`no ${mark} in what the library wrote`);
  return [document.slice(0, at), document.slice(at)];
}
