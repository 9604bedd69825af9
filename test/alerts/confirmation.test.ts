import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { Percolator } from "../../src/percolator/percolator.ts";
import { analyse } from "../../src/query/text.ts";
import { SqlPostings } from "../../src/shard/follow/postings.ts";
import { Sql } from "../../src/shard/sql.ts";
import { NO_NAMES } from "../query/vocabulary.ts";
import { confirmationAt, patch, webhookAt } from "./owner.ts";
import {
  type Alert,
  addArticle,
  bearer,
  behave,
  call,
  eventually,
  followed,
  putNames,
  received,
  register,
  registerConfirmed,
  registerGated,
  ring,
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

describe("the confirmation page of an alert that is paused", () => {
  const page = (path: string, method = "GET") => call(method, path, undefined, { accept: "text/html" });

  it("says that the link has expired if the new channel was not confirmed in time; the button confirms nothing", async () => {
    const alert = await registerConfirmed("page-expired", "aleppo");
    await patch(alert, { channel: webhookAt("page-expired-new", "silent") });
    const path = await confirmationAt("page-expired-new");
    await runInDurableObject(shard(), (_, { storage }) =>
      storage.sql.exec("UPDATE alerts SET expires_at = ? WHERE id = ?", Date.now() - 1, alert.id),
    );
    await ring();
    expect(await view(alert)).toMatchObject({ status: "paused", confirmed_at: null });
    for (const method of ["GET", "POST"]) {
      const answer = await page(path, method);
      const html = await answer.text();
      expect(answer.status).toBe(410);
      expect(html).toContain("<h1>This confirmation link has expired</h1>");
      expect(html).not.toMatch(/is confirmed|<form/);
    }
    expect(await view(alert)).toMatchObject({ status: "paused", confirmed_at: null });
  });

  it.each([
    ["by its owner", async (alert: Alert) => void (await patch(alert, { status: "paused" })), "its owner paused it"],
    [
      "because its receiver is gone",
      async (alert: Alert) => {
        await behave(alert.name, "status-410");
        await addArticle("Gone from Aleppo.");
        await eventually(async () => (await view(alert)).status === "paused");
      },
      "the receiver answered 410 Gone",
    ],
  ])("says that it is confirmed and why it is paused: %s", async (how, pause, because) => {
    const alert = await registerGated(`page-paused-${how.length}`, "aleppo");
    const path = await confirmationAt(alert.name);
    await pause(alert);
    const answer = await page(path);
    const html = await answer.text();
    expect(answer.status).toBe(200);
    expect(html).toContain("<h1>This alert is confirmed</h1>");
    expect(html).toContain(because);
  });
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
    ...storage.sql.exec("SELECT * FROM messages WHERE receiver = ?", alert.id),
    ...storage.sql.exec("SELECT * FROM attempts WHERE receiver = ?", alert.id),
    ...storage.sql.exec("SELECT * FROM queries WHERE source = 'expiring query'"),
    ...new Percolator(new SqlPostings(new Sql(storage.sql))).match(
      analyse({ title: "expiring query", text: "" }, NO_NAMES),
    ).found,
  ]);
  expect(left).toEqual([]);
});
