/** Expected failures as problem documents (RFC 9457). Any other error that is thrown is a fault, answered by a bare 500. */
import * as z from "zod";

const inputError = z.strictObject({
  path: z.string().describe("The part of the input: `channel.url`, `places.0`, or the parameter; empty for all of it"),
  message: z.string(),
});
/** What is wrong with one part of the input. */
export type InputError = z.infer<typeof inputError>;

/** The body of every error. */
export const problemDocument = z
  .strictObject({
    title: z.string().describe("The kind of problem"),
    status: z.int().min(400).max(599),
    detail: z.string().describe("What is wrong, and what to do about it"),
    errors: z.array(inputError).optional().describe("What is wrong with the input"),
  })
  .meta({ id: "Problem" });

export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly errors: readonly InputError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    title: string,
    detail: string,
    more: { errors?: readonly InputError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.title = title;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }

  /** `application/problem+json` (RFC 9457, section 3). */
  toResponse(): Response {
    const { status, title, message: detail, errors } = this;
    const body: z.infer<typeof problemDocument> = { title, status, detail };
    if (errors.length > 0) body.errors = [...errors];
    const headers = { "content-type": "application/problem+json", "cache-control": "no-store", ...this.headers };
    return new Response(JSON.stringify(body), { status, headers });
  }
}

/** A 400 Problem; its detail repeats all errors in one line. */
export const badRequest = (errors: readonly InputError[]): Problem =>
  new Problem(
    400,
    "Bad request",
    errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; "),
    {
      errors,
    },
  );

export const notFound = (what: string): Problem => new Problem(404, "Not found", what);
