/** Discord's webhooks (https://docs.discord.com/developers/resources/webhook#execute-webhook). */
import * as z from "zod";
import { type ChannelKind, calledUrl, digestInput } from "./channel.ts";
import { layOut } from "./fit.ts";
import { messageText, type Run } from "./message-text.ts";

/** Maximum length of `content`, in code units. Discord counts code points (discord-api-docs, issue 1315), which are never more. */
const LIMIT = 2_000;
/** Message flag SUPPRESS_EMBEDS. */
const SUPPRESS_EMBEDS = 1 << 2;

/**
 * Escapes a text. A backslash escapes every sign except a bracket: the label of a link ends at the last bracket without a partner, even on
 * another line. So brackets become wide brackets. Some signs are escaped only where they begin a line, the name of an emoji, an address or a
 * mention, because notifications show the backslash.
 * The expression is linear: only a full stop makes it read backwards, and only over the digits before it.
 */
const escapeMarkdown = (text: string): string =>
  text
    .replace(/[\\*_~`|<]|@(?=everyone|here)|:(?=\/\/|\w+:)|^[-+#>]|\.(?<=^\d+\.)/g, (sign) => `\\${sign}`)
    .replaceAll("[", "\uff3b")
    .replaceAll("]", "\uff3d");

function write({ text, strong, url }: Run): string {
  const written = strong ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text);
  if (url === null) return written;
  // Discord does not accept an address as the label of another address.
  return text.includes("://") ? `${written} [link](<${url}>)` : `[${written}](<${url}>)`;
}

const rateLimited = z.object({ retry_after: z.number().nonnegative() });

export const discord = {
  input: z.strictObject({
    type: z.literal("discord"),
    url: calledUrl.describe("A webhook of Discord"),
    digest: digestInput,
  }),
  name: "Discord",
  purpose: "For a server: the URL of a webhook, from the channel's settings.",
  compose(message) {
    const content = layOut(messageText(message), {
      limit: LIMIT,
      write: (paragraph) => paragraph.map(write).join(""),
      size: (text) => text.length,
      headed: true,
    });
    const body = { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS };
    return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  },
  signed: false,
  echoes: false,
  // Discord blocks an IP address that goes on after these (topics/rate-limits, section "Invalid Request Limit").
  gone: [401, 403, 404, 410],
  retryAfter(body) {
    try {
      return rateLimited.safeParse(JSON.parse(body)).data?.retry_after ?? null;
    } catch {
      return null;
    }
  },
  sharedHosts: ["discord.com", "discordapp.com"],
} satisfies ChannelKind;
