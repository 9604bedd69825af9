/**
 * Sends one request. This is the only place from which the Worker calls a receiver. Every request ends in bounded time.
 */
import { OutOfRequests, readStart, request } from "./request.ts";

export { OutOfRequests } from "./request.ts";

/** The result of an attempt. */
export interface Attempt {
  /** Start, in milliseconds of Unix time. */
  at: number;
  milliseconds: number;
  /**
   * `answered`: any HTTP answer. All others have no answer. The caller sets the last three without sending: `refused`
   * (the address may not be called), `unresolved` (the name could not be looked up), `fault` (an error on our side).
   */
  outcome: "answered" | "timeout" | "network error" | "refused" | "unresolved" | "fault";
  /** HTTP status of the answer. */
  status: number | null;
  /** Beginning of the answer's body, as text. */
  body: string;
  /** `Retry-After` in seconds, if the answer has one (RFC 9110, section 10.2.3). May be a fraction. */
  retryAfter: number | null;
  /**
   * Whether our side ended the request: by the time limit, or because others waited. An answer that had begun still
   * counts.
   */
  cut: boolean;
}

/**
 * Time limit in ms for connection, headers and body together, so that neither a hanging nor a slow receiver blocks us.
 */
export const TIMEOUT = 10_000;
const MAX_BODY = 64 * 1024;

/** A request to send. A GET has no body. */
export interface OutgoingRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/**
 * Sends a request. It ends after ten seconds or when the caller's `signal` aborts. The outcome of both is "timeout" if
 * no answer has begun. Throws only `OutOfRequests`, if the platform did not allow the request to leave.
 */
export async function send({ url, ...init }: OutgoingRequest, signal?: AbortSignal): Promise<Attempt> {
  const at = Date.now();
  // Not `AbortSignal.timeout`, which cannot be cleared: an invocation may have 10,000 timers, including those no longer
  // needed.
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
    // A redirect is an answer like any other. The URL called is the URL that was checked, as the parser reads it.
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

/**
 * The three date forms of RFC 9110, section 5.6.7, roughly. `Date.parse` alone also reads `1.5`, `-5` and `in 3000` as
 * dates.
 */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? [\w -]+ \d\d:\d\d:\d\d (GMT|\d{4})$/;

/**
 * Returns `Retry-After` in seconds from now, from seconds or a date; null if absent or malformed. Chat services send
 * fractions, although the RFC does not allow them.
 */
function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  const date = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
