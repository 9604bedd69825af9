/** How often alerts may be registered: by one caller, and for one target host, in an hour of the clock. */
import { Problem } from "../problem.ts";

/** Where a caller comes from: an IPv4 address, or the /64 of an IPv6 address, which is what one subscriber is given (RFC 6177). */
export function networkOf(address: string): string {
  if (!URL.canParse(`http://[${address}]`)) return address;
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = head.split(":").filter(Boolean);
  const after = tail?.split(":").filter(Boolean) ?? [];
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return `${[...before, ...(tail === undefined ? [] : zeros), ...after].slice(0, 4).join(":")}::/64`;
}

/** Counts a registration against its subjects (`caller:ADDRESS`, `host:NAME`). Throws a 429 Problem past the limit; 0 is no bound. */
export async function countRegistration(db: D1Database, subjects: readonly string[], limit: number): Promise<void> {
  if (limit === 0) return;
  const now = new Date();
  const hour = now.toISOString().slice(0, 13);
  const counts = await db.batch<{ count: number }>(
    subjects.map((subject) =>
      db
        .prepare(
          `INSERT INTO registrations (subject, hour, count) VALUES (?, ?, 1)
           ON CONFLICT (subject, hour) DO UPDATE SET count = count + 1 RETURNING count`,
        )
        .bind(subject, hour),
    ),
  );
  const over = counts.findIndex(({ results }) => (results[0]?.count ?? 0) > limit);
  if (over < 0) return;
  const whom = subjects[over]?.startsWith("caller:") ? "One caller may register" : "One host may be asked to confirm";
  const seconds = 3600 - (now.getUTCMinutes() * 60 + now.getUTCSeconds());
  throw new Problem(429, "Too many requests", `${whom} ${limit} alerts in an hour; try again in ${seconds} seconds`, {
    headers: { "retry-after": String(seconds) },
  });
}

/** Forgets the hours that are over. */
export async function forgetRegistrations(db: D1Database): Promise<void> {
  const hour = new Date(Date.now() - 3_600_000).toISOString().slice(0, 13);
  await db.prepare("DELETE FROM registrations WHERE hour < ?").bind(hour).run();
}
