/**
 * Cuts a piece out of bidirectional text so that the piece reads as it did in its place and cannot reverse the text
 * around it.
 *
 * The rules follow the explicit formatting of UAX 9, section 2. Formatting that is open at the start of the piece is
 * opened again before it. Formatting that is open at its end is closed after it. A terminator that closes nothing is
 * dropped.
 */

const LRE = 0x202a;
const PDF = 0x202c;
const RLO = 0x202e;
const LRI = 0x2066;
const FSI = 0x2068;
const PDI = 0x2069;

/** Paragraph ends (bidirectional class B), as code units. */
const isParagraphEnd = (code: number): boolean => code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2029;
/** Returns true for most code units that are none of those above: a quick test. */
const isOrdinary = (code: number): boolean => code < LRE && code > 0x0d && code !== 0x85 && code !== 0x2029;
const isEmbedding = (code: number): boolean => code >= LRE && code <= RLO && code !== PDF;
const isIsolate = (code: number): boolean => code >= LRI && code <= FSI;

const FORMATTING = /[\u202a-\u202e\u2066-\u2069]/;

/**
 * Maximum number of initiators opened again before a piece. Of more, the innermost are kept, so that a piece stays
 * short.
 */
const MAX_REOPENED = 8;

/** Returns a self-contained piece of a text. Offsets are UTF-16 code units; `to` is exclusive. Linear in `to`. */
export function balancedPiece(source: string, from: number, to: number): string {
  const first = source.slice(0, to).search(FORMATTING);
  // Most texts have no formatting characters.
  if (first < 0) return source.slice(from, to);
  const open = new OpenFormatting();
  for (let at = first; at < from; at++) open.pass(source.charCodeAt(at));
  const reopened = open.innermost(MAX_REOPENED);
  let piece = "";
  for (let at = from; at < to; at++) {
    const code = source.charCodeAt(at);
    piece += isParagraphEnd(code) ? open.close() + source.charAt(at) : open.pass(code) ? source.charAt(at) : "";
  }
  return reopened + piece + open.close();
}

/**
 * Embeddings, overrides and isolates that are open at one place of a text. Each is removed once, so a text full of them
 * stays linear.
 */
class OpenFormatting {
  #initiators: number[] = [];
  #isolates = 0;

  /** Processes one code unit. Returns false for a terminator that closes nothing. */
  pass(code: number): boolean {
    if (isOrdinary(code)) return true;
    if (isEmbedding(code) || isIsolate(code)) {
      this.#initiators.push(code);
      if (isIsolate(code)) this.#isolates++;
      return true;
    }
    if (code === PDF) return this.#closeEmbedding();
    if (code === PDI) return this.#closeIsolate();
    // A paragraph end closes everything (X8).
    if (isParagraphEnd(code)) this.#clear();
    return true;
  }

  #closeEmbedding(): boolean {
    const last = this.#initiators.at(-1);
    // Inside an isolate, PDF does not close what was opened outside (X7).
    if (last === undefined || isIsolate(last)) return false;
    this.#initiators.pop();
    return true;
  }

  #closeIsolate(): boolean {
    // Without the count, each of many PDIs would search all open embeddings for an isolate.
    if (this.#isolates === 0) return false;
    this.#isolates--;
    // A PDI also closes the embeddings inside its isolate (X6a).
    for (let last = this.#initiators.pop(); last !== undefined && !isIsolate(last); ) last = this.#initiators.pop();
    return true;
  }

  /** Drops all but the innermost initiators and returns the characters that open them again. */
  innermost(most: number): string {
    this.#initiators = this.#initiators.slice(-most);
    this.#isolates = this.#initiators.filter(isIsolate).length;
    return String.fromCharCode(...this.#initiators);
  }

  /** Returns the characters that close everything open, and clears the state. */
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
