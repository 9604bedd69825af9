/** Alerts over HTTP. Only the holder of an alert's token may see or change it. */
import * as z from "zod";
import { bearerToken } from "../http/auth.ts";
import type { Context } from "../http/context.ts";
import { inPath, inQuery, jsonBody, readParameter, wholeNumber } from "../http/input.ts";
import { type Access, everyone, json, operation } from "../http/operation.ts";
import { notFound } from "../http/problem.ts";
import { pageSize } from "../record/search/read-query.ts";
import { alertId, alertInput, alertPatch, replayInput } from "./alert.ts";
import { alertAnswers as answers } from "./alert-answers.ts";
import * as holder from "./holder.ts";
import { registerAlert } from "./registration.ts";
import { stubOf } from "./shards.ts";

const MAX_BODY = 16 * 1024;
const PRIVATE = { "cache-control": "no-store" };
const tag = "Alerts";

/** The caller holds the alert's token. An unknown alert and a wrong token are the same 404 Problem. */
const access: Access<holder.Holder> = {
  security: [{ alert: [] }],
  problems: [404],
  read: (request, context) => holder.holderOf(context.params["id"] ?? "", bearerToken(request), context),
};
const path = inPath(z.object({ id: alertId }), holder.noSuchAlert);

/** POST /api/alerts */
export const postAlert = operation(
  {
    id: "registerAlert",
    summary: "Register an alert; its channel is asked to confirm it",
    tag,
    input: { access: everyone, body: jsonBody(alertInput, MAX_BODY) },
    answers: { 201: json("Registered", answers.registered, { Location: "The alert" }) },
    problems: [429],
  },
  async ({ body, reply }, context, request) => {
    const registered = await registerAlert(body, request, context);
    return reply(201, registered, { location: `${context.origin}/api/alerts/${registered.id}`, ...PRIVATE });
  },
);

/** GET /api/alerts/{id} */
export const showAlert = operation(
  {
    id: "getAlert",
    summary: "An alert",
    tag,
    input: { access, path },
    answers: { 200: json("The alert", answers.held) },
  },
  async ({ access: held, reply }, context) => reply(200, await holder.viewAlert(held, context), PRIVATE),
);

/** PATCH /api/alerts/{id} */
export const changeAlert = operation(
  {
    id: "changeAlert",
    summary: "Change an alert: its query, its channel (which is asked to confirm), or whether it is paused",
    tag,
    input: { access, path, body: jsonBody(alertPatch, MAX_BODY) },
    answers: { 200: json("The alert after the change; with a new query, how it was read", answers.changed) },
    problems: [409, 429],
  },
  async ({ access: held, body, reply }, context, request) =>
    reply(200, await holder.changeAlert(held, body, request, context), PRIVATE),
);

/** DELETE /api/alerts/{id} */
export const removeAlert = operation(
  {
    id: "removeAlert",
    summary: "Remove an alert; nothing is sent after it",
    tag,
    input: { access, path },
    answers: { 204: { description: "Removed" } },
  },
  async ({ access: held }) => {
    await holder.remove(held);
    return new Response(null, { status: 204 });
  },
);

/** GET /api/alerts/{id}/deliveries */
export const listDeliveries = operation(
  {
    id: "listDeliveries",
    summary: "The messages of an alert in order, with every attempt",
    tag,
    input: {
      access,
      path,
      query: inQuery(
        z.object({
          after: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0).describe("Only messages with a higher number"),
          limit: pageSize,
        }),
      ),
    },
    answers: { 200: json("A page of messages", answers.deliveries) },
  },
  async ({ access: held, query: { after, limit }, reply }) =>
    reply(200, await holder.listMessages(held, after, limit), PRIVATE),
);

const messagePath = inPath(z.object({ id: alertId, sequence: holder.messageNumber }), holder.noSuchMessage);

/** POST /api/alerts/{id}/deliveries/{sequence}/redeliver */
export const redeliverMessage = operation(
  {
    id: "redeliverMessage",
    summary: "Send a message again, under the same id",
    tag,
    input: { access, path: messagePath },
    answers: { 202: json("The message, which will be sent", answers.sent) },
    problems: [409],
  },
  async ({ access: held, path: { sequence }, reply }) => reply(202, await holder.redeliver(held, sequence), PRIVATE),
);

/** POST /api/alerts/{id}/replay */
export const replayAlert = operation(
  {
    id: "replayAlert",
    summary: "Send past articles that match, as new messages marked as a replay",
    tag,
    input: { access, path, body: jsonBody(replayInput, MAX_BODY) },
    answers: { 202: json("How many messages it made", answers.replayed) },
    problems: [409, 429],
  },
  async ({ access: held, body, reply }) => reply(202, await holder.replay(held, body), PRIVATE),
);

/** POST /api/alerts/{id}/test */
export const testAlert = operation(
  {
    id: "testAlert",
    summary: "Send a message of type alert.test",
    tag,
    input: { access, path },
    answers: { 202: json("The message, which will be sent", answers.sent) },
    problems: [409, 429],
  },
  async ({ access: held, reply }) => reply(202, await holder.sendTest(held), PRIVATE),
);

/** POST /api/alerts/{id}/rotate */
export const rotateSecret = operation(
  {
    id: "rotateSecret",
    summary: "Make a new secret; for 24 hours the old one signs messages as well",
    tag,
    input: { access, path },
    answers: { 200: json("The new secret", answers.rotated) },
    problems: [429],
  },
  async ({ access: held, reply }) => reply(200, await holder.rotate(held), PRIVATE),
);

/** Returns the alert behind a confirmation link, and a way to confirm it. Throws a 404 Problem if there is none. */
export async function findChallenged({ env, params, url }: Context) {
  const id = params["id"] ?? "";
  const code = readParameter(url.searchParams, "code") ?? "";
  const stub = await stubOf(env, id);
  const alert = await stub?.challenged(id, code);
  if (stub === undefined || alert === undefined) throw notFound("There is no such alert, or it has expired");
  return { alert, confirm: () => stub.confirm(id, code) };
}
