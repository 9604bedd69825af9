/** A rendered feed → its HTTP answer, with validators and conditional requests (RFC 9110, section 13). */
import { sha256 } from "../digest.ts";

export interface Rendered {
  body: string;
  type: string;
  /** Weak: what a proxy compresses on the way stays the same feed. */
  etag: string;
  /** When the record last changed, RFC 3339; a time that never goes back. */
  changed: string | null;
}

export async function rendered(body: string, type: string, changed: string | null): Promise<Rendered> {
  return { body, type, etag: `W/"${(await sha256(body)).slice(0, 24)}"`, changed };
}

/** 200 with the feed, or 304 where the reader has it. */
export function serve(request: Request, { body, type, etag, changed }: Rendered, cacheControl: string): Response {
  const validators = new Headers({ etag, "cache-control": cacheControl });
  const modified = lastModified(changed, Date.now());
  if (modified !== null) validators.set("last-modified", new Date(modified).toUTCString());
  // A 304 repeats the validators (RFC 9110, section 15.4.5).
  if (isCurrent(request.headers, etag, changed)) return new Response(null, { status: 304, headers: validators });
  validators.set("content-type", type);
  return new Response(body, { headers: validators });
}

/**
 * The time of a change as HTTP dates tell it, without fractions, in milliseconds. In the second of the change itself another one may
 * follow, which would look the same: until that second is over, the one before it is told (RFC 9110, section 8.8.2.2).
 */
function lastModified(changed: string | null, now: number): number | null {
  if (changed === null) return null;
  const second = Math.floor(Date.parse(changed) / 1000);
  return (Math.floor(now / 1000) > second ? second : second - 1) * 1000;
}

/** If-None-Match decides where it is given; else If-Modified-Since (RFC 9110, section 13.2.2). */
function isCurrent(headers: Headers, etag: string, changed: string | null): boolean {
  const known = headers.get("if-none-match");
  if (known !== null) return known.trim() === "*" || entityTags(known).includes(opaque(etag));
  const since = Date.parse(headers.get("if-modified-since") ?? "");
  // HTTP dates have no fractions of a second.
  return changed !== null && Math.floor(Date.parse(changed) / 1000) * 1000 <= since;
}

/** The opaque parts of a list of entity tags: weak comparison (RFC 9110, section 8.8.3.2). */
const entityTags = (list: string): string[] => (list.match(/(?:W\/)?"[^"]*"/g) ?? []).map(opaque);

const opaque = (etag: string): string => etag.replace(/^W\//, "");
