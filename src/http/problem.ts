/** The one expected failure, as RFC 9457 (Problem Details) writes it. Anything else that is thrown is a fault: a bare 500. */

/** What is wrong with one part of the input. `path` names it: `channel.url`, `places.0`, or the parameter. */
export interface InputError {
  path: string;
  message: string;
}

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
    const body = { title, status, detail, ...(errors.length > 0 && { errors }) };
    const headers = { "content-type": "application/problem+json", "cache-control": "no-store", ...this.headers };
    return new Response(JSON.stringify(body), { status, headers });
  }
}

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
