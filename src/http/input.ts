/** Reads bodies and parameters of requests. Bad input becomes a Problem that names the place and the limit. */
import * as z from "zod";
import type { Context } from "./context.ts";
import { badRequest, type InputError, Problem } from "./problem.ts";

/** A part of a call's input. */
export interface InputPart<T> {
  /** Statuses of the Problems that `read` throws. */
  problems: readonly number[];
  read: (request: Request, context: Context) => T | Promise<T>;
}

/** Parts of the path, or parameters after it. */
export interface ParametersPart<T = unknown> extends InputPart<T> {
  schema: z.ZodObject;
}

export interface BodyPart<T = unknown> extends InputPart<T> {
  schema: z.ZodType;
  mediaType: string;
}

/**
 * The named parts of the path. By default, a path that does not fit is a 400 Problem that names the part. A path that
 * cannot be decoded is a 404 Problem everywhere, which the router throws.
 */
export const inPath = <S extends z.ZodObject>(schema: S, noSuch?: () => Problem): ParametersPart<z.output<S>> => ({
  schema,
  problems: noSuch === undefined ? [400, 404] : [404],
  read: (_, { params }) => {
    if (noSuch !== undefined && !schema.safeParse(params).success) throw noSuch();
    return check(params, schema);
  },
});

/** See `readQuery`. */
export const inQuery = <S extends z.ZodObject>(schema: S): ParametersPart<z.output<S>> => ({
  schema,
  problems: [400],
  read: (_, { url }) => readQuery(url, schema),
});

/** A JSON body of at most `limit` bytes. */
export const jsonBody = <S extends z.ZodType>(schema: S, limit: number): BodyPart<z.output<S>> => ({
  schema,
  mediaType: "application/json",
  problems: [400, 413],
  read: async (request) => check(parseJson(await readText(request, limit)), schema),
});

const FORM = "application/x-www-form-urlencoded";

/** The fields of a form of at most `limit` bytes. Unknown fields are ignored, and an empty field counts as absent. */
export const formBody = <S extends z.ZodObject>(schema: S, limit: number): BodyPart<z.output<S>> => ({
  schema,
  mediaType: FORM,
  problems: [400, 413, 415],
  read: async (request) => {
    const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (type !== FORM) throw new Problem(415, "Unsupported media type", `${FORM} was expected`);
    const form = valuesOf(new URLSearchParams(await readText(request, limit)), schema);
    return check(Object.fromEntries(Object.entries(form).filter(([, value]) => value !== "")), schema);
  },
});

/** Reads the parameters of an address. Unknown ones are ignored; one that is given more than once is a 400 Problem. */
export const readQuery = <S extends z.ZodObject>({ searchParams }: URL, schema: S): z.output<S> =>
  check(valuesOf(searchParams, schema), schema);

function valuesOf(parameters: URLSearchParams, { shape }: z.ZodObject): Record<string, string> {
  const values = Object.keys(shape).map((name) => [name, readParameter(parameters, name)] as const);
  return Object.fromEntries(values.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** A parameter that is a whole number within bounds. */
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .refine((value) => /^\d{1,16}$/.test(value) && Number(value) >= least && Number(value) <= most, {
      error: ({ input }) => `a whole number from ${least} to ${most} was expected, not "${String(input).slice(0, 40)}"`,
      abort: true,
    })
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** Checks a value against a schema. Throws a 400 Problem with all that zod found. */
export function check<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badRequest(inputErrors(result.error));
}

/** Maximum errors in one answer. */
const MOST_ERRORS = 50;

/** Returns what zod found, by path; each unknown field has an error of its own. */
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "malformed";
    throw badRequest([{ path: "", message: `the body is not JSON: ${why}` }]);
  }
}

/** Reads a body of at most `limit` bytes of UTF-8. Throws a 400 or 413 Problem. */
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
 * Returns the value of a parameter or of a form's field, or null if it is absent. Throws a 400 Problem if it is given
 * more than once: using one of several values would ignore the others silently.
 */
export function readParameter(parameters: URLSearchParams, name: string): string | null {
  const [value = null, ...more] = parameters.getAll(name);
  if (more.length === 0) return value;
  throw badRequest([{ path: name, message: `given ${more.length + 1} times; give it once` }]);
}
