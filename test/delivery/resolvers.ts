/** Resolvers (DNS over HTTPS) that answer as a test wants. */
import { inject } from "vitest";

/** An answer of DNS over HTTPS as JSON, right or wrong. */
export interface Answer {
  Status?: unknown;
  TC?: unknown;
  Answer?: unknown;
}

export const record = (type: number, data: string, TTL = 60) => ({ name: "hooks.example.com.", type, TTL, data });
export const a = (...addresses: string[]) => ({
  Status: 0,
  TC: false,
  Answer: addresses.map((data) => record(1, data)),
});
export const aaaa = (...addresses: string[]) => ({
  Status: 0,
  TC: false,
  Answer: addresses.map((data) => record(28, data)),
});
/** The name is there, but not with an address of this kind. */
export const NONE = { Status: 0, TC: false, Question: [] };

/** A resolver of its own that answers so, as text or as JSON; `name` is where its questions are kept. */
export function resolverOf(
  A: Answer | string,
  AAAA: Answer | string,
  { name = crypto.randomUUID(), path = "", status = 200 } = {},
) {
  const url = new URL(`${inject("receiver")}/${name}/dns/${path}`);
  const text = (answer: Answer | string) => (typeof answer === "string" ? answer : JSON.stringify(answer));
  url.search = new URLSearchParams({ A: text(A), AAAA: text(AAAA), status: String(status) }).toString();
  return url.href;
}
