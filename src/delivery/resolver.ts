/**
 * Names → addresses, by DNS over HTTPS. There is no RFC for its JSON form; that of Google (developers.google.com/speed/public-dns/docs/doh/json)
 * is what Cloudflare and Quad9 answer as well.
 */
import * as z from "zod";
import { isAddress } from "./address.ts";
import { OutOfRequests, readStart, request } from "./request.ts";

/** A name has no addresses that could be learned just now; the message says why. */
export class Unresolvable extends Error {}

/** In milliseconds, for both questions and their answers. */
const TIMEOUT = 3_000;
/** In bytes: some hundred addresses. */
const MAX_ANSWER = 64 * 1024;

/** Addresses are kept for as long as DNS says, within these bounds, in seconds. */
const LEAST_KEPT = 10;
const MOST_KEPT = 300;
/** Names that the isolate keeps. */
const CAPACITY = 1_000;

const known = new Map<string, { addresses: string[]; until: number }>();

/**
 * All IPv4 and IPv6 addresses of a host name, which is in ASCII (punycode); the resolver follows aliases. `resolver` is an address such as
 * `https://cloudflare-dns.com/dns-query`. Throws `Unresolvable` unless both answers are whole and hold an address, and `OutOfRequests`.
 */
export async function resolve(name: string, resolver: string): Promise<string[]> {
  const key = `${name} ${resolver}`;
  const kept = known.get(key);
  if (kept !== undefined && kept.until > Date.now()) return kept.addresses;
  const signal = AbortSignal.timeout(TIMEOUT);
  // One after the other: a delivery must not take up two of the six connections that may wait at a time.
  const records = [...(await ask(name, "A", resolver, signal)), ...(await ask(name, "AAAA", resolver, signal))];
  const addresses = records.filter(({ type }) => type === A || type === AAAA).map(({ data }) => data);
  if (addresses.length === 0) throw new Unresolvable("it has no address");
  if (!addresses.every(isAddress)) throw new Unresolvable(MALFORMED);
  const seconds = Math.min(...records.map(({ TTL }) => TTL));
  keep(key, addresses, Date.now() + Math.min(Math.max(seconds, LEAST_KEPT), MOST_KEPT) * 1000);
  return addresses;
}

function keep(key: string, addresses: string[], until: number): void {
  known.delete(key);
  known.set(key, { addresses, until });
  const oldest = known.size > CAPACITY ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
}

/** Types of records (RFC 1035, section 3.2.2; RFC 3596, section 2.1). */
const A = 1;
const AAAA = 28;

const MALFORMED = "the resolver's answer is malformed";

/** What a name's records say: of a type that was not asked for (an alias on the way), `data` is no address. */
const answer = z.object({
  Status: z.int(),
  /** Cut short: it may lack the very address that matters. */
  TC: z.boolean().optional(),
  Answer: z.array(z.object({ type: z.int(), TTL: z.number().nonnegative(), data: z.string() })).optional(),
});

/** DNS's response codes (RFC 1035, section 4.1.1) in words. */
const FAILURES: Readonly<Record<number, string>> = { 2: "its name servers fail", 3: "there is no such name" };

async function ask(name: string, type: string, resolver: string, signal: AbortSignal) {
  const answered = answer.safeParse(await readAnswer(question(name, type, resolver), signal));
  if (!answered.success || answered.data.TC) throw new Unresolvable(MALFORMED);
  const { Status, Answer = [] } = answered.data;
  if (Status !== 0) throw new Unresolvable(FAILURES[Status] ?? `the resolver says ${Status}`);
  return Answer;
}

/** The name goes in as one encoded parameter, so that it cannot change where the question goes. */
function question(name: string, type: string, resolver: string): URL {
  const url = new URL(resolver);
  url.searchParams.set("name", name);
  url.searchParams.set("type", type);
  return url;
}

async function readAnswer(url: URL, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await request(url, { headers: { accept: "application/dns-json" }, signal });
    const text = await readStart(response, MAX_ANSWER);
    if (signal.aborted) throw signal.reason;
    if (response.status !== 200) throw new Unresolvable(`the resolver answers ${response.status}`);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof OutOfRequests || error instanceof Unresolvable) throw error;
    if (error instanceof SyntaxError) throw new Unresolvable(MALFORMED);
    throw new Unresolvable(signal.aborted ? "the resolver takes too long" : "the resolver cannot be reached");
  }
}
