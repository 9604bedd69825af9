/**
 * Pieces of bidirectional text. A piece that is cut out reads as it did in its place, and cannot turn round what stands beside it:
 * of the explicit formatting of UAX 9 (section 2), what was open where the piece begins is opened again before it, what is open
 * where it ends is closed after it, and a terminator without anything to close is left out.
 */

const LRE = 0x202a;
const PDF = 0x202c;
const RLO = 0x202e;
const LRI = 0x2066;
const FSI = 0x2068;
const PDI = 0x2069;

/** Ends of paragraphs (bidirectional class B), as code units. */
const isParagraphEnd = (code: number): boolean => code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2029;
/** Whether a code unit is none of those above; most are told by this alone. */
const isOrdinary = (code: number): boolean => code < LRE && code > 0x0d && code !== 0x85 && code !== 0x2029;
const isEmbedding = (code: number): boolean => code >= LRE && code <= RLO && code !== PDF;
const isIsolate = (code: number): boolean => code >= LRI && code <= FSI;

const FORMATTING = /[\u202a-\u202e\u2066-\u2069]/;

/** Nobody writes deeper, and a piece must not become much longer than what it shows: of more, the innermost are opened again. */
const REOPENED = 8;

/** A stretch of a text, complete in itself. Offsets in UTF-16 code units; `to` is exclusive. Linear in `to`. */
export function balancedPiece(source: string, from: number, to: number): string {
  const first = source.slice(0, to).search(FORMATTING);
  // Most texts have none.
  if (first < 0) return source.slice(from, to);
  const open = new Open();
  for (let at = first; at < from; at++) open.pass(source.charCodeAt(at));
  const reopened = open.innermost(REOPENED);
  let piece = "";
  for (let at = from; at < to; at++) {
    const code = source.charCodeAt(at);
    piece += isParagraphEnd(code) ? open.close() + source.charAt(at) : open.pass(code) ? source.charAt(at) : "";
  }
  return reopened + piece + open.close();
}

/** The embeddings, overrides and isolates that are open at one place of a text. Each is removed once, so that a text of them stays linear. */
class Open {
  #initiators: number[] = [];
  #isolates = 0;

  /** Takes one code unit into account. Returns false for a terminator that closes nothing. */
  pass(code: number): boolean {
    if (isOrdinary(code)) return true;
    if (isEmbedding(code) || isIsolate(code)) {
      this.#initiators.push(code);
      if (isIsolate(code)) this.#isolates++;
      return true;
    }
    if (code === PDF) return this.#closeEmbedding();
    if (code === PDI) return this.#closeIsolate();
    // The end of a paragraph ends everything (X8).
    if (isParagraphEnd(code)) this.#clear();
    return true;
  }

  #closeEmbedding(): boolean {
    const last = this.#initiators.at(-1);
    // Within an isolate it does not reach what was opened outside (X7).
    if (last === undefined || isIsolate(last)) return false;
    this.#initiators.pop();
    return true;
  }

  #closeIsolate(): boolean {
    // Without the count, each of many PDIs would search all open embeddings for an isolate.
    if (this.#isolates === 0) return false;
    this.#isolates--;
    // It closes the embeddings within its isolate as well (X6a).
    for (let last = this.#initiators.pop(); last !== undefined && !isIsolate(last); ) last = this.#initiators.pop();
    return true;
  }

  /** Forgets all but the innermost, and returns what opens these again. */
  innermost(most: number): string {
    this.#initiators = this.#initiators.slice(-most);
    this.#isolates = this.#initiators.filter(isIsolate).length;
    return String.fromCharCode(...this.#initiators);
  }

  /** Returns what closes all that is open, and forgets it. */
  close(): string {
    const closing = this.#initiators.map((initiator) => String.fromCharCode(isIsolate(initiator) ? PDI : PDF));
    this.#clear();
    return closing.reverse().join("");
  }

  #clear(): void {
    this.#initiators.length = 0;
    this.#isolates = 0;
  }
}
