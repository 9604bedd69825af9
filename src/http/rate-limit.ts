/**
 * Limits per clock hour: registrations of alerts, requests to the hub, wrong tokens. They count per caller, per target
 * host, and over all callers. This module alone reads and writes the table `registrations`.
 */
import ipaddr from "ipaddr.js";
import { Problem } from "./problem.ts";

/**
 * Returns the network of a caller: an IPv4 address, even if written as IPv6, or the /64 of an IPv6 address, which one
 * subscriber gets (RFC 6177). Other text is returned unchanged.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${ipaddr.fromByteArray([...parsed.toByteArray().slice(0, 8), ...Array<number>(8).fill(0)])}/64`;
}

/** Returns the network that a request came from, as the platform reports it. */
export const callerOf = (request: Request): string => networkOf(request.headers.get("cf-connecting-ip") ?? "unknown");

/** The global limit is this many times the limit per caller. */
const CALLERS = 25;

/** By kind of subject: its limit as a multiple of the limit per caller, and the limit in words. */
const BOUNDS: Readonly<Record<string, readonly [times: number, words: (most: number) => string]>> = {
  caller: [1, (most) => `One caller may register ${most} alerts in an hour`],
  host: [1, (most) => `One host may be asked to confirm ${most} alerts in an hour`],
  total: [CALLERS, (most) => `Here all callers together may register ${most} alerts in an hour`],
  "token-caller": [1, (most) => `One caller may send ${most} wrong tokens in an hour`],
  "token-total": [CALLERS, (most) => `All callers together may send ${most} wrong tokens in an hour`],
  // A service for readers subscribes to many topics, from one address and with one host.
  "hub-caller": [CALLERS, (most) => `One caller may ask the hub ${most} times in an hour`],
  "hub-host": [CALLERS, (most) => `Callbacks of one host may be asked to confirm ${most} times in an hour`],
  "hub-total": [CALLERS * CALLERS, (most) => `All callers together may ask the hub ${most} times in an hour`],
};

function boundOf(subject: string, limit: number): { most: number; words: string } {
  const bound = BOUNDS[subject.slice(0, subject.indexOf(":"))];
  if (bound === undefined) throw new Error(`no bound for ${subject}`);
  const [times, words] = bound;
  return { most: limit * times, words: words(limit * times) };
}

/**
 * Counts a registration against its subjects (`caller:ADDRESS`, `host:NAME`, `total:`, and those of the hub and of
 * tokens), in order. Throws a 429 Problem past a limit, and counts it against no further subject: a caller that is
 * refused must not use up what all callers share. A `limit` of 0 means no limit.
 */
export async function countRegistration(db: D1Database, subjects: readonly string[], limit: number): Promise<void> {
  if (limit === 0) return;
  const now = new Date();
  for (const subject of subjects) {
    const { most, words } = boundOf(subject, limit);
    if ((await countOne(db, subject, now)) > most) throw tooMany(words, now);
  }
}

/** Returns how often a subject was counted in this hour, this time included. */
async function countOne(db: D1Database, subject: string, now: Date): Promise<number> {
  const count = await db
    .prepare(
      `INSERT INTO registrations (subject, hour, count) VALUES (?, ?, 1)
       ON CONFLICT (subject, hour) DO UPDATE SET count = count + 1 RETURNING count`,
    )
    .bind(subject, now.toISOString().slice(0, 13))
    .first<number>("count");
  return count ?? 0;
}

function tooMany(bound: string, now: Date): Problem {
  const seconds = 3600 - (now.getUTCMinutes() * 60 + now.getUTCSeconds());
  const headers = { "retry-after": String(seconds) };
  return new Problem(429, "Too many requests", `${bound}; try again in ${seconds} seconds`, { headers });
}

/** Deletes the counts of past hours. */
export async function forgetRegistrations(db: D1Database): Promise<void> {
  const hour = new Date(Date.now() - 3_600_000).toISOString().slice(0, 13);
  await db.prepare("DELETE FROM registrations WHERE hour < ?").bind(hour).run();
}
