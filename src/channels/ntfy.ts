/** ntfy (https://docs.ntfy.sh/publish/): the text is the body of a POST to the topic, everything else is in headers. */
import * as z from "zod";
import type { MessageType } from "../messages/message-schema.ts";
import { type ChannelKind, calledUrl, digestInput } from "./channel.ts";
import { layOut } from "./fit.ts";
import { messageText, type Run } from "./message-text.ts";

/** Maximum length of a body, in bytes. A longer body becomes an attachment (section "Limitations"). */
const LIMIT = 4_096;

/** Emoji by their short codes (section "Tags & emojis"). */
const TAGS: Readonly<Record<MessageType, string>> = {
  "alert.confirm": "question",
  "alert.test": "test_tube",
  "alert.digest": "newspaper",
  "article.matched": "newspaper",
  "event.corrected": "pencil2",
  "event.retracted": "wastebasket",
};

const write = ({ text, url }: Run): string => (url === null ? text : `${text} ${url}`);
const encoder = new TextEncoder();

export const ntfy = {
  input: z.strictObject({ type: z.literal("ntfy"), url: calledUrl.describe("A topic of ntfy"), digest: digestInput }),
  name: "ntfy",
  purpose: "For a phone: the URL of a topic, such as https://ntfy.sh/my-topic.",
  compose(message) {
    const text = messageText(message);
    const body = layOut(text, {
      limit: LIMIT,
      write: (paragraph) => paragraph.map(write).join(""),
      size: (written) => encoder.encode(written).length,
      headed: false,
    });
    const { heading } = text;
    const headers = {
      "content-type": "text/plain; charset=utf-8",
      title: headerText(heading.text),
      tags: TAGS[message.type],
      ...(heading.url !== null && { click: headerText(heading.url) }),
    };
    return { headers, body };
  },
  signed: false,
  echoes: false,
  // Errors 40101 and 40301 (the topic is closed to us) and 40401 (no such topic). A retry would fail in the same way.
  gone: [401, 403, 404, 410],
  // The bodies of errors name no time. A server in front of ntfy may send the header Retry-After.
  retryAfter: () => null,
  sharedHosts: ["ntfy.sh"],
} satisfies ChannelKind;

/**
 * Returns a header's value in printable ASCII. Other text, and text that looks like an encoded word, is written as encoded words (RFC 2047,
 * sections 2 and 5), which ntfy decodes in every header.
 */
function headerText(text: string): string {
  if (/^[ -~]*$/.test(text) && !text.includes("=?")) return text;
  return wordsOf(text)
    .map((word) => `=?UTF-8?B?${btoa(String.fromCharCode(...word))}?=`)
    .join(" ");
}

/** Bytes in an encoded word, which has at most 75 characters, 60 of them base64. A character is never split between two (section 5). */
const WORD_BYTES = 45;

function wordsOf(text: string): number[][] {
  const words: number[][] = [[]];
  for (const character of text) {
    const bytes = encoder.encode(character);
    if ((words.at(-1)?.length ?? 0) + bytes.length > WORD_BYTES) words.push([]);
    words.at(-1)?.push(...bytes);
  }
  return words;
}
