/**
 * Pieces of bidirectional text. A piece that is cut out reads as it did in its place, and cannot turn round what stands beside it:
 * of the explicit formatting of UAX 9 (section 2), what was open where the piece begins is opened again before it, what is open
 * where it ends is closed after it, and a terminator without anything to close is left out.
 */

const PDF = "\u202c";
const PDI = "\u2069";
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]|[\n\r\x85\u2029]/g;
const INITIATORS = /[\u202a\u202b\u202d\u202e\u2066-\u2068]/;
const ISOLATE_INITIATORS = /[\u2066-\u2068]/;

/** Nobody writes deeper, and a piece must not become much longer than what it shows: of more, the innermost are opened again. */
const REOPENED = 8;

/** A stretch of a text, complete in itself. Offsets in UTF-16 code units; `to` is exclusive. */
export function balancedPiece(source: string, from: number, to: number): string {
  const open: string[] = [];
  for (const [control] of source.slice(0, from).matchAll(CONTROLS)) pass(open, control);
  open.splice(0, open.length - REOPENED);
  const reopened = open.join("");
  const piece = source.slice(from, to).replace(CONTROLS, (control) => pass(open, control));
  return reopened + piece + closeAll(open);
}

/** Keeps account of what is open; answers what stands for the control in a text where everything is paired. */
function pass(open: string[], control: string): string {
  if (INITIATORS.test(control)) {
    open.push(control);
    return control;
  }
  if (control === PDF) {
    // Within an isolate it does not reach what was opened outside (X7).
    const last = open.at(-1);
    if (last === undefined || ISOLATE_INITIATORS.test(last)) return "";
    open.pop();
    return control;
  }
  if (control === PDI) {
    // It closes the embeddings within its isolate as well (X6a).
    const isolate = open.findLastIndex((initiator) => ISOLATE_INITIATORS.test(initiator));
    if (isolate < 0) return "";
    open.splice(isolate);
    return control;
  }
  // The end of a paragraph ends everything (X8), and in a snippet it is no longer one.
  return closeAll(open) + control;
}

function closeAll(open: string[]): string {
  const closing = open.map((initiator) => (ISOLATE_INITIATORS.test(initiator) ? PDI : PDF)).reverse();
  open.length = 0;
  return closing.join("");
}
