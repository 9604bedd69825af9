/** ntfy (https://docs.ntfy.sh/publish/): the text as the body of a POST to the topic, everything else in headers. */
import type { MessageType } from "../alerts/alert.ts";
import type { ChannelKind } from "./channel.ts";
import { layOut } from "./fit.ts";
import { type Run, tell } from "./text.ts";

/** In bytes. What is longer becomes an attachment (section "Limitations"). */
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

export const ntfy: ChannelKind = {
  compose(message) {
    const telling = tell(message);
    const body = layOut(telling, {
      limit: LIMIT,
      write: (paragraph) => paragraph.map(write).join(""),
      size: (text) => encoder.encode(text).length,
      headed: false,
    });
    const { text, url } = telling.heading;
    const headers = {
      "content-type": "text/plain; charset=utf-8",
      title: headerText(text),
      tags: TAGS[message.type],
      ...(url !== null && { click: headerText(url) }),
    };
    return { headers, body };
  },
  signed: false,
  echoes: false,
  // Its errors 40101 and 40301 (the topic is not open to us), 40401 (no topic): what was sent again would meet the same.
  gone: [401, 403, 404, 410],
  // Its error bodies have no time; a server in front of it may say one in a header.
  retryAfter: () => null,
};

/**
 * A header's value in printable ASCII: other text, and what would be read as an encoded word, as encoded words, which ntfy decodes in every
 * header (RFC 2047, sections 2 and 5).
 */
function headerText(text: string): string {
  if (/^[ -~]*$/.test(text) && !text.includes("=?")) return text;
  return wordsOf(text)
    .map((word) => `=?UTF-8?B?${btoa(String.fromCharCode(...word))}?=`)
    .join(" ");
}

/** An encoded word has at most 75 characters: 60 of base64, 45 bytes. A character is not split between two (section 5). */
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
