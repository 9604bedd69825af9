/** POST /hub: what subscribers ask of a WebSub hub (W3C Recommendation, section 5.1). What comes of it is asked of their callbacks. */
import * as z from "zod";
import { randomText } from "../../alerts/alert.ts";
import { problemOf } from "../../alerts/holder.ts";
import { requireKnownOrigin } from "../../alerts/origins.ts";
import { listShards, openShard, shardStub } from "../../alerts/shards.ts";
import { checkTarget, hostNameOf } from "../../alerts/target.ts";
import { readTopic } from "../../feeds/feed-topic.ts";
import type { Context } from "../../http/context.ts";
import { formBody } from "../../http/input.ts";
import { everyone, operation } from "../../http/operation.ts";
import { Problem } from "../../http/problem.ts";
import { callerOf, countRegistration } from "../../http/rate-limit.ts";
import { sha256 } from "../../platform/digest.ts";
import type { Env } from "../../platform/env.ts";
import { readHead } from "../../record/log.ts";
import type { HubAsking, HubSubscribing } from "../asking.ts";
import {
  claimSubscription,
  findSubscription,
  moveSubscription,
  type SubscriptionNames,
} from "../subscription-shards.ts";

const MAX_BODY = 16 * 1024;
const DAY = 24 * 60 * 60;
/**
 * How long a subscription lasts at least, at most, and where nobody says, in seconds. The hub may choose (section 5.1): a lease of seconds would let
 * whoever asks in a subscriber's name end its subscription.
 */
const LEASES = { least: DAY, most: 30 * DAY, usual: 10 * DAY };
/** A secret has fewer bytes than this (section 5.1). */
const SECRET_BYTES = 200;

/** The body of POST /hub. Unknown fields are ignored (section 5.1). */
export const hubForm = z.object({
  "hub.mode": z.enum(["subscribe", "unsubscribe"], { error: "subscribe or unsubscribe was expected" }),
  "hub.callback": z
    .string("the address to be called was expected")
    .refine((callback) => !callback.includes("#"), "must have no fragment")
    .meta({
      description: "https, port 443 or 8443, a host on the public Internet; without a fragment",
      format: "uri",
      pattern: "^https?:[^#]*$",
    }),
  "hub.topic": z
    .string("the address of a feed was expected")
    .meta({ description: "A feed's own address, as it names itself", format: "uri" }),
  "hub.secret": z
    .string()
    .refine(
      (secret) => new TextEncoder().encode(secret).length < SECRET_BYTES,
      `must have fewer than ${SECRET_BYTES} bytes`,
    )
    .meta({ maxLength: SECRET_BYTES - 1 })
    .optional()
    .describe("Stays until the subscription ends; a renewal does not change it"),
  "hub.lease_seconds": z
    .string()
    .regex(/^[0-9]{1,15}$/, "a whole number of seconds was expected")
    .optional()
    .describe("Granted from 1 day to 30 days; 10 days where it is absent"),
});

/** POST /hub: the callback is asked. Throws a Problem for what cannot be asked, or too often. */
export const askHub = operation(
  {
    id: "askHub",
    summary: "Subscribe a callback to a feed, or end that (WebSub); the callback is asked to confirm it",
    tag: "WebSub",
    input: { access: everyone, body: formBody(hubForm, MAX_BODY) },
    answers: { 202: { description: "The callback is asked" } },
    problems: [429],
  },
  async ({ body }, context, request) => {
    const { asking, names, unread } = await readAsking(body, context);
    if (asking.mode === "subscribe") await requireKnownOrigin(context);
    const { env, settings } = context;
    const count = (subjects: string[]) => countRegistration(env.DB, subjects, settings.registrationLimit);
    await count([`hub-caller:${callerOf(request)}`]);
    const found = await findSubscription(env.DB, names);
    if (unread && found === undefined) throw unread;
    // Whoever uses up a bound that others share must not keep a subscription from being renewed. What is asked for one
    // that stands is bounded by the subscription itself: see `Subscriptions.ask`.
    const stands = found !== undefined && (await shardStub(env, found.shard).isSubscribed(found.id));
    if (!stands) await count([`hub-host:${hostNameOf(asking.callback)}`, "hub-total:"]);
    const id = found?.id ?? names.id;
    if (asking.mode === "subscribe" && id !== undefined) await place(env, { id, written: names.written }, asking);
    else if (found) await tell(env, found, asking);
    return new Response(null, { status: 202, headers: { "cache-control": "no-store" } });
  },
);

/** A request to the hub, and the keys by which its subscription is found. */
interface Read {
  asking: HubAsking;
  names: SubscriptionNames;
  /** Why the topic cannot be read. What was subscribed to while it could be must have an end all the same. */
  unread?: Problem;
}

async function readAsking(asked: z.output<typeof hubForm>, context: Context): Promise<Read> {
  const { "hub.mode": mode, "hub.callback": callback, "hub.topic": topic, "hub.secret": secret } = asked;
  await checkTarget(callback, "hub.callback", context);
  const { origin } = context;
  const nameOf = async (address: string) => `sub_${(await sha256(`${callback}\n${address}`)).slice(0, 40)}`;
  const written = await nameOf(topic);
  const feed = await readTopic(topic, context).catch((error: unknown) => {
    if (mode === "unsubscribe" && error instanceof Problem) return error;
    throw error;
  });
  if (feed instanceof Problem) {
    return { asking: { mode: "unsubscribe", callback, topic }, names: { written }, unread: feed };
  }
  const names = { id: await nameOf(origin + feed.canonical), written };
  if (mode === "unsubscribe") return { asking: { mode, callback, topic }, names };
  const lease = Math.min(Math.max(Number(asked["hub.lease_seconds"] ?? LEASES.usual), LEASES.least), LEASES.most);
  const { number: since } = await readHead(context.env.DB);
  return { asking: { mode, callback, topic, feed, lease, secret, origin, since, nonce: randomText(16) }, names };
}

/** Passes what is asked to the shard that has the subscription; a new one goes where there is room, as alerts do. */
async function place(env: Env, { id, written }: Required<SubscriptionNames>, asking: HubSubscribing): Promise<void> {
  const { DB } = env;
  const last = (await listShards(DB)).at(-1) ?? 0;
  let shard = await claimSubscription(DB, { id, nonce: asking.nonce }, written, last);
  await openShard(DB, shard);
  while (!(await tell(env, { id, shard }, asking))) {
    shard = Math.max(shard + 1, last);
    await openShard(DB, shard);
    await moveSubscription(DB, id, shard);
  }
}

/** Passes the request to a shard. Returns false if the shard is full. Throws a Problem for a refusal. */
async function tell(env: Env, { id, shard }: { id: string; shard: number }, asking: HubAsking): Promise<boolean> {
  const answer = await shardStub(env, shard).askSubscriber(id, asking);
  if (typeof answer === "object") throw problemOf(answer);
  return answer === "asked";
}
