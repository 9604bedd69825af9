/** What /openapi.json says. */
import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { describeApi } from "../../src/http/openapi.ts";
import { everyone, json as jsonAnswer, operation } from "../../src/http/operation.ts";
import { routes } from "../../src/routes.ts";
import { call, json, ORIGIN } from "../client.ts";
import { type Description, readDescription } from "./document.ts";

let api: Description;
beforeAll(async () => {
  api = await readDescription();
});

const operations = () =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );

it("describes all routes but pages, styles and icons", () => {
  const pages = /^\/(?:$|(?:alerts|events|articles|status|help|topics|actors|places|curate)(?:\/|$)|scripts\/|sitemap)/;
  const files = ["/site.css", "/icon.svg", "/icon.png", "/favicon.ico", "/map.svg", "/robots.txt"];
  const feeds = ["/alerts/:id.rss", "/alerts/:id.json"];
  const expected = routes
    .filter(([, path]) => feeds.includes(path) || (!pages.test(path) && !files.includes(path)))
    .map(([method, path]) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  expect(operations().map(({ name }) => name)).toEqual(expected);
  expect(expected.length).toBeGreaterThan(40);
});

it("is OpenAPI 3.1 of this origin, and plain JSON", async () => {
  expect(api).toMatchObject({ openapi: "3.1.0", servers: [{ url: ORIGIN }] });
  expect((await call("/openapi.json")).headers.get("content-type")).toBe("application/json");
  const here = await exports.default.fetch(new Request("http://localhost:8787/openapi.json"));
  expect(await here.json()).toMatchObject({ servers: [{ url: "/" }] });
});

it("gives each operation an id of its own, a tag that is explained, and who may call it", () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const tags = api.tags.map(({ name }) => name);
  for (const { name, operation } of operations()) {
    expect(operation.operationId, name).toMatch(/^[a-z][A-Za-z]+$/);
    expect(operation.summary, name).toMatch(/^[A-Z].*[^.]$/);
    expect(tags, name).toEqual(expect.arrayContaining(operation.tags));
    expect(Array.isArray(operation.security), name).toBe(true);
  }
});

it("says which calls take which token", () => {
  const securityOf = (name: string) => operations().find((each) => each.name === name)?.operation.security;
  expect(securityOf("GET /feed.rss")).toEqual([]);
  expect(securityOf("POST /api/alerts")).toEqual([]);
  expect(securityOf("PATCH /api/alerts/{id}")).toEqual([{ alert: [] }]);
  expect(securityOf("PUT /api/events/{id}")).toEqual([{ curator: [] }]);
  expect(securityOf("GET /api/articles/{id}")).toEqual([{}, { curator: [] }]);
});

it("gives every part of a path its pattern", () => {
  for (const { name, path, operation } of operations()) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
    expect(
      inPath.map((parameter) => `{${parameter.name}}`),
      name,
    ).toEqual(path.match(/\{\w+\}/g) ?? []);
    for (const { required, schema } of inPath) {
      expect([name, required, schema]).toEqual([name, true, expect.objectContaining({ pattern: expect.any(String) })]);
    }
  }
});

it("lists the statuses that a call may answer", () => {
  const statusesOf = (name: string) =>
    Object.keys(operations().find((each) => each.name === name)?.operation.responses ?? {}).join(" ");
  expect(statusesOf("GET /healthz")).toBe("200 405 500 503");
  expect(statusesOf("GET /feed.rss")).toBe("200 304 400 405 429 500 503");
  expect(statusesOf("POST /hub")).toBe("202 400 405 413 415 429 500 503");
  expect(statusesOf("PATCH /api/alerts/{id}")).toBe("200 400 404 405 409 413 429 500 503");
  expect(statusesOf("PUT /api/articles/{id}")).toBe("200 201 400 401 404 405 409 413 429 500 503");
});

it("has no reference that leads nowhere, and no named schema that nothing refers to", () => {
  const references = JSON.stringify(api).matchAll(/"\$ref":"#\/components\/(\w+)\/([\w.]+)"/g);
  const found = new Set([...references].map(([, kind, name]) => `${kind}/${name}`));
  const { responses, schemas } = api.components;
  const named = Object.entries({ responses, schemas }).flatMap(([kind, all]) =>
    Object.keys(all).map((name) => `${kind}/${name}`),
  );
  expect([...found].sort()).toEqual(named.sort());
});

it("describes the messages as webhooks", () => {
  expect(Object.keys(api.webhooks).sort()).toEqual(
    ["alert.confirm", "alert.digest", "alert.test", "article.matched", "event.corrected", "event.retracted"].sort(),
  );
  const body = api.webhooks["article.matched"]?.post.requestBody.content["application/json"]?.schema;
  expect(body).toEqual({ $ref: "#/components/schemas/article.matched" });
  expect(api.components.schemas).toMatchObject({
    "article.matched": {
      required: ["type", "timestamp", "data"],
      properties: { data: { properties: { article: {}, matches: {}, sequence: {} } } },
    },
  });
});

describe("a route that is added", () => {
  const added = operation(
    {
      id: "getThing",
      summary: "A thing",
      tag: "Record",
      input: { access: everyone },
      answers: { 200: jsonAnswer("The thing", z.strictObject({ id: z.string() })) },
    },
    ({ reply }) => reply(200, { id: "thing" }),
  );
  const info = { version: "1", server: "/", messages: {} };

  it("is described by its own facts", () => {
    expect(describeApi([["GET", "/things/:id", added]], info)).toMatchObject({
      paths: { "/things/{id}": { get: { operationId: "getThing" } } },
    });
  });

  it("cannot reuse the name of another schema", () => {
    const named = (field: string) => jsonAnswer("x", z.strictObject({ [field]: z.string() }).meta({ id: "Twice" }));
    const other = (field: string) => ({ ...added, facts: { ...added.facts, answers: { 200: named(field) } } });
    const twice = [
      ["GET", "/a", other("a")],
      ["GET", "/b", other("b")],
    ] as const;
    expect(() => describeApi(twice, info)).toThrow("two schemas have the id Twice");
  });
});

it("an address that another route's pattern fits too answers to its own methods only", async () => {
  const methodsAt = async (path: string) => {
    const response = await call(path, { method: "POST" });
    return [response.status, response.headers.get("allow")];
  };
  expect(await methodsAt("/alerts/al_0_aaaaaaaaaaaaaaaa.rss")).toEqual([405, "GET, HEAD"]);
  expect(await methodsAt("/alerts/new")).toEqual([405, "GET, HEAD"]);
  expect((await json<{ status: string }>(call("/healthz"))).status).toBe("ok");
});
