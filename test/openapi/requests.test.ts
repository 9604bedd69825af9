/**
 * Requests that are made from the description: allowed ones and others, with and without a token, by all methods. `call`
 * holds each answer against the description.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { routes } from "../../src/routes.ts";
import { ask } from "../alerts/owner.ts";
import { deliveries, eventually, registerConfirmed } from "../alerts/support.ts";
import { addArticle, CURATOR, call, json, ORIGIN, putEvent, putNames } from "../client.ts";
import { type Described, type Parameter, readDescription } from "./document.ts";
import { allowed, named, refused, refusedText, type World } from "./generate.ts";

/** The same requests in every run. */
const RUNS = { numRuns: 15, seed: 20_160_922 };
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const template = (path: string): string => path.replaceAll(/:(\w+)/g, "{$1}");

const described = routes.flatMap(([method, path, target]) =>
  typeof target === "function" ? [] : [{ method, ...target.facts.input, path: template(path) }],
);
/** The rows of a table of tests: those operations that the test is about. */
const rows = (isIn: (operation: (typeof described)[number]) => boolean) =>
  described.filter(isIn).map(({ method, path }) => [`${method} ${path}`, method, path] as const);

const operations = new Map<string, Described>();
const operationOf = (method: string, path: string): Described => {
  const found = operations.get(`${method} ${path}`);
  if (found === undefined) throw new Error(`${method} ${path} is not described`);
  return found;
};

const world: World & { known: Record<string, unknown[]> } = {
  receiver: inject("receiver"),
  known: {
    // The address has the article's id already.
    id: [undefined],
    places: [[], ["aleppo"]],
    actors: [[], ["issg"]],
    topics: [["ceasefire"]],
    articles: [[], ["described"]],
    events: [[], ["described"]],
    "hub.topic": [`${ORIGIN}/feed.rss`, `${ORIGIN}/articles.json?q=aleppo`],
  },
};

/** An alert that has been sent a message. */
let alert: Awaited<ReturnType<typeof registerConfirmed>>;

async function registerTested() {
  const registered = await registerConfirmed("described", "aleppo");
  await json(ask(registered, "POST", "/test"), 202);
  await eventually(async () => (await deliveries(registered)).some(({ type }) => type === "alert.test"));
  world.known["key"] = [new URL(registered.feed_url).searchParams.get("key")];
  return registered;
}

beforeAll(async () => {
  const { paths } = await readDescription();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.set(`${method.toUpperCase()} ${path}`, operation);
    }
  }
  await putNames();
  await addArticle("described", { text: "Aleppo." });
  await putEvent("described", { articles: ["described"] });
  alert = await registerTested();
});

/** A part of a path that names something on record. */
function known(path: string, name: string): string {
  if (name === "sequence") return "1";
  if (path.includes("/alerts/")) return alert.id;
  return path.includes("/names/") ? "place:aleppo" : "described";
}

const parametersOf = ({ parameters = [] }: Described, place: Parameter["in"]) =>
  parameters.filter((parameter) => parameter.in === place);

const fill = (path: string, values: Record<string, unknown>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));

/** Paths with parts that are on record, or that merely have the right form. */
const paths = (path: string, operation: Described) =>
  fc
    .record(
      Object.fromEntries(
        parametersOf(operation, "path").map(({ name, schema }) => [
          name,
          fc.oneof(
            { weight: 2, arbitrary: fc.constant(null).map(() => known(path, name)) },
            { weight: 1, arbitrary: allowed(schema, world) },
          ),
        ]),
      ),
    )
    .map((values) => fill(path, values));

const queries = (operation: Described) =>
  fc.record(
    Object.fromEntries(parametersOf(operation, "query").map(({ name, schema }) => [name, named(name, schema, world)])),
    { requiredKeys: parametersOf(operation, "query").flatMap(({ name, required }) => (required ? [name] : [])) },
  );

const searchOf = (values: object): string => {
  const search = new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]));
  return search.size === 0 ? "" : `?${search}`;
};

const bodyOf = ({ requestBody }: Described) => Object.entries(requestBody?.content ?? {})[0];

/** A body of the media type that the operation takes. */
function encoded(type: string, body: unknown): RequestInit {
  const form = () => String(new URLSearchParams(Object.entries(Object(body)).map(([k, v]) => [k, String(v)])));
  return { headers: { "content-type": type }, body: type === "application/json" ? JSON.stringify(body) : form() };
}

