import { expect, it } from "vitest";
import { describeApi, operations } from "../src/http/openapi.ts";
import { routes } from "../src/routes.ts";

it("every route is described, and nothing else", () => {
  expect(Object.keys(operations).sort()).toEqual(routes.map(([method, path]) => `${method} ${path}`).sort());
});

it("the description is plain JSON, with a schema for each body", () => {
  const api = JSON.parse(JSON.stringify(describeApi("https://wire.example", "1.0.0")));
  expect(api).toMatchObject({ openapi: "3.1.0", servers: [{ url: "https://wire.example" }] });
  expect(api.paths["/api/alerts"].post.requestBody.content["application/json"].schema.required).toEqual([
    "query",
    "channel",
  ]);
  expect(api.paths["/api/alerts/{id}"].get.parameters).toEqual([
    expect.objectContaining({ name: "id", in: "path", required: true }),
  ]);
  expect(api.paths["/alerts/{id}.rss"].get.parameters.map(({ name }: { name: string }) => name)).toEqual([
    "id",
    "key",
    "limit",
  ]);
});
