/** The operations of an alert's owner, for the API and the pages alike. */
import * as z from "zod";
import { makeSecret } from "../delivery/signature.ts";
import { hash } from "../http/auth.ts";
import type { Context } from "../http/context.ts";
import { badRequest, type InputError, notFound, Problem } from "../http/problem.ts";
import { reading } from "../query/reading.ts";
import { warnings } from "../query/warnings.ts";
import { readHead } from "../record/log.ts";
import { readNames } from "../record/names/read-names.ts";
import { readQuery } from "../record/search/read-query.ts";
import type { Outcome, Refused } from "../shard/calls.ts";
import type { alertPatch, ReplayRange } from "./alert.ts";
import type { ChangedAlert, DeliveryList, HeldAlert, Replayed, Sent } from "./alert-answers.ts";
import { allowAsking, checkChannel, feedUrlOf, noting } from "./registration.ts";
import { type ShardStub, stubOf } from "./shards.ts";

/** An alert's id, a token to check, and the alert's shard. Every function below throws a 404 Problem for a wrong token. */
export interface Holder {
  id: string;
  token: string;
  tokenHash: string;
  stub: ShardStub;
}

/** Returns the holder of a token for an alert. Throws a 404 Problem if no shard can have the alert. */
export async function holderOf(id: string, token: string | undefined, { env }: Context): Promise<Holder> {
  const stub = token === undefined ? undefined : await stubOf(env, id);
  if (token === undefined || stub === undefined) throw noSuchAlert();
  return { id, token, tokenHash: await hash(token), stub };
}

/** The same answer for an unknown alert and for a wrong token. */
export const noSuchAlert = () => notFound("There is no such alert, or this is not its token");

export async function viewAlert({ id, token, tokenHash, stub }: Holder, { origin }: Context): Promise<HeldAlert> {
  const alert = await stub.view(id, tokenHash);
  if (alert === undefined) throw noSuchAlert();
  return { ...alert, feed_url: await feedUrlOf(origin, id, token) };
}

/** Changes query, channel or status. A new channel has to confirm. For a new query, returns how it was read. */
export async function changeAlert(
  holder: Holder,
  { query, channel, status }: z.output<typeof alertPatch>,
  request: Request,
  context: Context,
): Promise<ChangedAlert> {
  const { id, token, tokenHash, stub } = holder;
  // Checked first, so that nothing is looked up for a wrong token.
  const alert = await viewAlert(holder, context);
  const { env, origin } = context;
  const names = await readNames(env.DB, await readHead(env.DB));
  const errors: InputError[] = [];
  const parsed = query === undefined ? undefined : await noting(errors, () => readQuery(query, names, "query"));
  if (channel) await noting(errors, () => checkChannel(channel, context));
  if (errors.length > 0) throw badRequest(errors);
  // Resuming an alert that was never confirmed asks its channel again.
  const asked = channel ?? (status === "active" && alert.confirmed_at === null ? alert.channel : undefined);
  if (asked) await allowAsking(request, asked, context);
  // The link in the confirmation names the origin that was checked, not the one of the registration.
  const change = { source: query, channel, status, ...(asked && { origin }) };
  const changed = unwrap(await stub.change(id, tokenHash, change));
  const told = parsed && {
    reading: reading(parsed.tree),
    warnings: warnings(query ?? "", parsed, names.vocabulary),
  };
  return { ...changed, feed_url: await feedUrlOf(origin, id, token), ...told };
}

/** Returns the messages after a number, in order, with their attempts. */
export async function listMessages(
  { id, tokenHash, stub }: Holder,
  after: number,
  limit: number,
): Promise<DeliveryList> {
  const listed = await stub.deliveries(id, tokenHash, after, limit);
  if (listed === undefined) throw noSuchAlert();
  return listed;
}

/** The number of a message, as an address or a form writes it. */
export const messageNumber = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/)
  .describe("The number of a message");

export const noSuchMessage = () => notFound("There is no such message");

/** Sends a message again. Throws a 404 Problem for a text that is no number of a message. */
export async function redeliver({ id, tokenHash, stub }: Holder, sequence: string): Promise<Sent> {
  if (!messageNumber.safeParse(sequence).success) throw noSuchMessage();
  return unwrap(await stub.redeliver(id, tokenHash, Number(sequence)));
}

/** Sends the matching articles that came onto the wire in a range of time. */
export async function replay({ id, tokenHash, stub }: Holder, range: ReplayRange): Promise<Replayed> {
  return unwrap(await stub.replay(id, tokenHash, range));
}

/** Sends a message of type `alert.test`. */
export async function sendTest({ id, tokenHash, stub }: Holder): Promise<Sent> {
  return unwrap(await stub.sendTest(id, tokenHash));
}

/** Makes a new secret. The former one signs beside it for 24 hours. */
export async function rotate({ id, tokenHash, stub }: Holder): Promise<{ secret: string }> {
  return unwrap(await stub.rotate(id, tokenHash, makeSecret()));
}

/** Removes the alert. Nothing is sent after that. */
export async function remove({ id, tokenHash, stub }: Holder): Promise<void> {
  if (!(await stub.remove(id, tokenHash))) throw noSuchAlert();
}

const TITLES = { 404: "Not found", 409: "Conflict", 429: "Too many requests", 503: "Not yet" } as const;

/** Returns a shard's answer. Throws a Problem for a refusal. */
function unwrap<T extends object>(outcome: Outcome<T>): T {
  if (outcome === undefined) throw noSuchAlert();
  if (!("refused" in outcome)) return outcome;
  throw problemOf(outcome);
}

/** Returns a shard's refusal as a Problem. */
export function problemOf({ refused, status, retryAfter }: Refused): Problem {
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  return new Problem(status, TITLES[status], refused.charAt(0).toUpperCase() + refused.slice(1), { headers });
}
