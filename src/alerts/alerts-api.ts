/** Alerts over HTTP: registration, confirmation, what became of the messages, removal. */

import { bearerToken, hash } from "../http/auth.ts";
import type { Context, Handler } from "../http/context.ts";
import { readInteger, readJson, readParameter } from "../http/input.ts";
import { notFound } from "../http/problem.ts";
import { alertInput, alertPatch, replayInput } from "./alert.ts";
import * as holder from "./holder.ts";
import { registerAlert } from "./registration.ts";
import { stubOf } from "./shards.ts";

const MAX_BODY = 16 * 1024;

/** POST /api/alerts: 201 with what is shown this once. */
export const postAlert: Handler = async (request, context) => {
  const registered = await registerAlert(await readJson(request, alertInput, MAX_BODY), request, context);
  const location = `${context.origin}/api/alerts/${registered.id}`;
  return Response.json(registered, { status: 201, headers: { location, "cache-control": "no-store" } });
};

/** Whoever the request's token makes the holder of the alert. */
const authorise = (request: Request, context: Context): Promise<holder.Holder> =>
  holder.holderOf(context.params["id"] ?? "", bearerToken(request), context);

/** GET /api/alerts/{id} */
export const showAlert: Handler = async (request, context) =>
  privateJson(await holder.viewAlert(await authorise(request, context), context));

/** PATCH /api/alerts/{id}: another query, another channel (which is asked to confirm), paused or active. */
export const changeAlert: Handler = async (request, context) => {
  const held = await authorise(request, context);
  return privateJson(await holder.changeAlert(held, await readJson(request, alertPatch, MAX_BODY), request, context));
};

/** POST /api/alerts/{id}/deliveries/{sequence}/redeliver: 202. */
export const redeliverMessage: Handler = async (request, context) =>
  accepted(await holder.redeliver(await authorise(request, context), context.params["sequence"] ?? ""));

/** POST /api/alerts/{id}/replay: 202 with how many messages it made. */
export const replayAlert: Handler = async (request, context) => {
  const held = await authorise(request, context);
  return accepted(await holder.replay(held, await readJson(request, replayInput, MAX_BODY)));
};

/** POST /api/alerts/{id}/test: 202; a message of type `alert.test` follows. */
export const testAlert: Handler = async (request, context) =>
  accepted(await holder.sendTest(await authorise(request, context)));

/** POST /api/alerts/{id}/rotate: 200 with the new secret; the one before signs beside it for 24 hours. */
export const rotateSecret: Handler = async (request, context) =>
  privateJson(await holder.rotate(await authorise(request, context)));

const accepted = (body: object): Response =>
  Response.json(body, { status: 202, headers: { "cache-control": "no-store" } });

/** DELETE /api/alerts/{id} */
export const removeAlert: Handler = async (request, context) => {
  await holder.remove(await authorise(request, context));
  return new Response(null, { status: 204 });
};

/** GET /api/alerts/{id}/deliveries */
export const listDeliveries: Handler = async (request, context) => {
  const held = await authorise(request, context);
  const after = readInteger(context.url, "after", 0, 0, Number.MAX_SAFE_INTEGER);
  const limit = readInteger(context.url, "limit", 50, 1, 200);
  return privateJson(await holder.listMessages(held, after, limit));
};

const privateJson = (body: object): Response => Response.json(body, { headers: { "cache-control": "no-store" } });

/** The alert behind a confirmation link, and the way to confirm it. */
export async function findChallenged({ env, params, url }: Context) {
  const id = params["id"] ?? "";
  const code = readParameter(url.searchParams, "code") ?? "";
  const stub = await stubOf(env, id);
  const alert = await stub?.challenged(id, code);
  if (stub === undefined || alert === undefined) throw notFound("There is no such alert, or it has expired");
  return { alert, confirm: () => stub.confirm(id, code) };
}

/** The matches of an alert, for whoever holds its feed's key. */
export async function findFeed({ env, params, url }: Context, limit: number) {
  const id = params["id"] ?? "";
  const found = await (await stubOf(env, id))?.feed(
    id,
    await hash(readParameter(url.searchParams, "key") ?? ""),
    limit,
  );
  if (found === undefined) throw notFound("There is no such feed, or this is not its key");
  return found;
}
