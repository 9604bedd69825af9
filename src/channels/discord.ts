/** Discord's webhooks (https://docs.discord.com/developers/resources/webhook#execute-webhook). */
import * as z from "zod";
import type { ChannelKind } from "./channel.ts";
import { layOut } from "./fit.ts";
import { type Run, tell } from "./text.ts";

/** Of `content`. Discord counts code points (discord-api-docs, issue 1315), others code units: those are never fewer. */
const LIMIT = 2_000;
/** Message flag SUPPRESS_EMBEDS. */
const SUPPRESS_EMBEDS = 1 << 2;

/**
 * A backslash takes the meaning from any sign but a bracket: a link's label is everything up to the last bracket without a partner, even
 * on another line, so brackets become wide ones. Some signs mean something only where they begin a line, the name of an emoji, an
 * address or a mention; elsewhere a backslash would be shown in notifications for nothing. Linear: only a full stop makes the expression
 * read backwards, and only over the digits before it.
 */
const escapeMarkdown = (text: string): string =>
  text
    .replace(/[\\*_~`|<]|@(?=everyone|here)|:(?=\/\/|\w+:)|^[-+#>]|\.(?<=^\d+\.)/g, (sign) => `\\${sign}`)
    .replaceAll("[", "\uff3b")
    .replaceAll("]", "\uff3d");

function write({ text, strong, url }: Run): string {
  const written = strong ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text);
  if (url === null) return written;
  // What looks like an address is no label for another one.
  return text.includes("://") ? `${written} [link](<${url}>)` : `[${written}](<${url}>)`;
}

const rateLimited = z.object({ retry_after: z.number().nonnegative() });

export const discord: ChannelKind = {
  compose(message) {
    const content = layOut(tell(message), {
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
  // Who goes on after these is blocked as a whole (topics/rate-limits, section "Invalid Request Limit").
  gone: [401, 403, 404, 410],
  retryAfter(body) {
    try {
      return rateLimited.safeParse(JSON.parse(body)).data?.retry_after ?? null;
    } catch {
      return null;
    }
  },
};
