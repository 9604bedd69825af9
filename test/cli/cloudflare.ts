/** A stand-in for Cloudflare's API: as much as wrangler needs to deploy Parley and to apply its migrations. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Cloudflare {
  /** What was done to the account, in order: `create database parley`, `migrate 0001_record.sql`, `upload parley`. */
  steps: string[];
  /** Environment variables that make wrangler call this server. */
  env: Record<string, string>;
  /** Migrations whose text contains this are refused. */
  refuse: string | undefined;
  stop: () => void;
}

interface Answer {
  status?: number;
  result?: unknown;
  error?: { code: number; message: string };
}

type Handler = (parts: string[], body: string, query: URLSearchParams) => Answer;

const ACCOUNT = "account-for-tests";
const notFound = (code: number): Answer => ({ status: 404, error: { code, message: "not found" } });

/** Starts the server, for an account in which the databases named have been created. */
export async function startCloudflare(databases: readonly string[] = []): Promise<Cloudflare> {
  const steps: string[] = [];
  const cloudflare: Cloudflare = { steps, env: {}, refuse: undefined, stop: () => {} };
  const handlers = { ...workerHandlers(steps), ...databaseHandlers(cloudflare, [...databases]) };
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const { status = 200, result = null, error } = answer(handlers, request, body);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ success: !error, errors: error ? [error] : [], messages: [], result }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cloudflare.env = {
    CLOUDFLARE_API_TOKEN: "token-for-tests",
    CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`,
  };
  cloudflare.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return cloudflare;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("latin1")) body += chunk;
  return body;
}

/** A handler's key is a method and a path below the account's; `*` stands for one part. An unknown call has an empty result. */
function answer(
  handlers: Readonly<Record<string, Handler>>,
  { method, url = "" }: IncomingMessage,
  body: string,
): Answer {
  const { pathname, searchParams } = new URL(url, "http://cloudflare");
  const path = pathname.replace(`/client/v4/accounts/${ACCOUNT}/`, "");
  for (const [key, handle] of Object.entries(handlers)) {
    const pattern = new RegExp(`^${key.replaceAll("*", "([^/]+)")}$`);
    const found = pattern.exec(`${method} ${path}`);
    if (found) return handle(found.slice(1), body, searchParams);
  }
  return { result: {} };
}

function workerHandlers(steps: string[]): Record<string, Handler> {
  const uploaded = new Set<string>();
  return {
    "GET workers/services/*": () => notFound(10_090),
    "GET workers/scripts/*/settings": ([name = ""]) =>
      uploaded.has(name) ? { result: { bindings: [] } } : notFound(10_007),
    "GET workers/scripts/*/secrets": () => ({ result: [] }),
    "GET workers/scripts/*/deployments": () => ({ result: { deployments: [] } }),
    "PUT workers/scripts/*": ([name = ""]) => {
      uploaded.add(name);
      steps.push(`upload ${name}`);
      return { result: { id: name, startup_time_ms: 1 } };
    },
    "GET workers/subdomain": () => ({ result: { subdomain: "desk" } }),
    "GET workers/workers/*": () => ({ result: { subdomain: { enabled: true, previews_enabled: false } } }),
  };
}

function databaseHandlers(cloudflare: Cloudflare, databases: string[]): Record<string, Handler> {
  const migrations: { id: number; name: string }[] = [];
  const withId = (name: string) => ({ name, uuid: `id-of-${name}`, version: "production" });
  return {
    "GET d1/database": (_, __, query) => {
      const size = Number(query.get("per_page") ?? 10);
      const start = (Number(query.get("page") ?? 1) - 1) * size;
      return { result: databases.slice(start, start + size).map(withId) };
    },
    "POST d1/database": (_, body) => {
      const { name }: { name: string } = JSON.parse(body);
      databases.push(name);
      cloudflare.steps.push(`create database ${name}`);
      return { result: withId(name) };
    },
    "GET d1/database/*": ([name = ""]) => (databases.includes(name) ? { result: withId(name) } : notFound(7404)),
    "POST d1/database/*/query": (_, body) => {
      const { sql }: { sql: string } = JSON.parse(body);
      if (cloudflare.refuse !== undefined && sql.includes(cloudflare.refuse))
        return { status: 400, error: { code: 7500, message: "refused for a test: SQLITE_ERROR" } };
      const name = /INSERT INTO "?d1_migrations"?[^']*'([^']+)'/.exec(sql)?.[1];
      if (name !== undefined) {
        migrations.push({ id: migrations.length + 1, name });
        cloudflare.steps.push(`migrate ${name}`);
      }
      const results = /^\s*SELECT/.test(sql) ? migrations : [];
      return { result: [{ results, success: true, meta: { duration: 0 } }] };
    },
  };
}
