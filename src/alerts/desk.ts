/** Alerts over HTTP: registration, confirmation, what became of the messages, removal. */

import type { z } from "zod";
import type { Context, Handler } from "../context.ts";
import { makeSecret } from "../delivery/signature.ts";
import { readInteger, readJson } from "../input.ts";
import { badRequest, type InputError, notFound, Problem } from "../problem.ts";
import { type Reading, reading } from "../query/reading.ts";
import { warnings } from "../query/warnings.ts";
import { readHead } from "../record/log.ts";
import { readNames } from "../record/names.ts";
import { readQuery } from "../record/query.ts";
import {
  type AlertStatus,
  alertInput,
  alertPatch,
  type Channel,
  makeAlertId,
  randomText,
  replayInput,
  shardOf,
} from "./alert.ts";
import type { NewAlert, Outcome, Refused, ShardCalls } from "./calls.ts";
import { listShards, openShard, shardStub } from "./directory.ts";
import { callerOf, countRegistration } from "./limits.ts";
import { bearerToken, hash } from "./secrets.ts";
import { checkTarget, hostNameOf } from "./target.ts";

const MAX_BODY = 16 * 1024;

/** POST /api/alerts: 201 with what is shown this once. */
export const postAlert: Handler = async (request, context) => {
  const registered = await registerAlert(await readJson(request, alertInput, MAX_BODY), request, context);
  const location = `${context.origin}/api/alerts/${registered.id}`;
  return Response.json(registered, { status: 201, headers: { location, "cache-control": "no-store" } });
};

/** What the one who registers an alert is told; token and secret only this once. */
export interface Registered {
  id: string;
  token: string;
  secret: string;
  /** Canonical. */
  query: string;
  status: AlertStatus;
  feed_url: string;
  reading: Reading[];
  /** What may not be as it was meant. */
  warnings: string[];
}

/** Registers an alert. Throws a Problem for a bad query, a URL that may not be called, or too many registrations. */
export async function registerAlert(
  input: z.output<typeof alertInput>,
  request: Request,
  context: Context,
): Promise<Registered> {
  const { env, settings, origin } = context;
  const head = await readHead(env.DB);
  const names = await readNames(env.DB, head);
  const errors: InputError[] = [];
  const query = await noting(errors, () => readQuery(input.query, names, "query"));
  await noting(errors, () => checkChannel(input.channel, context));
  if (query === undefined || errors.length > 0) throw badRequest(errors);
  await countRegistration(env.DB, registrationSubjects(request, input.channel), settings.registrationLimit);
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
    feed_url: feedUrl(origin, id, feedKey),
    reading: reading(query.tree),
    warnings: warnings(input.query, query, names.vocabulary),
  };
}

/** What a check refuses is noted rather than thrown, so that all mistakes are told at once. */
async function noting<T>(errors: InputError[], run: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    errors.push(...error.errors);
    return undefined;
  }
}

async function checkChannel(channel: Channel, context: Context): Promise<void> {
  if (channel.type !== "feed") await checkTarget(channel.url, "channel.url", context);
}

/** The bound that all callers share comes last: see `countRegistration`. */
/** Services that many share, so that a host is nobody in particular there: each address counts by itself. */
const SHARED_HOSTS = ["hooks.slack.com", "discord.com", "discordapp.com", "ntfy.sh"];

function targetOf(address: string): string {
  const host = hostNameOf(address);
  return SHARED_HOSTS.includes(host) ? host + new URL(address).pathname : host;
}

function registrationSubjects(request: Request, channel: Channel): string[] {
  const caller = `caller:${callerOf(request)}`;
  const host = channel.type === "feed" ? [] : [`host:${targetOf(channel.url)}`];
  return [caller, ...host, "total:"];
}

/** The key of an alert's feed follows from its token, so that whoever holds the token can always be told the feed's address. */
const feedKeyOf = async (token: string): Promise<string> => (await hash(`feed:${token}`)).slice(0, 40);

const feedUrl = (origin: string, id: string, key: string): string => `${origin}/alerts/${id}.rss?key=${key}`;

/** Puts an alert into the last shard, or into a new one where that is full. */
async function place({ env }: Context, alert: NewAlert): Promise<{ id: string }> {
  const last = (await listShards(env.DB)).at(-1);
  for (let number = last ?? 0; ; number++) {
    if (last === undefined || number > last) await openShard(env.DB, number);
    const id = makeAlertId(number);
    const register = () => shardStub(env, number).register(id, alert);
    // Asked a second time where the answer got lost: the shard may have registered it, and nobody would know its token.
    if (await register().catch(register)) return { id };
  }
}

/** The one answer to an unknown alert and to a wrong token. */
const noSuchAlert = () => notFound("There is no such alert, or this is not its token");

/** The shard of an alert and the hash of the token that the request bears. */
async function authorise(request: Request, { env, params }: Context) {
  const id = params["id"] ?? "";
  const token = bearerToken(request);
  const stub = token === undefined ? undefined : await stubOf(env, id);
  if (token === undefined || stub === undefined) throw noSuchAlert();
  return { id, token, tokenHash: await hash(token), stub };
}

/** The shard that an alert's id names. Only one that was opened: a made-up number must not make a Durable Object. */
async function stubOf(env: Context["env"], id: string): Promise<ShardCalls | undefined> {
  const shard = shardOf(id);
  const opened = shard !== undefined && (await listShards(env.DB)).includes(shard);
  return opened ? shardStub(env, shard) : undefined;
}

