/**
 * Slack's incoming webhooks (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). The text is mrkdwn
 * (https://docs.slack.dev/messaging/formatting-message-text): only `&`, `<` and `>` have escapes, and only `<…>` makes a link or a mention.
 */
import * as z from "zod";
import { type ChannelKind, calledUrl, digestInput } from "./channel.ts";
import { layOut } from "./fit.ts";
import { messageText, type Run } from "./message-text.ts";

/** Maximum length of `text`, in code units. Slack splits longer texts at any place, and cuts at 40,000 characters. */
const LIMIT = 4_000;

/**
 * Put around the signs of bold, italics, strike and code, which have no escape: Slack shows them as they are if they touch no other sign. Put
 * before a `>` that begins a line, which is a quotation even if it is escaped.
 */
const ZERO_WIDTH_SPACE = "\u200b";
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const escapeMrkdwn = (text: string): string =>
  text
    .replace(/[&<>*_~`]/g, (sign) => ENTITIES[sign] ?? `${ZERO_WIDTH_SPACE}${sign}${ZERO_WIDTH_SPACE}`)
    .replace(/^&gt;/, `${ZERO_WIDTH_SPACE}&gt;`);

function write({ text, strong, url }: Run): string {
  const written = url === null ? escapeMrkdwn(text) : `<${url.replaceAll("&", "&amp;")}|${escapeMrkdwn(text)}>`;
  // Without the spaces, stars inside a word would be shown as stars.
  return strong ? `${ZERO_WIDTH_SPACE}*${written}*${ZERO_WIDTH_SPACE}` : written;
}

export const slack = {
  input: z.strictObject({
    type: z.literal("slack"),
    url: calledUrl.describe("An incoming webhook of Slack"),
    digest: digestInput,
  }),
  name: "Slack",
  purpose: "For a team: the URL of an incoming webhook from Slack.",
  compose(message) {
    const text = layOut(messageText(message), {
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
  // action_prohibited and invalid_token; channel_not_found and no_service; channel_is_archived. A retry would fail in the same way.
  gone: [403, 404, 410],
  // A 429 of Slack has the header Retry-After.
  retryAfter: () => null,
  sharedHosts: ["hooks.slack.com"],
} satisfies ChannelKind;
