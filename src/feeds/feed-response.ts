/** A rendered feed → its HTTP answer, with validators and conditional requests (RFC 9110, section 13). */
import { gzipSync } from "node:zlib";
import { type Feed, linksOf } from "./feed.ts";
import type { Written } from "./feed-format.ts";

export interface Rendered {
  /** In UTF-8, so that an answer need not encode it again. */
  body: Uint8Array<ArrayBuffer>;
  /** Weak: what is compressed on the way stays the same feed. */
  etag: string;
  /** When the record last changed, RFC 3339; a time that never goes back. */
  changed: string | null;
  /** The fields that do not depend on the moment. */
  fields: Readonly<Record<"validators" | "content", Readonly<Record<string, string>>>>;
  /** The body compressed, once anybody has asked for that. */
  gzipped?: Uint8Array<ArrayBuffer>;
  /** The fields as they are sent, since to write them takes longer than all else of an answer. */
  ready?: Ready;
}

interface Ready {
  /** In milliseconds; null for an empty record. */
  modified: number | null;
  /** By what the answer is. */
  fields: Partial<Record<"whole" | "gzipped" | "notModified", Headers>>;
}

/** A feed's own address, and those that it leads to. */
type Linked = Pick<Feed, "self" | "older" | "current" | "hub">;

/** What a feed is served as, once it is written. */
export const rendered = (
  feed: Linked,
  { body, digest }: Written,
  { type, changed, cacheControl }: { type: string; changed: string | null; cacheControl: string },
): Rendered => ({
  body,
  etag: `W/"${digest}"`,
  changed,
  fields: {
    validators: {
      etag: `W/"${digest}"`,
      "cache-control": cacheControl,
      // Which of the two bodies is sent depends on it, and nothing else does.
      vary: "accept-encoding",
      // Scripts of any page may read it.
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "etag, last-modified, link",
      "x-content-type-options": "nosniff",
    },
    content: { "content-type": contentType(type), link: linkField(feed) },
  },
});

/** The field Content-Type of a media type: all feeds are in UTF-8. */
export const contentType = (type: string): string => `${type}; charset=utf-8`;

const linkField = (feed: Linked): string =>
  [...linksOf(feed), { rel: "self", href: feed.self }].map(({ rel, href }) => `<${href}>; rel="${rel}"`).join(", ");

/** 200 with the feed, or 304 where the reader has it. */
export function serve(request: Request, feed: Rendered): Response {
  if (isCurrent(request.headers, feed.etag, feed.changed)) {
    return new Response(null, { status: 304, headers: fieldsOf(feed, "notModified") });
  }
  if (!acceptsGzip(request)) return new Response(feed.body, { headers: fieldsOf(feed, "whole") });
  feed.gzipped ??= new Uint8Array(gzipSync(feed.body));
  return new Response(feed.gzipped, { headers: fieldsOf(feed, "gzipped"), encodeBody: "manual" });
}

function fieldsOf(feed: Rendered, answer: keyof Ready["fields"]): Headers {
  const modified = lastModified(feed.changed, Date.now());
  if (feed.ready?.modified !== modified) feed.ready = { modified, fields: {} };
  feed.ready.fields[answer] ??= new Headers({
    ...feed.fields.validators,
    ...(modified !== null && { "last-modified": new Date(modified).toUTCString() }),
    // A 304 repeats the validators (RFC 9110, section 15.4.5), and no more.
    ...(answer !== "notModified" && feed.fields.content),
    ...(answer === "gzipped" && { "content-encoding": "gzip" }),
  });
  return feed.ready.fields[answer];
}

/**
 * Whether the reader takes gzip. The platform always says that it does, and undoes it for readers that do not; what the reader said is in
 * `cf`. Locally a reader that names no coding would be given what it did not ask for.
 */
function acceptsGzip({ headers, cf }: Request): boolean {
  const offered = headers.get("accept-encoding");
  if (offered === null) return false;
  const accepted = cf?.["clientAcceptEncoding"] ?? offered;
  return typeof accepted === "string" && accepted.split(",").some((coding) => GZIP.test(coding));
}

/** The coding gzip, and not with the weight 0 (RFC 9110, section 12.5.3). */
const GZIP = /^\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i;

/**
 * The time of a change as HTTP dates tell it, without fractions, in milliseconds. In the second of the change itself another one may
 * follow, which would look the same (RFC 9110, section 8.8.2.2), and of which this isolate may hear most of a second later: until the
 * next second is over as well, the one before the change is told.
 */
function lastModified(changed: string | null, now: number): number | null {
  if (changed === null) return null;
  const second = Math.floor(Date.parse(changed) / 1000);
  return (Math.floor(now / 1000) > second + 1 ? second : second - 1) * 1000;
}

/** If-None-Match decides where it is given; else If-Modified-Since (RFC 9110, section 13.2.2). */
function isCurrent(headers: Headers, etag: string, changed: string | null): boolean {
  const known = headers.get("if-none-match");
  if (known !== null) return known.trim() === "*" || entityTags(known).includes(opaque(etag));
  const given = headers.get("if-modified-since") ?? "";
  // What is no HTTP date is passed over (section 13.1.3).
  const since = HTTP_DATE.test(given) ? Date.parse(given) : Number.NaN;
  // HTTP dates have no fractions of a second.
  return changed !== null && Math.floor(Date.parse(changed) / 1000) * 1000 <= since;
}

/** The three forms of a date in HTTP (section 5.6.7). */
const HTTP_DATE =
  /^(?:\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\w{6,9}, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d GMT|\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$/;

/** The opaque parts of a list of entity tags: weak comparison (RFC 9110, section 8.8.3.2). */
const entityTags = (list: string): string[] =>
  // Between and around them stand commas and blanks alone (section 5.6.1).
  /^[\s,]*$/.test(list.replaceAll(TAG, "")) ? (list.match(TAG) ?? []).map(opaque) : [];

const TAG = /(?:W\/)?"[^"]*"/g;

const opaque = (etag: string): string => etag.replace(/^W\//, "");
