/** Registration of alerts: checks, rate limits, and the choice of a shard. */
import type { z } from "zod";
import { type Channel, SHARED_HOSTS } from "../channels/channel-kinds.ts";
import { makeSecret } from "../delivery/signature.ts";
import { hash } from "../http/auth.ts";
import type { Context } from "../http/context.ts";
import { badRequest, type InputError, Problem } from "../http/problem.ts";
import { callerOf, countRegistration } from "../http/rate-limit.ts";
import { reading } from "../query/reading.ts";
import { warnings } from "../query/warnings.ts";
import { readHead } from "../record/log.ts";
import { readNames } from "../record/names/read-names.ts";
import { readQuery } from "../record/search/read-query.ts";
import type { NewAlert } from "../shard/calls.ts";
import { type alertInput, makeAlertId, randomText } from "./alert.ts";
import type { Registered } from "./alert-answers.ts";
import { requireKnownOrigin } from "./origins.ts";
import { listShards, openShard, shardStub } from "./shards.ts";
import { checkTarget, hostNameOf } from "./target.ts";

/** Registers an alert. Throws a Problem for a bad query, a URL that may not be called, or too many registrations. */
export async function registerAlert(
  input: z.output<typeof alertInput>,
  request: Request,
  context: Context,
): Promise<Registered> {
  const { env, origin } = context;
  const head = await readHead(env.DB);
  const names = await readNames(env.DB, head);
  const errors: InputError[] = [];
  const query = await noting(errors, () => readQuery(input.query, names, "query"));
  await noting(errors, () => checkChannel(input.channel, context));
  if (query === undefined || errors.length > 0) throw badRequest(errors);
  await allowAsking(request, input.channel, context);
  const token = randomText(40);
  const secret = makeSecret();
  const feedKey = await feedKeyOf(token);
  const { id } = await place(context, {
    source: input.query,
    query: query.canonical,
    channel: input.channel,
    tokenHash: await hash(token),
    feedKeyHash: await hash(feedKey),
    secret,
    origin,
    since: head.number,
  });
  return {
    id,
    token,
    secret,
    query: query.canonical,
    status: input.channel.type === "feed" ? "active" : "pending",
    feed_url: await feedUrlOf(origin, id, token),
    reading: reading(query.tree),
    warnings: warnings(input.query, query, names.vocabulary),
  };
}

/** Collects the errors of a check instead of throwing, so that all mistakes are reported at once. */
export async function noting<T>(errors: InputError[], run: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    errors.push(...error.errors);
    return undefined;
  }
}

/** Throws a Problem at `channel.url` if the channel may not be called. */
export async function checkChannel(channel: Channel, context: Context): Promise<void> {
  if (channel.type !== "feed") await checkTarget(channel.url, "channel.url", context);
}

/**
 * Checks that a channel may be asked to confirm, and counts the request. Throws a 503 Problem if the link would name an unknown origin,
 * and a 429 Problem if the rate limit is reached.
 */
export async function allowAsking(request: Request, channel: Channel, context: Context): Promise<void> {
  const { env, settings } = context;
  if (channel.type !== "feed") await requireKnownOrigin(context);
  await countRegistration(env.DB, registrationSubjects(request, channel), settings.registrationLimit);
}

/** Returns the subjects to count. The limit that all callers share comes last: see `countRegistration`. */
function registrationSubjects(request: Request, channel: Channel): string[] {
  const caller = `caller:${callerOf(request)}`;
  const host = channel.type === "feed" ? [] : [`host:${targetOf(channel.url)}`];
  return [caller, ...host, "total:"];
}

/** Returns the subject for a target: the host, or the address if the host is shared. */
function targetOf(address: string): string {
  const host = hostNameOf(address);
  return SHARED_HOSTS.includes(host) ? host + new URL(address).pathname : host;
}

/** Derives the key of an alert's feed from the token, so that the address can be shown again to the token's holder. */
const feedKeyOf = async (token: string): Promise<string> => (await hash(`feed:${token}`)).slice(0, 40);

/** Returns the address of an alert's feed. */
export const feedUrlOf = async (origin: string, id: string, token: string): Promise<string> =>
  `${origin}/alerts/${id}.rss?key=${await feedKeyOf(token)}`;

/** Registers an alert in the last shard, or in a new one if that is full. */
async function place({ env }: Context, alert: NewAlert): Promise<{ id: string }> {
  const last = (await listShards(env.DB)).at(-1);
  for (let number = last ?? 0; ; number++) {
    if (last === undefined || number > last) await openShard(env.DB, number);
    const id = makeAlertId(number);
    const register = () => shardStub(env, number).register(id, alert);
    // Retried once if the answer is lost: the shard may have registered the alert, and nobody would know its token.
    if (await register().catch(register)) return { id };
  }
}
