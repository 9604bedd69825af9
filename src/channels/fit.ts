/** Makes a text fit: whole paragraphs are left out, so that no escape, link or character is ever cut. */
import type { Paragraph, Telling } from "./text.ts";

/**
 * The lines of a message, each written in the service's markup: as many paragraphs as `limit` allows, what stands for the others, and
 * the foot. `size` measures a text as the service counts, a line break as one. The foot and what comes first are short enough.
 */
export function layOut(
  { heading, paragraphs, omission, foot }: Telling,
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

/** How a service is written for, and how much of it there may be, by its own measure. */
export interface Layout {
  limit: number;
  write: (paragraph: Paragraph) => string;
  size: (text: string) => number;
  /** Whether the heading is the text's first line, rather than told elsewhere. */
  headed: boolean;
}
