import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { SqlPostings } from "../../src/alerts/postings.ts";
import { Percolator } from "../../src/percolator/percolator.ts";
import { analyse } from "../../src/query/text.ts";
import { NO_NAMES } from "../query/vocabulary.ts";
import {
  type Alert,
  addArticle,
  bearer,
  call,
  eventually,
  followed,
  putNames,
  received,
  register,
  settled,
  shard,
  view,
} from "./support.ts";

beforeAll(putNames);

/** The link and the challenge that the receiver was sent. */
async function asked({ name }: Alert): Promise<{ challenge: string; path: string }> {
  await eventually(async () => (await received(name, true)).length > 0);
  const [message] = await received(name, true);
  const { type, data } = JSON.parse(message?.body ?? "{}");
  expect(type).toBe("alert.confirm");
  const { pathname, search } = new URL(data.confirm_url);
  return { challenge: data.challenge, path: pathname + search };
}

const isActive = (alert: Alert) => async () => (await view(alert)).status === "active";

describe("an alert becomes active", () => {
  it("when the answer is the challenge, as text", async () => {
    await eventually(isActive(await register("text", "aleppo", "echo")));
  });

  it("when the answer is the challenge, as JSON", async () => {
    await eventually(isActive(await register("json", "aleppo", "json")));
  });

  it("when someone opens the link and presses the button; opening alone changes nothing", async () => {
    const alert = await register("button", "aleppo", "silent");
    const { path } = await asked(alert);
    const page = await call("GET", path);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<form method="post">');
    expect((await call("HEAD", path)).status).toBe(200);
    expect((await view(alert)).status).toBe("pending");
    expect((await call("POST", path)).status).toBe(200);
    expect((await view(alert)).status).toBe("active");
    // A second press changes nothing more.
    expect((await call("POST", path)).status).toBe(200);
  });
});

describe("an alert stays pending", () => {
  const settledConfirmation = (alert: Alert) => async () => {
    const { confirmation }: { confirmation: { status: string } | null } = await (
      await call("GET", `/api/alerts/${alert.id}`, undefined, bearer(alert))
    ).json();
    return confirmation?.status === "delivered";
  };

  it.each(["silent", "parrot"])("when the receiver is %s", async (behaviour) => {
    const alert = await register(`stays-${behaviour}`, "aleppo", behaviour);
    await eventually(settledConfirmation(alert));
    expect((await view(alert)).status).toBe("pending");
  });

  it("for a wrong challenge", async () => {
    const alert = await register("wrong", "aleppo", "silent");
    const { path } = await asked(alert);
    expect((await call("POST", path.replace(/code=./, "code=!"))).status).toBe(404);
    expect((await call("POST", `/alerts/${alert.id}/confirm`)).status).toBe(404);
    expect((await view(alert)).status).toBe("pending");
  });
});

it("what matches before the confirmation is held, and goes out after it", async () => {
  const alert = await register("held", "aleppo", "silent");
  const { path } = await asked(alert);
  await addArticle("Calm in Aleppo.");
  await followed();
  expect(await received("held")).toEqual([]);
  await call("POST", path);
  await settled(alert, 1);
  expect(await received("held")).toHaveLength(1);
});

it("an alert that nobody confirms within 24 hours expires, and leaves nothing behind", async () => {
  const alert = await register("expires", "expiring query", "silent");
  await asked(alert);
  const hours = await runInDurableObject(shard(), (_, { storage }) => {
    const { wait } = storage.sql
      .exec<{ wait: number }>("SELECT expires_at - created_at AS wait FROM alerts WHERE id = ?", alert.id)
      .one();
    storage.sql.exec("UPDATE alerts SET expires_at = ? WHERE id = ?", Date.now() - 1, alert.id);
    return wait / 3_600_000;
  });
  expect(hours).toBe(24);
  await runInDurableObject(shard(), (_, { storage }) => storage.setAlarm(Date.now() + 60_000));
  await runDurableObjectAlarm(shard());
  expect((await call("GET", `/api/alerts/${alert.id}`, undefined, bearer(alert))).status).toBe(404);
  const left = await runInDurableObject(shard(), (_, { storage }) => [
    ...storage.sql.exec("SELECT * FROM messages WHERE alert = ?", alert.id),
    ...storage.sql.exec("SELECT * FROM attempts WHERE alert = ?", alert.id),
    ...storage.sql.exec("SELECT * FROM queries WHERE source = 'expiring query'"),
    ...new Percolator(new SqlPostings(storage.sql)).match(analyse({ title: "expiring query", text: "" }, NO_NAMES))
      .found,
  ]);
  expect(left).toEqual([]);
});
