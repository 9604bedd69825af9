import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, inject, it } from "vitest";
import { openShard } from "../../src/alerts/shards.ts";
import { makeSecret } from "../../src/delivery/signature.ts";
import { hash } from "../../src/http/auth.ts";
import { VERSIONS } from "../../src/shard/tables.ts";
import {
  type Alert,
  addArticle,
  deliveries,
  putNames,
  received,
  registerConfirmed,
  settled,
  shard,
  view,
} from "../alerts/support.ts";

beforeAll(putNames);

const TABLES = [
  "state",
  "queries",
  "postings",
  "posting_parts",
  "alerts",
  "notices",
  "messages",
  "attempts",
  "gathered",
  "subscriptions",
  "intents",
  "version",
];

const ARTICLE = {
  id: "x",
  url: null,
  title: "Before",
  publisher: null,
  published_at: null,
  language: null,
  summary: null,
};

/** An alert as the first version kept it, with one message that is delivered and one that waits after a failed attempt. */
async function putAlertOfFirstVersion(name: string): Promise<Alert> {
  const alert = { id: "al_0_aaaaaaaaaaaaaaaa", token: "token-of-the-first-version", secret: makeSecret() };
  const channel = JSON.stringify({ type: "webhook", url: `${inject("receiver")}/${name}/echo` });
  const tokenHash = await hash(alert.token);
  const notice = JSON.stringify({ article: ARTICLE, events: [], matches: [] });
  await openShard(env.DB, 0);
  await runInDurableObject(shard(), async (_, { storage }) => {
    const { sql } = storage;
    sql.exec("PRAGMA defer_foreign_keys = on");
    for (const table of TABLES.toReversed()) sql.exec(`DROP TABLE IF EXISTS ${table}`);
    sql.exec("CREATE TABLE version (number INTEGER NOT NULL)");
    sql.exec("INSERT INTO version VALUES (1)");
    sql.exec(VERSIONS[0] ?? "");
    sql.exec("INSERT INTO queries VALUES (1, 'whirlwind -drill', '-drill whirlwind', '[]')");
    sql.exec(
      `INSERT INTO alerts (id, query, channel, host, status, token_hash, feed_key_hash, secret, origin, since, latest, created_at, confirmed_at)
       VALUES (?, 1, ?, 'x', 'active', ?, '', ?, 'https://wire.example', 0, 2, 1, 1)`,
      ...[alert.id, channel, tokenHash, alert.secret],
    );
    sql.exec("INSERT INTO notices VALUES (1, 'article.matched', ?, 'whirlwind', NULL, ?)", Date.now(), notice);
    sql.exec("INSERT INTO messages VALUES (?, 1, 'msg_1', 1, 'delivered', 1, NULL)", alert.id);
    sql.exec("INSERT INTO messages VALUES (?, 2, 'msg_2', 1, 'pending', 1, 5)", alert.id);
    sql.exec("INSERT INTO attempts VALUES (?, 2, 1, 4, 'answered', 503, 1)", alert.id);
  });
  await evictDurableObject(shard());
  return { ...alert, name, query: "", status: "active", feed_url: "" };
}

it("a shard of the first version is brought up to date: what waits is delivered, and its queries are filed anew", async () => {
  const alert = await putAlertOfFirstVersion("first-version");
  await shard().wake();
  const [, waiting] = await settled(alert, 2);
  expect(waiting).toMatchObject({ id: "msg_2", status: "delivered", attempts: [{ status: 503 }, { status: 204 }] });
  await addArticle("A whirlwind drill.");
  await addArticle("A whirlwind.");
  await settled(alert, 3);
  expect(await view(alert)).toMatchObject({ latest: 3, oldest: 1 });
  expect((await deliveries(alert)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(await received("first-version")).toHaveLength(2);
});

it("queries that were filed by a hash without a key are filed anew", async () => {
  const alert = await registerConfirmed("unkeyed", "downdraft -drill");
  const before = await runInDurableObject(shard(), (_, { storage: { sql } }) => {
    sql.exec("DROP TABLE posting_parts");
    sql.exec("ALTER TABLE state DROP COLUMN entry_key");
    sql.exec("UPDATE version SET number = 4");
    return sql.exec("SELECT pack, units FROM postings").toArray();
  });
  await evictDurableObject(shard());
  await addArticle("A downdraft.");
  await settled(alert, 1);
  await runInDurableObject(shard(), (_, { storage: { sql } }) =>
    expect(sql.exec("SELECT pack, units FROM postings").toArray()).not.toEqual(before),
  );
});
