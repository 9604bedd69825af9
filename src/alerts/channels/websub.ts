/** The requests of a WebSub hub to a subscriber's callback (W3C Recommendation, sections 5.3 and 7). */
import { Buffer } from "node:buffer";
import type { OutgoingRequest } from "../../delivery/attempt.ts";
import type { WebSubChannel } from "../alert.ts";
import type { ChannelKind } from "./channel.ts";

/** How callbacks answer: 410 ends a subscription (section 7). */
export const websub: Pick<ChannelKind, "gone" | "retryAfter"> = { gone: [410], retryAfter: () => null };

export interface Intent {
  mode: "subscribe" | "unsubscribe";
  topic: string;
  challenge: string;
  /** In seconds; of a subscription alone. */
  lease: number | null;
}

/** Verification of intent (section 5.3): the callback keeps its own parameters. */
export function verification({ url }: WebSubChannel, { mode, topic, challenge, lease }: Intent): OutgoingRequest {
  const asked = new URLSearchParams({ "hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge });
  if (lease !== null) asked.set("hub.lease_seconds", String(lease));
  const target = new URL(url);
  // Not by `searchParams`, which would write the callback's own parameters anew.
  target.search += `${target.search === "" ? "?" : "&"}${asked}`;
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
  { url, secret }: WebSubChannel,
  { body, type, self, hub }: Content,
): Promise<OutgoingRequest> {
  const link = `<${hub}>; rel="hub", <${self}>; rel="self"`;
  const signature = secret === undefined ? {} : { "x-hub-signature": await sign(secret, body) };
  return { method: "POST", url, headers: { "content-type": type, link, ...signature }, body };
}

/** `X-Hub-Signature` (section 7.1): HMAC of the body, its key the secret's UTF-8. */
async function sign(secret: string, body: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  return `sha256=${Buffer.from(await crypto.subtle.sign("HMAC", key, encoder.encode(body))).toString("hex")}`;
}
