/** Holds every answer of the API against what its operation promises: the status, the media type and the body. */
import type * as z from "zod";
import { problemStatuses } from "../../src/http/openapi.ts";
import type { OperationFacts } from "../../src/http/operation.ts";
import { problemDocument } from "../../src/http/problem.ts";
import { routes } from "../../src/routes.ts";

const patternOf = (path: string): RegExp => RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+?")}/*$`);
const patterns = new Map(routes.map(([, path]) => [path, patternOf(path)]));

/** Returns what is promised for a request; undefined for pages, and `methods` for a method that the address lacks. */
function promised(request: Request): OperationFacts | { methods: readonly string[] } | undefined {
  const { pathname } = new URL(request.url);
  const path = [...patterns].find(([, pattern]) => pattern.test(pathname))?.[0];
  const at = routes.filter((route) => route[1] === path);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const [, , target] = at.find((route) => route[0] === method) ?? [];
  if (target !== undefined) return typeof target === "function" ? undefined : target.facts;
  return at.length === 0 ? undefined : { methods: at.map(([known]) => known) };
}

/** Returns the answer. Throws an error if it is not one that the operation promises. */
export async function checkAnswer(request: Request, response: Response): Promise<Response> {
  const facts = promised(request);
  if (facts === undefined) return response;
  const wrong = "methods" in facts ? checkOtherMethod(response) : await findWrong(facts, request, response);
  if (wrong === undefined) return response;
  throw new Error(`${request.method} ${request.url} answers ${response.status}: ${wrong}`);
}

function checkOtherMethod({ status, headers }: Response): string | undefined {
  if (status === 204) return undefined;
  return status === 405 && headers.has("allow") ? undefined : "405 with Allow was expected";
}

async function findWrong(facts: OperationFacts, request: Request, response: Response): Promise<string | undefined> {
  const { status, headers } = response;
  const type = headers.get("content-type")?.split(";")[0] ?? undefined;
  const answer = facts.answers[status];
  if (answer === undefined) {
    if (!problemStatuses(facts).includes(status)) return "the status is not among those of the operation";
    if (type === "text/html" && request.headers.get("accept")?.includes("text/html")) return undefined;
    return findWrongBody(request, response, "application/problem+json", problemDocument);
  }
  const missing = Object.keys(answer.headers ?? {}).filter((name) => !headers.has(name) && name !== "Last-Modified");
  if (missing.length > 0) return `without the header ${missing.join(", ")}`;
  return findWrongBody(request, response, answer.mediaType, answer.schema);
}

async function findWrongBody(
  request: Request,
  response: Response,
  expected: string | undefined,
  schema: z.ZodType | undefined,
): Promise<string | undefined> {
  const type = response.headers.get("content-type")?.split(";")[0] ?? undefined;
  if (type !== expected) return `the media type is ${type}, not ${expected}`;
  if (schema === undefined || request.method === "HEAD" || response.headers.has("content-encoding")) return undefined;
  const checked = schema.safeParse(await response.clone().json());
  return checked.error?.message;
}
