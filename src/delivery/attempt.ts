/** One request: the only place from which the Worker calls a receiver. It always ends. */
import { OutOfRequests, readStart, request } from "./request.ts";

export { OutOfRequests } from "./request.ts";

/** What became of an attempt. */
export interface Attempt {
  /** When it began, in milliseconds of Unix time. */
  at: number;
  milliseconds: number;
  /**
   * `answered`: any HTTP answer; the others have none. The last three are made by the caller, who then did not call: `refused`,
   * the address may not be called; `unresolved`, its name could not be looked up; `fault`, something failed on our side.
   */
  outcome: "answered" | "timeout" | "network error" | "refused" | "unresolved" | "fault";
  /** The HTTP status of the answer. */
  status: number | null;
  /** The beginning of the answer's body, as text. */
  body: string;
  /** `Retry-After` in seconds, where the answer has one (RFC 9110, section 10.2.3); may be a fraction. */
  retryAfter: number | null;
  /** It was ended from our side: by the time limit or since others waited. An answer that had begun by then counts all the same. */
  cut: boolean;
}

/** Covers the connection, the headers and the reading of the body, so that neither a hanging nor a dripping receiver holds us. */
export const TIMEOUT = 10_000;
const MAX_BODY = 64 * 1024;

/** What is sent. A GET has no body. */
export interface OutgoingRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/**
 * Sends a request. It ends after ten seconds, or when the caller's `signal` says so: both are a "timeout" where no answer
 * has begun by then. Throws `OutOfRequests` where nothing was sent since the platform let nothing leave, and nothing else.
 */
export async function send({ url, ...init }: OutgoingRequest, signal?: AbortSignal): Promise<Attempt> {
  const at = Date.now();
  // Not `AbortSignal.timeout`, which cannot be cleared: an invocation may have 10,000 timers, those that nobody needs any more included.
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT);
  const ending = signal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, signal]);
  const end = (rest: Pick<Attempt, "outcome" | "status" | "body" | "retryAfter">): Attempt => ({
    at,
    milliseconds: Date.now() - at,
    cut: ending.aborted,
    ...rest,
  });
  try {
    // A redirect is an answer like any other. What is called is what was judged: the URL as the parser reads it.
    const response = await request(new URL(url), { ...init, signal: ending });
    const text = await readStart(response, MAX_BODY);
    const retryAfter = readRetryAfter(response.headers.get("retry-after"), Date.now());
    return end({ outcome: "answered", status: response.status, body: text, retryAfter });
  } catch (error) {
    if (error instanceof OutOfRequests) throw error;
    const outcome = ending.aborted ? "timeout" : "network error";
    return end({ outcome, status: null, body: "", retryAfter: null });
  } finally {
    clearTimeout(timer);
  }
}

/** The three forms of RFC 9110, section 5.6.7, roughly: `Date.parse` alone reads `1.5`, `-5` and `in 3000` as dates, too. */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? [\w -]+ \d\d:\d\d:\d\d (GMT|\d{4})$/;

/**
 * `Retry-After` as seconds or as a date, in seconds from now; null where it is absent or malformed. Fractions are no part of
 * the RFC, but chat services write them.
 */
function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  const date = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
