/** Shortens a text to the limit of a service. Whole paragraphs are left out, so that no escape, link or character is ever cut. */
import type { MessageText, Paragraph } from "./message-text.ts";

/**
 * Returns the lines of a message in the markup of a service: as many paragraphs as `limit` allows, a line in place of the others, and
 * the foot. Heading and foot are never left out; their parts are short enough for every service.
 */
export function layOut(
  { heading, paragraphs, omission, foot }: MessageText,
  { limit, write, size, headed }: Layout,
): string {
  const first = headed ? [write([heading])] : [];
  const lines = paragraphs.map(write);
  const last = foot.map(write);
  for (let kept = lines.length; ; kept--) {
    const left = lines.length - kept;
    const text = [...first, ...lines.slice(0, kept), ...(left > 0 ? [omission(left)] : []), ...last].join("\n");
    if (kept === 0 || size(text) <= limit) return text;
  }
}

/** The markup and the limit of a service. */
export interface Layout {
  limit: number;
  write: (paragraph: Paragraph) => string;
  /** Measures a text as the service does; a line break counts as one. */
  size: (text: string) => number;
  /** Whether the heading is the first line of the text. If not, the service shows it elsewhere. */
  headed: boolean;
}