const tokenFor = ({ security }: Described): Record<string, string> => {
  const scheme = security.flatMap((each) => Object.keys(each))[0];
  if (scheme === "alert") return { authorization: `Bearer ${alert.token}` };
  return scheme === "curator" ? CURATOR : {};
};

function send(method: string, path: string, token: Record<string, string>, init: RequestInit = {}) {
  return call(path, { ...init, method, headers: { ...Object(init.headers), ...token } });
}

describe("a request that the description allows", () => {
  it.each(rows(() => true))("%s", async (_, method, path) => {
    const operation = operationOf(method, path);
    const [type, body] = bodyOf(operation) ?? [];
    const bodies = body === undefined ? fc.constant(undefined) : allowed(body.schema, world);
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(paths(path, operation), queries(operation), bodies, async (address, query, content) => {
        const init = type === undefined ? {} : encoded(type, content);
        const response = await send(method, address + searchOf(query), tokenFor(operation), init);
        statuses.add(response.status);
        expect(response.status).toBeLessThan(500);
        if (response.status === 204) alert = await registerTested();
      }),
      RUNS,
    );
    expect(Math.min(...statuses)).toBeLessThan(400);
  });
});

describe("a request that the description does not allow is refused", () => {
  it.each(rows(({ path, query }) => path.includes("{") || query !== undefined))(
    "%s: its parameters",
    async (_, method, path) => {
      const operation = operationOf(method, path);
      const [type, body] = bodyOf(operation) ?? [];
      for (const parameter of operation.parameters ?? []) {
        const wrong = refusedText(parameter.schema);
        if (wrong === undefined) continue;
        const bodies = body === undefined ? fc.constant(undefined) : allowed(body.schema, world);
        await fc.assert(
          fc.asyncProperty(wrong, bodies, async (text, content) => {
            const values = Object.fromEntries(
              parametersOf(operation, "path").map(({ name }) => [name, known(path, name)]),
            );
            if (parameter.in === "path") values[parameter.name] = text;
            const search = parameter.in === "query" ? searchOf({ [parameter.name]: text }) : "";
            const init = type === undefined ? {} : encoded(type, content);
            const { status } = await send(method, fill(path, values) + search, tokenFor(operation), init);
            expect(parameter.in === "path" ? [400, 404, 405] : [400]).toContain(status);
          }),
          RUNS,
        );
      }
    },
  );

  it.each(rows(({ body }) => body?.mediaType === "application/json"))("%s: its body", async (_, method, path) => {
    const operation = operationOf(method, path);
    const schema = operation.requestBody.content["application/json"]?.schema ?? {};
    await fc.assert(
      fc.asyncProperty(refused(schema, world), async (content) => {
        const values = Object.fromEntries(parametersOf(operation, "path").map(({ name }) => [name, known(path, name)]));
        const { status } = await send(
          method,
          fill(path, values),
          tokenFor(operation),
          encoded("application/json", content),
        );
        expect(status).toBe(400);
      }),
      { ...RUNS, numRuns: 30 },
    );
  });
});

describe("without the right token", () => {
  it.each(rows(({ access }) => access.security.length > 0))("%s", async (_, method, path) => {
    const operation = operationOf(method, path);
    const isOptional = operation.security.some((each) => Object.keys(each).length === 0);
    const values = Object.fromEntries(parametersOf(operation, "path").map(({ name }) => [name, known(path, name)]));
    const [type, body] = bodyOf(operation) ?? [];
    const content = body && fc.sample(allowed(body.schema, world), RUNS)[0];
    for (const token of [{}, { authorization: "Bearer wrong" }, { authorization: "Basic eDp5" }]) {
      const init = type === undefined ? {} : encoded(type, content);
      const { status } = await send(method, fill(path, values), token, init);
      const refusal = operation.security.some((each) => "alert" in each) ? [400, 404] : [401];
      expect(isOptional ? [200] : refusal).toContain(status);
    }
  });
});

it.each([...new Set(described.map(({ path }) => path))])("%s: another method is a 405", async (path) => {
  const documented = described.filter((each) => each.path === path).map(({ method }) => String(method));
  const filled = fill(path, { id: known(path, "id"), sequence: "1" });
  for (const method of METHODS.filter((each) => !documented.includes(each))) {
    const response = await call(filled, { method, headers: CURATOR });
    if (method === "OPTIONS" && response.status === 204) continue;
    expect([method, response.status]).toEqual([method, 405]);
    expect(
      response.headers
        .get("allow")
        ?.split(", ")
        .filter((each) => each !== "HEAD"),
    ).toEqual(documented);
  }
});
