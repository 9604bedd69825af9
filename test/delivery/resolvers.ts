/** Resolvers (DNS over HTTPS) that give the answers of a test. */
import { inject } from "vitest";

/** A DNS over HTTPS answer as JSON, valid or invalid. */
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
/** The name exists but has no address of this type. */
export const NONE = { Status: 0, TC: false, Question: [] };

/** Returns a new resolver that gives these answers, as text or JSON. `name` is the key of its recorded questions. */
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
