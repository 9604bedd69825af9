/** HTTP responses for rendered feeds, with validators and conditional requests (RFC 9110, section 13). */
import { gzipSync } from "node:zlib";
import { type Feed, linksOf } from "./feed.ts";
import type { FeedFormat, Written } from "./feed-format.ts";

export interface Rendered {
  /** UTF-8, so that a response need not encode it again. */
  body: Uint8Array<ArrayBuffer>;
  /** A weak entity tag: compression does not change the feed. */
  etag: string;
  /** When the record last changed, RFC 3339 in UTC; null for an empty record. It never goes back. */
  changed: string | null;
  /** The header fields that do not depend on the time of the request. */
  fields: Readonly<Record<"validators" | "content", Readonly<Record<string, string>>>>;
  /** The compressed body, once it was requested. */
  gzipped?: Uint8Array<ArrayBuffer>;
  /** The header fields as they are sent. Writing them would take longer than the rest of a response. */
  ready?: ReadyFields;
}

interface ReadyFields {
  /** The field Last-Modified, in ms of Unix time; null for an empty record. */
  modified: number | null;
  /** By the kind of response. */
  fields: Partial<Record<"whole" | "gzipped" | "notModified", Headers>>;
}

/** The addresses that a feed links to, and its own. */
type Linked = Pick<Feed, "self" | "older" | "current" | "hub">;

/** Returns a written feed with the header fields that it is served with. */
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
      // The response depends on no other request field.
      vary: "accept-encoding",
      // Scripts of any page may read the feed.
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "etag, last-modified, link",
      "x-content-type-options": "nosniff",
    },
    content: { "content-type": contentType(type), link: linkField(feed) },
  },
});

/** Returns the field Content-Type for a media type. All feeds are in UTF-8. */
export const contentType = (type: string): string => `${type}; charset=utf-8`;

const linkField = (feed: Linked): string =>
  [...linksOf(feed), { rel: "self", href: feed.self }].map(({ rel, href }) => `<${href}>; rel="${rel}"`).join(", ");

const VALIDATORS = {
  ETag: "A weak validator of the feed",
  "Last-Modified": "When the feed last changed",
};

/** What `serve` answers, for OpenAPI. */
export const feedAnswers = ({ type: mediaType, schema }: Pick<FeedFormat, "type" | "schema">) => ({
  200: {
    description: "The feed",
    mediaType,
    ...(schema && { schema }),
    headers: { ...VALIDATORS, Link: "The feed itself, its hub, and the page of older items" },
  },
  304: { description: "The feed has not changed since If-None-Match or If-Modified-Since", headers: VALIDATORS },
});

/** Responds with 200 and the feed, or with 304 if the reader has the current feed. */
export function serve(request: Request, feed: Rendered): Response {
  if (isCurrent(request.headers, feed.etag, feed.changed)) {
    return new Response(null, { status: 304, headers: fieldsOf(feed, "notModified") });
  }
  if (!acceptsGzip(request)) return new Response(feed.body, { headers: fieldsOf(feed, "whole") });
  feed.gzipped ??= new Uint8Array(gzipSync(feed.body));
  return new Response(feed.gzipped, { headers: fieldsOf(feed, "gzipped"), encodeBody: "manual" });
}

function fieldsOf(feed: Rendered, answer: keyof ReadyFields["fields"]): Headers {
  const modified = lastModified(feed.changed, Date.now());
  if (feed.ready?.modified !== modified) feed.ready = { modified, fields: {} };
  feed.ready.fields[answer] ??= new Headers({
    ...feed.fields.validators,
    ...(modified !== null && { "last-modified": new Date(modified).toUTCString() }),
    // A 304 has the validators only (RFC 9110, section 15.4.5).
    ...(answer !== "notModified" && feed.fields.content),
    ...(answer === "gzipped" && { "content-encoding": "gzip" }),
  });
  return feed.ready.fields[answer];
}

/**
 * Returns whether the reader accepts gzip. The platform always sends a field that accepts gzip, and decompresses for readers that do not.
 * `cf` has the field of the reader. Locally nothing decompresses, so a reader without the field gets no gzip.
 */
function acceptsGzip({ headers, cf }: Request): boolean {
  const offered = headers.get("accept-encoding");
  if (offered === null) return false;
  const accepted = cf?.["clientAcceptEncoding"] ?? offered;
  return typeof accepted === "string" && accepted.split(",").some((coding) => GZIP.test(coding));
}

/** Matches the coding gzip with a weight above 0 (RFC 9110, section 12.5.3). */
const GZIP = /^\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i;

/**
 * Returns the field Last-Modified, in ms of Unix time. HTTP dates have no fractions, so two changes within one second would look the same
 * (RFC 9110, section 8.8.2.2), and this isolate may learn of the second change up to a second late. So until the second after the change is
 * over, the field is one second before the change.
 */
function lastModified(changed: string | null, now: number): number | null {
  if (changed === null) return null;
  const second = Math.floor(Date.parse(changed) / 1000);
  return (Math.floor(now / 1000) > second + 1 ? second : second - 1) * 1000;
}

/** Returns whether the reader has the current feed. If-None-Match takes precedence over If-Modified-Since (RFC 9110, section 13.2.2). */
function isCurrent(headers: Headers, etag: string, changed: string | null): boolean {
  const known = headers.get("if-none-match");
  if (known !== null) return known.trim() === "*" || entityTags(known).includes(opaque(etag));
  const given = headers.get("if-modified-since") ?? "";
  // An invalid date is ignored (section 13.1.3).
  const since = HTTP_DATE.test(given) ? Date.parse(given) : Number.NaN;
  // HTTP dates have no fractions of a second.
  return changed !== null && Math.floor(Date.parse(changed) / 1000) * 1000 <= since;
}

/** The three forms of an HTTP date (section 5.6.7). */
const HTTP_DATE =
  /^(?:\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\w{6,9}, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d GMT|\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$/;

/** Returns the opaque parts of a list of entity tags, for weak comparison (RFC 9110, section 8.8.3.2); none if the list is malformed. */
const entityTags = (list: string): string[] =>
  // Only commas and blanks may be between and around the tags (section 5.6.1).
  /^[\s,]*$/.test(list.replaceAll(TAG, "")) ? (list.match(TAG) ?? []).map(opaque) : [];

const TAG = /(?:W\/)?"[^"]*"/g;

const opaque = (etag: string): string => etag.replace(/^W\//, "");
