/** Something happens while a request is under way: the receiver has it, and has not answered. */
import { evictDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { stopTimeouts } from "../../timeouts.ts";
import {
  type Alert,
  addArticle,
  bearer,
  behave,
  call,
  deliveries,
  eventually,
  kill,
  putNames,
  received,
  register,
  registerGated,
  ring,
  rows,
  settled,
  shard,
  shut,
  tick,
  view,
} from "../support.ts";

beforeAll(putNames);
afterEach(() => {
  vi.restoreAllMocks();
});

/** A confirmed alert whose first message is at its receiver, which has not answered. */
async function underWay(name: string): Promise<Alert> {
  const alert = await registerGated(name, name);
  await shut(name);
  await addArticle(`The ${name}.`);
  await eventually(async () => (await received(name)).length === 1);
  return alert;
}

const path = ({ id }: Alert): string => `/api/alerts/${id}`;
const idsAt = async (name: string) => (await received(name)).map(({ headers }) => headers["webhook-id"]);

describe("the shard ends", () => {
  it("at once: the message goes out again under the same id", async () => {
    const alert = await underWay("killed-in-flight");
    await kill();
    await behave("killed-in-flight", "echo");
    await ring();
    await settled(alert, 1);
    expect(await idsAt("killed-in-flight")).toEqual([`msg_${alert.id}_1`, `msg_${alert.id}_1`]);
    const [delivery] = await deliveries(alert);
    // The attempt that nobody heard the end of is not on the list; what it may cost is the message twice.
    expect(delivery?.attempts).toHaveLength(1);
  });

  it("at once, and nobody wakes it: its alarm stands, and does", async () => {
    const alert = await underWay("killed-alone");
    await kill();
    await behave("killed-alone", "echo");
    await settled(alert, 1);
    expect(new Set(await idsAt("killed-alone"))).toEqual(new Set([`msg_${alert.id}_1`]));
  });

  it("as the platform ends one for a deployment, which waits for a while", async () => {
    const alert = await underWay("deployed");
    await evictDurableObject(shard());
    await behave("deployed", "echo");
    await tick();
    await settled(alert, 1);
    expect(new Set(await idsAt("deployed"))).toEqual(new Set([`msg_${alert.id}_1`]));
  });
});

describe("its alert is deleted", () => {
  /** What is left of an alert and of the query that only it asked. */
  const left = async ({ id }: Alert): Promise<unknown> => {
    const [counts] = await rows(
      `SELECT (SELECT count(*) FROM alerts WHERE id = ?1) AS alerts,
         (SELECT count(*) FROM messages WHERE receiver = ?1) AS messages,
         (SELECT count(*) FROM attempts WHERE receiver = ?1) AS attempts,
         (SELECT count(*) FROM gathered WHERE alert = ?1) AS gathered,
         (SELECT count(*) FROM notices n WHERE NOT EXISTS (SELECT 1 FROM messages WHERE notice = n.number)
            AND NOT EXISTS (SELECT 1 FROM gathered WHERE notice = n.number)) AS notices,
         (SELECT count(*) FROM queries q WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE query = q.number)) AS queries`,
      id,
    );
    return counts;
  };
  const NOTHING = { alerts: 0, messages: 0, attempts: 0, gathered: 0, notices: 0, queries: 0 };
  const postings = async (): Promise<number> =>
    (await rows<{ bytes: number }>("SELECT coalesce(sum(length(units)), 0) AS bytes FROM postings"))[0]?.bytes ?? 0;

  it.each(["echo", "status-503", "status-410"])(
    "and then the receiver answers (%s): nothing more is sent, no row is left",
    async (behaviour) => {
      const name = `deleted-${behaviour}`;
      stopTimeouts();
      const before = await postings();
      const alert = await underWay(name);
      for (let i = 0; i < 3; i++) await addArticle(`The ${name}, ${i}.`);
      expect(await postings()).toBeGreaterThan(before);
      expect((await call("DELETE", path(alert), undefined, bearer(alert))).status).toBe(204);
      // The request is ended at once: by itself it would not end.
      await eventually(async () => (await shard().status()).in_flight === 0);
      await behave(name, behaviour);
      await ring();
      await tick();
      expect(await received(name)).toHaveLength(1);
      expect(await left(alert)).toEqual(NOTHING);
      expect(await postings()).toBe(before);
    },
  );

  it("before it was confirmed, and then the receiver answers the challenge", async () => {
    await shut("deleted-asked");
    const alert = await register("deleted-asked", "deleted asked", "gate");
    await eventually(async () => (await received("deleted-asked", true)).length === 1);
    expect((await call("DELETE", path(alert), undefined, bearer(alert))).status).toBe(204);
    await behave("deleted-asked", "echo");
    await ring();
    expect(await received("deleted-asked", true)).toHaveLength(1);
    expect(await left(alert)).toEqual(NOTHING);
  });

  it("and what another alert got of the same article stays", async () => {
    const other = await registerGated("deleted-other", "deleted-beside");
    await behave("deleted-other", "status-503");
    const alert = await underWay("deleted-beside");
    await call("DELETE", path(alert), undefined, bearer(alert));
    await behave("deleted-beside", "echo");
    await behave("deleted-other", "echo");
    await settled(other, 1);
    expect(await left(alert)).toEqual(NOTHING);
    expect(await deliveries(other)).toMatchObject([{ status: "delivered" }]);
  });
});

it("its secret is rotated: what was under way bears the old signature, the repetition both", async () => {
  const alert = await underWay("rotated-in-flight");
  const answer = await call("POST", `${path(alert)}/rotate`, {}, bearer(alert));
  const { secret }: { secret: string } = await answer.json();
  await behave("rotated-in-flight", "after-2-status-503");
  await settled(alert, 1);
  const [first, second] = await received("rotated-in-flight", false);
  const verifies = (key: string, got: typeof first): boolean => {
    try {
      new Webhook(key).verify(got?.body ?? "", got?.headers ?? {});
      return true;
    } catch {
      return false;
    }
  };
  expect([verifies(alert.secret, first), verifies(secret, first)]).toEqual([true, false]);
  expect([verifies(alert.secret, second), verifies(secret, second)]).toEqual([true, true]);
  expect(first?.headers["webhook-id"]).toBe(second?.headers["webhook-id"]);
});

describe("its channel is changed", () => {
  const moveTo = (alert: Alert, name: string) =>
    call(
      "PATCH",
      path(alert),
      { channel: { type: "webhook", url: `${inject("receiver")}/${name}/gate` } },
      bearer(alert),
    );

  it("and then the old receiver takes the message: it is delivered, and the new one gets what comes after it", async () => {
    const alert = await underWay("moved-taken");
    await addArticle("The moved-taken, again.");
    await behave("moved-taken-to", "echo");
    expect((await moveTo(alert, "moved-taken-to")).status).toBe(200);
    await behave("moved-taken", "echo");
    await eventually(async () => (await view(alert)).status === "active");
    await settled(alert, 2);
    expect(await idsAt("moved-taken")).toEqual([`msg_${alert.id}_1`]);
    expect(await idsAt("moved-taken-to")).toEqual([`msg_${alert.id}_2`]);
  });

  it.each(["status-503", "status-410", "drop"])(
    "and then the old receiver fails (%s): that says nothing of the new one, which gets the message",
    async (behaviour) => {
      const name = `moved-${behaviour}`;
      const alert = await underWay(name);
      await shut(`${name}-to`);
      expect((await moveTo(alert, `${name}-to`)).status).toBe(200);
      await behave(name, behaviour);
      await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
      expect(await view(alert)).toMatchObject({ status: "pending", trouble: null, failing_since: null });
      expect(await deliveries(alert)).toMatchObject([{ status: "pending", next_attempt_at: null }]);
      await behave(`${name}-to`, "echo");
      await eventually(async () => (await view(alert)).status === "active");
      await settled(alert, 1);
      expect(await idsAt(name)).toEqual([`msg_${alert.id}_1`]);
      expect(await idsAt(`${name}-to`)).toEqual([`msg_${alert.id}_1`]);
    },
  );

  it("and then the old receiver answers the old challenge: that confirms nothing", async () => {
    await shut("moved-asked");
    const alert = await register("moved-asked", "moved asked", "gate");
    await eventually(async () => (await received("moved-asked", true)).length === 1);
    await behave("moved-asked-to", "silent");
    expect((await moveTo(alert, "moved-asked-to")).status).toBe(200);
    await behave("moved-asked", "echo");
    await eventually(async () => (await received("moved-asked-to", true)).length > 0);
    await ring();
    expect(await view(alert)).toMatchObject({ status: "pending" });
  });
});

describe("its alert is paused", () => {
  it.each([
    ["takes it", "echo", "delivered"],
    ["fails", "status-503", "pending"],
  ])("and then the receiver %s: nothing more leaves until its owner is back", async (_, behaviour, status) => {
    const name = `paused-${behaviour}`;
    const alert = await underWay(name);
    await addArticle(`The ${name}, again.`);
    await call("PATCH", path(alert), { status: "paused" }, bearer(alert));
    await behave(name, behaviour);
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    await ring();
    expect(await deliveries(alert)).toMatchObject([
      { status, next_attempt_at: null },
      { status: "pending", next_attempt_at: null },
    ]);
    expect(await received(name)).toHaveLength(1);
    await behave(name, "echo");
    await call("PATCH", path(alert), { status: "active" }, bearer(alert));
    await settled(alert, 2);
    expect(await received(name)).toHaveLength(status === "delivered" ? 2 : 3);
  });
});
