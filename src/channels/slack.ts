/**
 * Slack's incoming webhooks (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks), written as mrkdwn
 * (https://docs.slack.dev/messaging/formatting-message-text): only `&`, `<` and `>` have escapes, and nothing but `<…>` makes a link or
 * a mention.
 */
import type { ChannelKind } from "./channel.ts";
import { layOut } from "./fit.ts";
import { type Run, tell } from "./text.ts";

/** Slack recommends 4,000 characters for `text`, splits longer ones at any place, and cuts at 40,000. */
const LIMIT = 4_000;

/**
 * For the signs of bold, italics, strike and code there is no escape, and a `>` that begins a line is a quotation even if escaped. They are
 * taken for what they are where they touch no other sign.
 */
const ZERO_WIDTH_SPACE = "\u200b";
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const escapeMrkdwn = (text: string): string =>
  text
    .replace(/[&<>*_~`]/g, (sign) => ENTITIES[sign] ?? `${ZERO_WIDTH_SPACE}${sign}${ZERO_WIDTH_SPACE}`)
    .replace(/^&gt;/, `${ZERO_WIDTH_SPACE}&gt;`);

function write({ text, strong, url }: Run): string {
  const written = url === null ? escapeMrkdwn(text) : `<${url.replaceAll("&", "&amp;")}|${escapeMrkdwn(text)}>`;
  // Inside a word the stars would be stars.
  return strong ? `${ZERO_WIDTH_SPACE}*${written}*${ZERO_WIDTH_SPACE}` : written;
}

export const slack: ChannelKind = {
  compose(message) {
    const text = layOut(tell(message), {
      limit: LIMIT,
      write: (paragraph) => paragraph.map(write).join(""),
      size: (written) => written.length,
      headed: true,
    });
    const body = { text, link_names: false, parse: "none", unfurl_links: false, unfurl_media: false };
    return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  },
  signed: false,
  echoes: false,
  // action_prohibited and invalid_token; channel_not_found and no_service; channel_is_archived: what was sent again would meet the same.
  gone: [403, 404, 410],
  // Its 429 says it in a header.
  retryAfter: () => null,
};
