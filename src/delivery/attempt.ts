/** One POST: the only place from which the Worker calls somebody else. It never throws and always ends. */

/** What became of an attempt. */
export interface Attempt {
  /** When it began, in milliseconds of Unix time. */
  at: number;
  milliseconds: number;
  /** `answered`: any HTTP answer; the others have none; `refused`: the address may not be called, so it was not. */
  outcome: "answered" | "timeout" | "network error" | "refused";
  /** The HTTP status of the answer. */
  status: number | null;
  /** The beginning of the answer's body, as text. */
  body: string;
  /** `Retry-After` in seconds, where the answer has one (RFC 9110, section 10.2.3). */
  retryAfter: number | null;
}

/** Covers the connection, the headers and the reading of the body, so that neither a hanging nor a dripping receiver holds us. */
const TIMEOUT = 10_000;
const MAX_BODY = 64 * 1024;

export async function post(url: string, headers: Record<string, string>, body: string): Promise<Attempt> {
  const at = Date.now();
  const signal = AbortSignal.timeout(TIMEOUT);
  const end = (rest: Pick<Attempt, "outcome" | "status" | "body" | "retryAfter">): Attempt => ({
    at,
    milliseconds: Date.now() - at,
    ...rest,
  });
  try {
    // A redirect is an answer like any other: following it would call a URL that nobody confirmed.
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    const text = await readStart(response);
    const retryAfter = readRetryAfter(response.headers.get("retry-after"), Date.now());
    return end({ outcome: "answered", status: response.status, body: text, retryAfter });
  } catch {
    const outcome = signal.aborted ? "timeout" : "network error";
    return end({ outcome, status: null, body: "", retryAfter: null });
  }
}

/** Reads at most 64 KB of a body, then hangs up. A body that breaks off or takes too long is what came of it: the status stands. */
async function readStart(response: Response): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let length = 0; length < MAX_BODY; ) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      const part = value.subarray(0, MAX_BODY - length);
      length += part.length;
      text += decoder.decode(part, { stream: true });
    }
    await reader.cancel();
  } catch {
    // The receiver has answered; to send the message again would only repeat it.
  }
  return text;
}

/** The three forms of RFC 9110, section 5.6.7, roughly: `Date.parse` alone reads `1.5`, `-5` and `in 3000` as dates, too. */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? [\w -]+ \d\d:\d\d:\d\d (GMT|\d{4})$/;

/** `Retry-After` as seconds or as a date, in seconds from now; null where it is absent or malformed. */
function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value);
  const date = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
