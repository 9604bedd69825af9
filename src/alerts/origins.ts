/**
 * Origins that links may name. Without PUBLIC_URL the request's `Host` header decides, and anyone can send any. So Parley sends
 * links to a host only after an operator was seen there. This module alone reads and writes the table `origins`.
 */
import type { Context } from "../http/context.ts";
import { Problem } from "../http/problem.ts";

type Addressed = Pick<Context, "env" | "settings" | "url" | "origin">;

/** Returns true for a host name of this machine. A deployed Worker is never reached by one. */
export const isLoopback = (hostname: string): boolean =>
  /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/** Returns true if the operator decides what links say, not the caller. */
const isSettled = ({ settings, url }: Addressed): boolean =>
  settings.publicUrl !== undefined || isLoopback(url.hostname);

/** Remembers an origin as the operator's own. */
export async function addOrigin(db: D1Database, origin: string): Promise<void> {
  await db
    .prepare("INSERT INTO origins (origin, seen_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
    .bind(origin, new Date().toISOString())
    .run();
}

/** Remembers the origin of a request that a curator has sent. */
export async function noteOperator(context: Addressed): Promise<void> {
  if (!isSettled(context)) await addOrigin(context.env.DB, context.origin);
}

/** Throws a 503 Problem if only the caller vouches for the origin. */
export async function requireKnownOrigin(context: Addressed): Promise<void> {
  if (isSettled(context)) return;
  const { env, origin } = context;
  const known = await env.DB.prepare("SELECT 1 FROM origins WHERE origin = ?").bind(origin).first();
  if (known !== null) return;
  const detail = `No operator was seen at ${origin} yet, so nothing is sent that links there. The operator must set PUBLIC_URL, or sign in once at ${origin}/curate`;
  throw new Problem(503, "Not set up", detail);
}
