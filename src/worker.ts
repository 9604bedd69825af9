/** The entry: builds the context, routes, and translates failure; on the cron's tick, wakes what may sleep. */
import { type IRequest, IttyRouter } from "itty-router";
import { wakeShards } from "./alerts/directory.ts";
import { forgetRegistrations } from "./alerts/limits.ts";
import type { Context } from "./context.ts";
import { type Env, readSettings } from "./env.ts";
import { notFound, Problem } from "./problem.ts";
import { routes } from "./routes.ts";
import { problemPage } from "./site/pages.tsx";

export { Shard } from "./alerts/shard.ts";

const router = IttyRouter<IRequest, [Request, Context]>();
for (const [method, path, handler] of routes) {
  router.all(path, ({ params }, request, context) => {
    if (request.method !== method) return undefined;
    return handler(request, { ...context, params: decodeParams(params) });
  });
}

export default {
  async fetch(request: Request, env, ctx) {
    const head = request.method === "HEAD";
    const asked = head ? asGet(request) : request;
    const response = await answer(asked, env, ctx).catch((error: unknown) => translate(error, asked, env));
    response.headers.set("x-content-type-options", "nosniff");
    return head ? new Response(null, response) : response;
  },

  async scheduled(_, env) {
    await wakeShards(env);
    await forgetRegistrations(env.DB);
  },
} satisfies ExportedHandler<Env>;

/**
 * The request's own origin. Miniflare takes the scheme from X-Forwarded-Proto, which anyone may send; this machine is reached
 * by http alone.
 */
const originOf = ({ hostname, host, origin }: URL): string =>
  ["localhost", "127.0.0.1", "[::1]"].includes(hostname) ? `http://${host}` : origin;

/** A HEAD as the GET that it asks about (RFC 9110, section 9.3.2). A body, which it should not have, is not taken over. */
function asGet(request: Request): Request {
  const headers = new Headers(request.headers);
  for (const name of ["content-length", "content-type", "transfer-encoding"]) headers.delete(name);
  return new Request(request.url, { headers });
}

async function answer(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const settings = readSettings(env);
  const url = new URL(request.url);
  const waitUntil = (work: Promise<unknown>): void => ctx.waitUntil(work);
  const context: Context = { env, settings, waitUntil, url, origin: settings.publicUrl ?? originOf(url), params: {} };
  const response: Response | undefined = await router.fetch(request, request, context);
  if (response !== undefined) return response;
  throw notAllowed(url) ?? notFound("There is nothing at this address");
}

/** A 405 for an address that answers to other methods (RFC 9110, section 15.5.6); undefined where there is none. */
function notAllowed({ pathname }: URL): Problem | undefined {
  const methods = routes.filter((_, i) => router.routes[i]?.[1].test(pathname)).map(([method]) => method);
  if (methods.length === 0) return undefined;
  const allow = [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))].join(", ");
  return new Problem(405, "Method not allowed", `This address answers to ${allow}`, { headers: { allow } });
}

/** The named parts of the path, decoded; what cannot be decoded names nothing. */
function decodeParams(params: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw notFound("There is nothing at this address");
  }
}

/** A Problem is told as it is; anything else is a fault of ours, of which nothing leaks. */
function translate(error: unknown, request: Request, env: Env): Response {
  const { pathname } = new URL(request.url);
  if (!(error instanceof Problem)) {
    console.error(
      JSON.stringify({
        level: "error",
        event: "request.failed",
        // Without the parameters: they hold the keys of feeds and the codes of confirmations.
        path: pathname,
        error: String(error),
        stack: error instanceof Error ? error.stack : undefined,
      }),
    );
  }
  const problem =
    error instanceof Problem ? error : new Problem(500, "Internal error", "Something went wrong on our side");
  const wantsPage = request.headers.get("accept")?.includes("text/html") && !pathname.startsWith("/api/");
  return wantsPage ? problemPage(env.WIRE_TITLE || "Parley", problem) : problem.toResponse();
}
