/** The entry: builds the context, routes requests and translates failures. The cron wakes every shard. */
import { type IRequest, IttyRouter } from "itty-router";
import { isLoopback } from "./alerts/origins.ts";
import { wakeShards } from "./alerts/shards.ts";
import { FEED_PATHS } from "./feeds/feed-address.ts";
import { serveWarm } from "./feeds/feed-cache.ts";
import type { Context } from "./http/context.ts";
import { handlerOf } from "./http/operation.ts";
import { notFound, Problem } from "./http/problem.ts";
import { callerOf, forgetRegistrations } from "./http/rate-limit.ts";
import type { Env } from "./platform/env.ts";
import { readSettings } from "./platform/settings.ts";
import { findMissingMigrations } from "./record/schema.ts";
import { asker } from "./record/search/asker.ts";
import { routes } from "./routes.ts";
import { problemPage } from "./site/problem-page.tsx";

export { Shard } from "./shard/shard.ts";

const router = IttyRouter<IRequest, [Request, Context]>();
for (const [method, path, target] of routes) {
  const handle = handlerOf(target);
  router.all(path, ({ params }, request, context) => {
    if (request.method !== method || path !== pathAt(context.url)) return undefined;
    return handle(request, { ...context, params: decodeParams(params) });
  });
}

/** Returns the path of the routes that an address belongs to: the first one that fits it. */
const pathAt = ({ pathname }: URL): string | undefined =>
  routes[router.routes.findIndex(([, pattern]) => pattern.test(pathname))]?.[1];

export default {
  fetch(request: Request, env, ctx) {
    return serveWarm(request, env) ?? respond(request, env, ctx);
  },

  async scheduled(_, env) {
    await wakeShards(env);
    await forgetRegistrations(env.DB);
  },
} satisfies ExportedHandler<Env>;

async function respond(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const head = request.method === "HEAD";
  const asked = head ? asGet(request) : request;
  const url = new URL(request.url);
  const response = await answer(asked, url, env, ctx).catch((error: unknown) => translate(error, asked, env));
  response.headers.set("x-content-type-options", "nosniff");
  if (isData(url.pathname)) response.headers.set("access-control-allow-origin", "*");
  return head ? new Response(null, response) : response;
}

/**
 * Returns the request's own origin. Miniflare takes the scheme from X-Forwarded-Proto, which anyone may send; this
 * machine is reached by http alone.
 */
const originOf = ({ hostname, host, origin }: URL): string => (isLoopback(hostname) ? `http://${host}` : origin);

/** Returns the GET that a HEAD asks about (RFC 9110, section 9.3.2), without a body, which a HEAD should not have. */
function asGet(request: Request): Request {
  const headers = new Headers(request.headers);
  for (const name of ["content-length", "content-type", "transfer-encoding"]) headers.delete(name);
  return new Request(request.url, { headers, ...(request.cf && { cf: request.cf }) });
}

async function answer(request: Request, url: URL, env: Env, ctx: ExecutionContext): Promise<Response> {
  const settings = readSettings(env);
  const waitUntil = (work: Promise<unknown>): void => ctx.waitUntil(work);
  const context: Context = { env, settings, waitUntil, url, origin: settings.publicUrl ?? originOf(url), params: {} };
  const routed = asker.run(
    callerOf(request),
    (): Promise<Response | undefined> => router.fetch(request, request, context),
  );
  // A search continues after its client has disconnected: others may wait for its answer.
  waitUntil(routed.catch(() => {}));
  const response = await routed;
  if (response !== undefined) return response;
  const methods = methodsOf(url);
  if (methods.length === 0) throw notFound("There is nothing at this address");
  if (request.method === "OPTIONS" && isData(url.pathname) && methods.includes("GET")) return preflight();
  // RFC 9110, section 15.5.6.
  const allow = methods.join(", ");
  throw new Problem(405, "Method not allowed", `This address answers to ${allow}`, { headers: { allow } });
}

/** Returns the methods of an address. */
function methodsOf(url: URL): string[] {
  const path = pathAt(url);
  const methods = routes.filter((route) => route[1] === path).map(([method]) => method);
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

/** Returns true for public data, which scripts of any page may read. No cookie is sent to it. */
const isData = (pathname: string): boolean =>
  FEED_PATHS.has(pathname) || pathname === "/openapi.json" || /^\/api\/(?!alerts\b)/.test(pathname);

/** Answers a CORS preflight: a script of another page may read with conditions (Fetch standard, "CORS protocol"). */
const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD",
      "access-control-allow-headers": "authorization, if-none-match, if-modified-since",
      "access-control-max-age": "86400",
    },
  });

/** Decodes the named parts of the path. Throws a 404 Problem for a part that cannot be decoded. */
function decodeParams(params: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw notFound("There is nothing at this address");
  }
}

/** The answer to a request that failed, as a page or as a problem document. */
async function translate(error: unknown, request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const problem = error instanceof Problem ? error : await problemOf(error, pathname, env);
  const wantsPage = request.headers.get("accept")?.includes("text/html") && !pathname.startsWith("/api/");
  return wantsPage ? problemPage(env.WIRE_TITLE || "Parley", problem) : problem.toResponse();
}

/** Translates an unexpected error: a missing migration, or a fault of Parley. Its details are only logged. */
async function problemOf(error: unknown, path: string, { DB }: Env): Promise<Problem> {
  // If the database does not answer, its migrations are unknown.
  const unready = await findMissingMigrations(DB).catch(() => undefined);
  if (unready !== undefined) return unready;
  console.error(
    JSON.stringify({
      level: "error",
      event: "request.failed",
      // Without the parameters, which hold keys of feeds and codes of confirmations.
      path,
      error: String(error),
      stack: error instanceof Error ? error.stack : undefined,
    }),
  );
  return new Problem(500, "Internal error", "Something went wrong on our side");
}
