/**
 * A curator's session is a cookie with its expiry, signed with a key that is derived from the curators' token.
 * Nothing is stored, and a new token ends all sessions.
 */
import type { Context } from "../../http/context.ts";

const COOKIE = "curator";
/** Lifetime of a session, in seconds. */
const LASTS = 12 * 60 * 60;

/**
 * Returns the `Set-Cookie` of a new session (RFC 6265bis). Browsers send it only to the curators' pages, and never
 * with a request from another site.
 */
export async function beginSession(token: string, { origin }: Pick<Context, "origin">, now: number): Promise<string> {
  const until = String(Math.floor(now / 1000) + LASTS);
  const signature = await crypto.subtle.sign("HMAC", await keyOf(token), signed(until));
  return cookie(`${until}.${hex(signature)}`, LASTS, origin);
}

/** Returns the `Set-Cookie` that ends the session in this browser. */
export const endSession = ({ origin }: Pick<Context, "origin">): string => cookie("", 0, origin);

/** Returns true if the request has a session that this token signed and that has not expired. */
export async function hasSession(request: Request, token: string, now: number): Promise<boolean> {
  for (const [, until = "", signature = ""] of (request.headers.get("cookie") ?? "").matchAll(SESSIONS)) {
    // The comparison takes constant time (Web Cryptography API, HMAC, verify).
    const genuine = await crypto.subtle.verify("HMAC", await keyOf(token), fromHex(signature), signed(until));
    if (genuine && Number(until) * 1000 > now) return true;
  }
  return false;
}

const SESSIONS = new RegExp(`(?:^|;) *${COOKIE}=(\\d{1,12})\\.([0-9a-f]{64}) *(?=;|$)`, "g");

function cookie(value: string, maxAge: number, origin: string): string {
  const secure = origin.startsWith("https:") ? "; Secure" : "";
  return `${COOKIE}=${value}; Max-Age=${maxAge}; Path=/curate; HttpOnly; SameSite=Strict${secure}`;
}

const bytes = new TextEncoder();

/** The signed text names its purpose, so that no other use of the token produces the same signature. */
const signed = (until: string): Uint8Array<ArrayBuffer> => bytes.encode(`curators' session until ${until}`);

const keyOf = (token: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes.encode(token), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);

const hex = (buffer: ArrayBuffer): string =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const fromHex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/**
 * Returns true if a form was sent by a page of this site. `Sec-Fetch-Site` says so (W3C, Fetch Metadata Request
 * Headers, 2.3), and no page can set it. Old browsers do not send it, nor do others over plain http except to
 * localhost. Then `Origin` must not name another site. `Origin` is "null" for our own forms, because our pages send
 * no referrer (Fetch, "append a request Origin header"). Other sites may also send "null", but without the cookie,
 * which is SameSite=Strict.
 */
export function isFromHere(request: Request, { origin, url }: Pick<Context, "origin" | "url">): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const from = request.headers.get("origin");
  return from === null || from === "null" || from === origin || from === url.origin;
}