/** GET /api/alerts/{id} */
export const showAlert: Handler = async (request, context) => {
  const { id, token, tokenHash, stub } = await authorise(request, context);
  const alert = await stub.view(id, tokenHash);
  if (alert === undefined) throw noSuchAlert();
  return privateJson({ ...alert, feed_url: feedUrl(context.origin, id, await feedKeyOf(token)) });
};

/** PATCH /api/alerts/{id}: another query, another channel (which is asked to confirm), paused or active. */
export const changeAlert: Handler = async (request, context) => {
  const { id, token, tokenHash, stub } = await authorise(request, context);
  const { query, channel, status } = await readJson(request, alertPatch, MAX_BODY);
  // Nothing is looked up for whoever has no right to it.
  const alert = await stub.view(id, tokenHash);
  if (alert === undefined) throw noSuchAlert();
  const { env, settings, origin } = context;
  const names = await readNames(env.DB, await readHead(env.DB));
  const errors: InputError[] = [];
  const parsed = query === undefined ? undefined : await noting(errors, () => readQuery(query, names, "query"));
  if (channel) await noting(errors, () => checkChannel(channel, context));
  if (errors.length > 0) throw badRequest(errors);
  // One that was never confirmed is asked again when its alert is resumed.
  const asked = channel ?? (status === "active" && alert.confirmed_at === null ? alert.channel : undefined);
  if (asked) await countRegistration(env.DB, registrationSubjects(request, asked), settings.registrationLimit);
  const changed = unwrap(await stub.change(id, tokenHash, { source: query, channel, status }));
  const told = parsed && {
    reading: reading(parsed.tree),
    warnings: warnings(query ?? "", parsed, names.vocabulary),
  };
  return privateJson({ ...changed, feed_url: feedUrl(origin, id, await feedKeyOf(token)), ...told });
};

/** POST /api/alerts/{id}/deliveries/{sequence}/redeliver: 202. */
export const redeliverMessage: Handler = async (request, context) => {
  const { id, tokenHash, stub } = await authorise(request, context);
  const sequence = readSequence(context.params["sequence"] ?? "");
  return accepted(unwrap(await stub.redeliver(id, tokenHash, sequence)));
};

/** A message's number in the path; what is none names no message. */
function readSequence(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound("There is no such message");
  return Number(text);
}

/** POST /api/alerts/{id}/replay: 202 with how many messages it made. */
export const replayAlert: Handler = async (request, context) => {
  const { id, tokenHash, stub } = await authorise(request, context);
  const range = await readJson(request, replayInput, MAX_BODY);
  return accepted(unwrap(await stub.replay(id, tokenHash, range)));
};

/** POST /api/alerts/{id}/test: 202; a message of type `alert.test` follows. */
export const testAlert: Handler = async (request, context) => {
  const { id, tokenHash, stub } = await authorise(request, context);
  return accepted(unwrap(await stub.sendTest(id, tokenHash)));
};

/** POST /api/alerts/{id}/rotate: 200 with the new secret; the one before signs beside it for 24 hours. */
export const rotateSecret: Handler = async (request, context) => {
  const { id, tokenHash, stub } = await authorise(request, context);
  return privateJson(unwrap(await stub.rotate(id, tokenHash, makeSecret())));
};

const TITLES = { 404: "Not found", 409: "Conflict", 429: "Too many requests", 503: "Not yet" } as const;

/** What a shard answered, or the Problem that it is. */
function unwrap<T extends object>(outcome: Outcome<T>): T {
  if (outcome === undefined) throw noSuchAlert();
  if (!("refused" in outcome)) return outcome;
  throw problemOf(outcome);
}

/** What a shard refused, as the Problem that it is. */
export function problemOf({ refused, status, retryAfter }: Refused): Problem {
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  return new Problem(status, TITLES[status], refused.charAt(0).toUpperCase() + refused.slice(1), { headers });
}

const accepted = (body: object): Response =>
  Response.json(body, { status: 202, headers: { "cache-control": "no-store" } });

/** DELETE /api/alerts/{id} */
export const removeAlert: Handler = async (request, context) => {
  const { id, tokenHash, stub } = await authorise(request, context);
  if (!(await stub.remove(id, tokenHash))) throw noSuchAlert();
  return new Response(null, { status: 204 });
};

/** GET /api/alerts/{id}/deliveries */
export const listDeliveries: Handler = async (request, context) => {
  const { id, tokenHash, stub } = await authorise(request, context);
  const after = readInteger(context.url, "after", 0, 0, Number.MAX_SAFE_INTEGER);
  const limit = readInteger(context.url, "limit", 50, 1, 200);
  const listed = await stub.deliveries(id, tokenHash, after, limit);
  if (listed === undefined) throw noSuchAlert();
  return privateJson(listed);
};

const privateJson = (body: object): Response => Response.json(body, { headers: { "cache-control": "no-store" } });

/** The alert behind a confirmation link, and the way to confirm it. */
export async function findChallenged({ env, params, url }: Context) {
  const id = params["id"] ?? "";
  const code = url.searchParams.get("code") ?? "";
  const stub = await stubOf(env, id);
  const alert = await stub?.challenged(id, code);
  if (stub === undefined || alert === undefined) throw notFound("There is no such alert, or it has expired");
  return { alert, confirm: () => stub.confirm(id, code) };
}

/** The matches of an alert, for whoever holds its feed's key. */
export async function findFeed({ env, params, url }: Context, limit: number) {
  const id = params["id"] ?? "";
  const found = await (await stubOf(env, id))?.feed(id, await hash(url.searchParams.get("key") ?? ""), limit);
  if (found === undefined) throw notFound("There is no such feed, or this is not its key");
  return found;
}
