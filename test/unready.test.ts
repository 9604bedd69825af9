/** A Worker whose database lacks migrations: it was deployed before they were applied. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { article, call, curate, type ProblemBody, putEvent } from "./client.ts";

const LAST = env.MIGRATIONS.at(-1)?.name ?? "";

describe.each([
  ["no migration at all", ["events", "head", "d1_migrations"], []],
  ["the last ones missing", ["event_names", "articles"], [LAST]],
] as const)("%s", (_, tables, applied) => {
  const rename = (from: string, to: string) => env.DB.prepare(`ALTER TABLE ${from} RENAME TO ${to}`).run();

  beforeAll(async () => {
    Object.assign(env, { DB: Object.create(env.DB) });
    for (const name of applied) await env.DB.prepare("DELETE FROM d1_migrations WHERE name = ?").bind(name).run();
    for (const table of tables) await rename(table, `${table}_away`);
  });
  afterAll(async () => {
    for (const table of tables) await rename(`${table}_away`, table);
    for (const name of applied) await env.DB.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name).run();
  });

  it.each(["/api/events", "/api/articles", "/feeds.opml", "/healthz"])("%s is a 503 that says so", async (path) => {
    const response = await call(path);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect((await response.json<ProblemBody>()).detail).toContain("migrations");
  });

  it("a page says it in words", async () => {
    const response = await call("/", { headers: { accept: "text/html" } });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(await response.text()).toContain("not ready");
  });

  it("nothing is taken that would be lost", async () => {
    expect((await curate("POST", "/api/articles", article("too-early"))).status).toBe(503);
  });
});

it("with all of them it answers, and says that it is well", async () => {
  await applyD1Migrations(env.DB, env.MIGRATIONS);
  Object.assign(env, { DB: Object.create(env.DB) });
  await putEvent("ready");
  for (const path of ["/", "/api/events", "/feed.rss", "/healthz"]) expect((await call(path)).status, path).toBe(200);
});

it("a fault that is none of the migrations' is still a fault", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  await env.DB.prepare("ALTER TABLE revisions RENAME TO revisions_away").run();
  expect((await call("/events/ready")).status).toBe(500);
  expect(log).toHaveBeenCalled();
  await env.DB.prepare("ALTER TABLE revisions_away RENAME TO revisions").run();
});

it("a database that does not answer is told of by /healthz", async () => {
  const { DB } = env;
  const broken = { prepare: () => ({ bind: () => ({ first: () => Promise.reject(new Error("D1_ERROR: gone")) }) }) };
  Object.assign(env, { DB: broken });
  const response = await call("/healthz");
  Object.assign(env, { DB });
  expect(response.status).toBe(503);
  const { detail } = await response.json<ProblemBody>();
  expect(detail).toContain("does not answer");
  expect(detail).not.toContain("D1_ERROR");
});
