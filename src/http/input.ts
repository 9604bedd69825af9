/** Bodies and parameters of requests → checked values. What does not pass is a Problem that names the place and the limit. */
import type { z } from "zod";
import { NEWEST } from "../record/log.ts";
import { badRequest, type InputError, Problem } from "./problem.ts";

/** Reads a JSON body of at most `limit` bytes and checks it. */
export async function readJson<S extends z.ZodType>(request: Request, schema: S, limit: number): Promise<z.output<S>> {
  const text = await readText(request, limit);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest([
      { path: "", message: `the body is not JSON: ${error instanceof Error ? error.message : "malformed"}` },
    ]);
  }
  return check(value, schema);
}

/** Checks a value against a schema. */
export function check<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badRequest(inputErrors(result.error));
}

/** Whoever has more mistakes than this mends these first. */
const MOST_ERRORS = 50;

/** What zod found, by path; each unknown field by its own name. */
export function inputErrors(error: z.ZodError): InputError[] {
  const errors = error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ path: issue.path.join("."), message: issue.message }];
    const unknown = issue.keys.slice(0, MOST_ERRORS);
    return unknown.map((key) => ({
      path: [...issue.path, key.slice(0, 100)].join("."),
      message: "there is no such field",
    }));
  });
  return errors.slice(0, MOST_ERRORS);
}

/** Reads a body of at most `limit` bytes of UTF-8. */
export async function readText(request: Request, limit: number): Promise<string> {
  const tooLarge = new Problem(413, "Content too large", `The body may have at most ${limit} bytes`, {
    errors: [{ path: "", message: `at most ${limit} bytes` }],
  });
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge;
  if (request.body === null) return "";
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body) {
      length += chunk.length;
      if (length > limit) throw tooLarge;
      chunks.push(Uint8Array.from(chunk));
    }
  } catch (error) {
    throw error === tooLarge ? error : badRequest([{ path: "", message: "the body broke off" }]);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await new Blob(chunks).arrayBuffer());
  } catch {
    throw badRequest([{ path: "", message: "the body is not UTF-8" }]);
  }
}

/**
 * Returns the value of a parameter or of a form's field, or null if it is absent. Throws a 400 Problem if it is given more than once: to use one of
 * several values would pass over the others without a word.
 */
export function readParameter(parameters: URLSearchParams, name: string): string | null {
  const [value = null, ...more] = parameters.getAll(name);
  if (more.length === 0) return value;
  throw badRequest([{ path: name, message: `given ${more.length + 1} times; give it once` }]);
}

/** Returns a whole number among the parameters, within bounds; the fallback if it is absent. */
export function readInteger(url: URL, name: string, fallback: number, least: number, most: number): number {
  const value = readParameter(url.searchParams, name);
  if (value === null) return fallback;
  if (/^\d{1,16}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw badRequest([
    { path: name, message: `a whole number from ${least} to ${most} was expected, not "${value.slice(0, 40)}"` },
  ]);
}

/** The parameters of a listing: how many items, and before which log entry. */
export const readPage = (url: URL, items: number): { before: number; limit: number } => ({
  before: readInteger(url, "before", NEWEST, 1, NEWEST),
  limit: readInteger(url, "limit", items, 1, 200),
});
