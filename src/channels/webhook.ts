/** A webhook: the message itself, as JSON, signed. */
import * as z from "zod";
import { type ChannelKind, calledUrl, digestInput } from "./channel.ts";

export const webhook = {
  input: z.strictObject({ type: z.literal("webhook"), url: calledUrl, digest: digestInput }),
  name: "Webhook",
  purpose: "For your own program: signed JSON.",
  compose: (message) => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(message) }),
  signed: true,
  echoes: true,
  gone: [410],
  retryAfter: () => null,
  sharedHosts: [],
} satisfies ChannelKind;
