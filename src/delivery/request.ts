/**
 * Sends requests without redirects, bounds how much of an answer is read, and detects the platform's own request limit.
 */

/**
 * The platform allows no more requests in this invocation (50 on the free plan, 10,000 on the paid plan). The receiver
 * is not at fault: the message stays due and the next invocation sends it.
 */
export class OutOfRequests extends Error {}

/**
 * The platform's error messages: "Too many subrequests.", since 2025 "Too many subrequests by single Worker invocation.
 * To configure this limit, …", and for its own services "Too many API requests by single Worker invocation."
 */
const LIMIT = /^too many (subrequests|api requests by single worker invocation)/i;

/**
 * Calls `fetch` without following redirects, which would lead to an unchecked URL. Throws `OutOfRequests` or the error
 * of `fetch`.
 */
export async function request(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "manual" });
  } catch (error) {
    if (error instanceof Error && LIMIT.test(error.message)) throw new OutOfRequests(error.message);
    throw error;
  }
}

/**
 * Reads at most `limit` bytes of a body as UTF-8, then cancels it. Returns the part received if the body breaks off or
 * takes too long.
 */
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
    // The receiver has answered, so its status counts. Sending a message again would only repeat it.
  }
  return text;
}
