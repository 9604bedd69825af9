/** How often alerts may be registered in an hour of the clock: by one caller, for one target host, and in all. */
import ipaddr from "ipaddr.js";
import { Problem } from "../problem.ts";

/**
 * Where a caller comes from: an IPv4 address, also where it is written as IPv6, or the /64 of an IPv6 address, which is what one
 * subscriber is given (RFC 6177). What is no address stays as it is.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${ipaddr.fromByteArray([...parsed.toByteArray().slice(0, 8), ...Array<number>(8).fill(0)])}/64`;
}

/** In all, so many times as often as one caller may. */
const CALLERS = 25;

/** What a subject of a count is: how often it may be, and in words. */
function boundOf(subject: string, limit: number): { most: number; whom: string } {
  if (subject.startsWith("caller:")) return { most: limit, whom: "One caller may register" };
  if (subject.startsWith("host:")) return { most: limit, whom: "One host may be asked to confirm" };
  return { most: limit * CALLERS, whom: "Here all callers together may register" };
}

/**
 * Counts a registration against its subjects (`caller:ADDRESS`, `host:NAME`, `total:`) in their order. Throws a 429 Problem past a limit,
 * and then counts it against no further one: a caller that is refused must not use up what all share. 0 is no bound.
 */
export async function countRegistration(db: D1Database, subjects: readonly string[], limit: number): Promise<void> {
  if (limit === 0) return;
  const now = new Date();
  for (const subject of subjects) {
    const { most, whom } = boundOf(subject, limit);
    if ((await countOne(db, subject, now)) > most) throw tooMany(`${whom} ${most} alerts in an hour`, now);
  }
}

/** How often it was counted in this hour, this time included. */
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

/** Forgets the hours that are over. */
export async function forgetRegistrations(db: D1Database): Promise<void> {
  const hour = new Date(Date.now() - 3_600_000).toISOString().slice(0, 13);
  await db.prepare("DELETE FROM registrations WHERE hour < ?").bind(hour).run();
}
