/** The requests of a WebSub hub to a subscriber's callback (W3C Recommendation, sections 5.2, 5.3 and 7). */
import { Buffer } from "node:buffer";
import type { OutgoingRequest } from "../../delivery/attempt.ts";

/** Statuses by which a callback ends its subscription (section 7). */
export const GONE: readonly number[] = [410];

export interface Verification {
  mode: "subscribe" | "unsubscribe";
  topic: string;
  challenge: string;
  /** In seconds; of a subscription alone. */
  lease: number | null;
}

/** Verification of intent (section 5.3). */
export const verification = (callback: string, asked: Verification): OutgoingRequest =>
  callWith(callback, {
    "hub.mode": asked.mode,
    "hub.topic": asked.topic,
    "hub.challenge": asked.challenge,
    ...(asked.lease !== null && { "hub.lease_seconds": String(asked.lease) }),
  });

/** Tells the callback that the hub has ended its subscription, and why (section 5.2). */
export const denial = (callback: string, topic: string, reason: string): OutgoingRequest =>
  callWith(callback, { "hub.mode": "denied", "hub.topic": topic, "hub.reason": reason });

/** A GET of the callback, which keeps its own parameters. */
function callWith(callback: string, parameters: Record<string, string>): OutgoingRequest {
  const target = new URL(callback);
  // Not by `searchParams`, which would write the callback's own parameters anew.
  target.search += `${target.search === "" ? "?" : "&"}${new URLSearchParams(parameters)}`;
  return { method: "GET", url: target.href, headers: {} };
}

/** A topic as it is now. */
export interface Content {
  body: string;
  /** Its content type. */
  type: string;
  /** The address of the feed, in canonical form, and the hub's. */
  self: string;
  hub: string;
}

/** Content distribution (section 7), signed where there is a secret. */
export async function distribution(
  { callback, secret }: { callback: string; secret: string | null },
  { body, type, self, hub }: Content,
): Promise<OutgoingRequest> {
  const link = `<${hub}>; rel="hub", <${self}>; rel="self"`;
  const signature = secret === null ? {} : { "x-hub-signature": await sign(secret, body) };
  return { method: "POST", url: callback, headers: { "content-type": type, link, ...signature }, body };
}

/** `X-Hub-Signature` (section 7.1): HMAC of the body, its key the secret's UTF-8. */
async function sign(secret: string, body: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  return `sha256=${Buffer.from(await crypto.subtle.sign("HMAC", key, encoder.encode(body))).toString("hex")}`;
}
