/** What every request that leaves the Worker has in common: it is told when the platform, not the other side, ends it, and reads no more than it must. */

/**
 * The platform lets no more requests leave in this invocation (50 on the free plan, 10,000 on the paid one). No fault of the
 * receiver: whatever was to be sent is as due as before, in the next invocation.
 */
export class OutOfRequests extends Error {}

/**
 * The platform's words for it: "Too many subrequests.", since 2025 "Too many subrequests by single Worker invocation. To
 * configure this limit, …", and for its own services "Too many API requests by single Worker invocation."
 */
const LIMIT = /^too many (subrequests|api requests by single worker invocation)/i;

/** `fetch` without redirects, which would lead to a URL that nobody checked. Throws `OutOfRequests`, or what `fetch` throws. */
export async function request(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "manual" });
  } catch (error) {
    if (error instanceof Error && LIMIT.test(error.message)) throw new OutOfRequests(error.message);
    throw error;
  }
}

/** Reads at most `limit` bytes of a body as UTF-8, then hangs up. A body that breaks off or takes too long is what came of it. */
export async function readStart(response: Response, limit: number): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let length = 0; length < limit; ) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      const part = value.subarray(0, limit - length);
      length += part.length;
      text += decoder.decode(part, { stream: true });
    }
    await reader.cancel();
  } catch {
    // The other side has answered, and the status stands; for a message, sending it again would only repeat it.
  }
  return text;
}
