/**
 * Resolves names to addresses by DNS over HTTPS. Its JSON form has no RFC. Cloudflare and Quad9 follow Google's
 * (developers.google.com/speed/public-dns/docs/doh/json).
 */
import * as z from "zod";
import { isAddress } from "./ip-address.ts";
import { OutOfRequests, readStart, request } from "./request.ts";

/** The addresses of a name could not be found. The message says why. */
export class UnresolvableName extends Error {}

/** Time limit in ms for both questions and their answers. */
const TIMEOUT = 3_000;
/** Maximum size of an answer in bytes: some hundred addresses. */
const MAX_ANSWER = 64 * 1024;

/** Bounds in seconds for how long addresses are cached. Within them the TTL of the DNS answer decides. */
const MIN_CACHED = 10;
const MAX_CACHED = 300;
/** Maximum number of cached names per isolate. */
const CAPACITY = 1_000;

const cache = new Map<string, { addresses: string[]; until: number }>();

/**
 * Returns all IPv4 and IPv6 addresses of an ASCII (punycode) host name. The resolver follows aliases. `resolver` is a
 * URL such as `https://cloudflare-dns.com/dns-query`. Throws `UnresolvableName` unless both answers are complete and there
 * is an address. Throws `OutOfRequests`.
 */
export async function resolve(name: string, resolver: string): Promise<string[]> {
  const key = `${name} ${resolver}`;
  const cached = cache.get(key);
  if (cached !== undefined && cached.until > Date.now()) return cached.addresses;
  const signal = AbortSignal.timeout(TIMEOUT);
  // One question after the other: a delivery must not use two of the six connections that may wait at a time.
  const records = [...(await ask(name, "A", resolver, signal)), ...(await ask(name, "AAAA", resolver, signal))];
  const addresses = records.filter(({ type }) => type === A || type === AAAA).map(({ data }) => data);
  if (addresses.length === 0) throw new UnresolvableName("it has no address");
  if (!addresses.every(isAddress)) throw new UnresolvableName(MALFORMED);
  const seconds = Math.min(...records.map(({ TTL }) => TTL));
  addToCache(key, addresses, Date.now() + Math.min(Math.max(seconds, MIN_CACHED), MAX_CACHED) * 1000);
  return addresses;
}

function addToCache(key: string, addresses: string[], until: number): void {
  cache.delete(key);
  cache.set(key, { addresses, until });
  const oldest = cache.size > CAPACITY ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
}

/** Record types (RFC 1035, section 3.2.2; RFC 3596, section 2.1). */
const A = 1;
const AAAA = 28;

const MALFORMED = "the resolver's answer is malformed";

/** A resolver's answer. Records of other types (an alias on the way) have no address in `data`. */
const answer = z.object({
  Status: z.int(),
  /** Whether the answer is truncated. It may then lack the address that matters. */
  TC: z.boolean().optional(),
  Answer: z.array(z.object({ type: z.int(), TTL: z.number().nonnegative(), data: z.string() })).optional(),
});

/** DNS response codes (RFC 1035, section 4.1.1) in words. */
const FAILURES: Readonly<Record<number, string>> = { 2: "its name servers fail", 3: "there is no such name" };

async function ask(name: string, type: string, resolver: string, signal: AbortSignal) {
  const answered = answer.safeParse(await readAnswer(question(name, type, resolver), signal));
  if (!answered.success || answered.data.TC) throw new UnresolvableName(MALFORMED);
  const { Status, Answer = [] } = answered.data;
  if (Status !== 0) throw new UnresolvableName(FAILURES[Status] ?? `the resolver says ${Status}`);
  return Answer;
}

/** The name is one encoded parameter, so that it cannot change the URL of the question. */
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
    if (response.status !== 200) throw new UnresolvableName(`the resolver answers ${response.status}`);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof OutOfRequests || error instanceof UnresolvableName) throw error;
    if (error instanceof SyntaxError) throw new UnresolvableName(MALFORMED);
    throw new UnresolvableName(signal.aborted ? "the resolver takes too long" : "the resolver cannot be reached");
  }
}
