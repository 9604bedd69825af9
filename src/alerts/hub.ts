/** POST /hub: what subscribers ask of a WebSub hub (W3C Recommendation, section 5.1). What comes of it is asked of their callbacks. */
import * as z from "zod";
import type { Context, Handler } from "../context.ts";
import { judgeDestination } from "../delivery/destination.ts";
import { sha256 } from "../digest.ts";
import type { Env } from "../env.ts";
import { readTopic } from "../feeds/topic.ts";
import { check, readText } from "../input.ts";
import { badRequest, Problem } from "../problem.ts";
import { readHead } from "../record/log.ts";
import { randomText } from "./alert.ts";
import type { HubAsking } from "./calls.ts";
import { claimSubscription, listShards, moveSubscription, openShard, shardStub } from "./directory.ts";
import { countRegistration, networkOf } from "./limits.ts";

const MAX_BODY = 16 * 1024;
const DAY = 24 * 60 * 60;
/** How long a subscription may last, and lasts where nobody says, in seconds. */
const MOST_LEASE = 30 * DAY;
const LEASE = 10 * DAY;
/** A secret has fewer bytes than this (section 5.1). */
const SECRET_BYTES = 200;

/** The body of POST /hub. */
export const hubForm = z.object({
  "hub.mode": z.enum(["subscribe", "unsubscribe"], { error: "subscribe or unsubscribe was expected" }),
  "hub.callback": z
    .string("the address to be called was expected")
    .refine((callback) => !callback.includes("#"), "must have no fragment")
    .describe("https, port 443 or 8443, a host on the public Internet"),
  "hub.topic": z.string("the address of a feed was expected").describe("A feed's own address, as it names itself"),
  "hub.secret": z
    .string()
    .refine(
      (secret) => new TextEncoder().encode(secret).length < SECRET_BYTES,
      `must have fewer than ${SECRET_BYTES} bytes`,
    )
    .optional(),
  "hub.lease_seconds": z
    .string()
    .regex(/^\d{1,15}$/, "a whole number of seconds was expected")
    .optional()
    .describe("Granted up to 30 days; 10 days where it is absent"),
});

/** 202: the callback is asked. Throws a Problem for what cannot be asked, or too often. */
export const askHub: Handler = async (request, context) => {
  const asking = await readAsking(await readForm(request), context);
  const { env, settings } = context;
  const caller = networkOf(request.headers.get("cf-connecting-ip") ?? "unknown");
  const host = new URL(asking.callback).hostname.replace(/\.+$/, "");
  const subjects = [`hub-caller:${caller}`, `hub-host:${host}`, "hub-total:"];
  await countRegistration(env.DB, subjects, settings.registrationLimit);
  await pass(env, asking);
  return new Response(null, { status: 202, headers: { "cache-control": "no-store" } });
};

async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new Problem(415, "Unsupported media type", "application/x-www-form-urlencoded was expected");
  }
  return new URLSearchParams(await readText(request, MAX_BODY));
}

/** Parameters that are not known are passed over, as section 5.1 says; those that are empty count as absent. */
async function readAsking(form: URLSearchParams, context: Context): Promise<HubAsking> {
  const asked = check(Object.fromEntries([...form].filter(([, value]) => value !== "")), hubForm);
  const { "hub.mode": mode, "hub.callback": callback, "hub.topic": written, "hub.secret": secret } = asked;
  await checkCallback(callback, context);
  const { canonical: address, listing, query } = await readTopic(written, context);
  const { number: since } = await readHead(context.env.DB);
  return {
    mode,
    callback,
    topic: written,
    address,
    listing,
    query,
    lease: Math.min(Math.max(Number(asked["hub.lease_seconds"] ?? LEASE), 1), MOST_LEASE),
    secret,
    origin: context.origin,
    since,
    nonce: randomText(16),
  };
}

async function checkCallback(callback: string, { settings, origin, url }: Context): Promise<void> {
  const refusal = await judgeDestination(callback, {
    allowPrivate: settings.allowPrivateTargets,
    own: [origin, url.origin],
    resolver: settings.dnsResolver,
  });
  if (refusal) throw badRequest([{ path: "hub.callback", message: refusal.because }]);
}

/** Passes what is asked to the shard that has the subscription; a new one goes where there is room, as alerts do. */
async function pass(env: Env, asking: HubAsking): Promise<void> {
  const id = `sub_${(await sha256(`${asking.topic}\n${asking.callback}`)).slice(0, 40)}`;
  const { DB } = env;
  const last = (await listShards(DB)).at(-1) ?? 0;
  const { mode, nonce } = asking;
  let shard = await claimSubscription(DB, { id, nonce }, mode === "subscribe" ? last : undefined);
  // There is nothing to end.
  if (shard === undefined) return;
  await openShard(DB, shard);
  while (!(await shardStub(env, shard).askSubscriber(id, asking))) {
    shard = Math.max(shard + 1, last);
    await openShard(DB, shard);
    await moveSubscription(DB, id, shard);
  }
}
