/** A webhook: the message itself, as JSON, signed. */
import type { ChannelKind } from "./channel.ts";

export const webhook: ChannelKind = {
  compose: (message) => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(message) }),
  signed: true,
  echoes: true,
  gone: [410],
  retryAfter: () => null,
};
