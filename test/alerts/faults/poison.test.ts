/** A row of the shard's tables is damaged: it ends some day, visibly, and hinders nobody else. */
import { afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { stopTimeouts } from "../../timeouts.ts";
import {
  type Alert,
  addArticle,
  bearer,
  behave,
  CURATOR,
  call,
  deliveries,
  eventually,
  followed,
  kill,
  putNames,
  received,
  registerConfirmed,
  registerGated,
  ring,
  rows,
  settled,
  shut,
  tick,
  view,
} from "../support.ts";

beforeAll(putNames);
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a message that cannot be made", () => {
  it.each([
    ["data that is no JSON", "UPDATE notices SET data = '{' WHERE query = ?2"],
    ["data of another form", "UPDATE notices SET data = '{}' WHERE query = ?2"],
    ["remarks that are no JSON", "UPDATE messages SET remarks = '{' WHERE receiver = ?1"],
    ["a channel that is no JSON", "UPDATE alerts SET channel = '{' WHERE id = ?1"],
    ["a channel of a kind that nobody knows", `UPDATE alerts SET channel = '{"type":"x"}' WHERE id = ?1`],
    ["a secret that is no base64", "UPDATE alerts SET secret = 'whsec_*' WHERE id = ?1"],
    ["older secrets that are no JSON", "UPDATE alerts SET old_secrets = '[' WHERE id = ?1"],
  ])("because of %s: each attempt is a fault, the last one ends it, and others go on", async (why, damage) => {
    const name = `poison${why.replaceAll(/\W/g, "")}`;
    const alert = await registerGated(name, name);
    const other = await registerConfirmed(`${name}-other`, `${name} other`);
    // The damage is done while the first attempt waits for its answer: every later one meets it, however slow the machine is.
    stopTimeouts();
    await shut(name);
    await addArticle(`The ${name}.`);
    await eventually(async () => (await received(name)).length === 1);
    await rows(damage, ...(damage.includes("?2") ? [alert.id, alert.query] : [alert.id]));
    await behave(name, "status-503");
    await eventually(async () => (await attempts(alert)).length > 0);
    await behave(name, "echo");
    await addArticle(`The ${name} other.`);
    await settled(other, 1);
    await eventually(async () => {
      const [message] = await rows("SELECT status FROM messages WHERE receiver = ? AND sequence = 1", alert.id);
      return message?.["status"] === "failed";
    });
    expect(await attempts(alert)).toEqual(["answered", "fault", "fault", "fault"]);
    expect((await received(name)).length).toBe(why.startsWith("data") || why.startsWith("remarks") ? 2 : 1);
  });

  /** How the attempts at an alert's first message ended. */
  async function attempts({ id }: Alert): Promise<unknown[]> {
    const tried = await rows("SELECT outcome FROM attempts WHERE receiver = ? AND sequence = 1 ORDER BY number", id);
    return tried.map(({ outcome }) => outcome);
  }

  it("is still on the list, and hides no other from it", async () => {
    const alert = await registerConfirmed("listed", "listed poison");
    for (let i = 1; i <= 3; i++) await addArticle(`A listed poison ${i}.`);
    await settled(alert, 3);
    await rows(
      "UPDATE notices SET data = '{' WHERE number = (SELECT notice FROM messages WHERE receiver = ? AND sequence = 2)",
      alert.id,
    );
    const listed = await deliveries(alert);
    expect(listed.map(({ sequence, status }) => [sequence, status])).toEqual([
      [1, "delivered"],
      [2, "delivered"],
      [3, "delivered"],
    ]);
    expect(listed[1]?.message).toMatchObject({ type: "article.matched", damaged: true });
    expect(listed[1]?.message.data).toEqual({ alert: { id: alert.id, query: "listed poison" }, sequence: 2 });
    const feed = await call("GET", alert.feed_url.replace(".rss", ".json"));
    const { items }: { items: { id: string }[] } = await feed.json();
    expect(items.map(({ id }) => id)).toEqual([3, 2, 1].map((sequence) => `msg_${alert.id}_${sequence}`));
  });
});

describe("answers that come together", () => {
  it("one that cannot be written takes no other with it, and its message goes out again under the same id", async () => {
    const names = ["unwritten-a", "unwritten-b", "unwritten-c"];
    const alerts = await Promise.all(names.map((name) => registerGated(name, "unwritten")));
    const [damaged, ...others] = alerts;
    await Promise.all(names.map(shut));
    await addArticle("It is unwritten.");
    for (const name of names) await eventually(async () => (await received(name)).length === 1);
    await rows(
      `CREATE TRIGGER unwritten BEFORE INSERT ON attempts WHEN NEW.receiver = '${damaged?.id}'
       BEGIN SELECT RAISE(ABORT, 'a damaged page'); END`,
    );
    await Promise.all(names.map((name) => behave(name, "echo")));
    for (const other of others) {
      const [delivery] = await settled(other, 1);
      expect(delivery?.attempts, other.name).toHaveLength(1);
      expect(await received(other.name), other.name).toHaveLength(1);
    }
    await eventually(async () => (await received("unwritten-a")).length > 1);
    await rows("DROP TRIGGER unwritten");
    for (const alert of alerts) expect(await settled(alert, 1)).toMatchObject([{ status: "delivered" }]);
    const ids = (await received("unwritten-a")).map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids)).toEqual(new Set([`msg_${damaged?.id}_1`]));
  });
});

describe("a digest", () => {
  /** An alert whose matches are gathered, as many as asked for; the numbers of their notices. */
  async function gather(name: string, count: number): Promise<{ alert: Alert; notices: number[] }> {
    const alert = await registerConfirmed(name, name);
    const channel = { type: "webhook", url: `${inject("receiver")}/${name}/echo`, digest: "hourly" };
    await call("PATCH", `/api/alerts/${alert.id}`, { channel }, bearer(alert));
    for (let i = 1; i <= count; i++) await addArticle(`The ${name}, ${i}.`);
    await followed();
    const gathered = await rows<{ notice: number }>(
      "SELECT notice FROM gathered WHERE alert = ? ORDER BY notice",
      alert.id,
    );
    return { alert, notices: gathered.map(({ notice }) => notice) };
  }
  const endHour = ({ id }: Alert) => rows("UPDATE digests SET due_at = 1 WHERE alert = ?", id);

  it.each([
    ["is no JSON", "digest-item", "{"],
    ["has another form", "digest-form", '{"article":{}}'],
  ])("of which one item %s: the others are sent", async (_, name, damaged) => {
    const { alert, notices } = await gather(name, 3);
    await rows("UPDATE notices SET data = ? WHERE number = ?", damaged, notices[1] ?? 0);
    await endHour(alert);
    await ring();
    await settled(alert, 1);
    const [got] = await received(alert.name);
    const { items }: { items: { matches: { snippet: string }[] }[] } = JSON.parse(got?.body ?? "").data;
    expect(items.map(({ matches }) => matches[0]?.snippet)).toEqual([`The ${name}, 1.`, `The ${name}, 3.`]);
  });

  it("that cannot be made keeps no other waiting, and is tried again in an hour", async () => {
    const broken = await gather("digest-broken", 1);
    const sound = await gather("digest-sound", 1);
    const [{ channel } = { channel: "" }] = await rows<{ channel: string }>(
      "SELECT channel FROM alerts WHERE id = ?",
      broken.alert.id,
    );
    await rows("UPDATE alerts SET channel = '{' WHERE id = ?", broken.alert.id);
    await endHour(broken.alert);
    await endHour(sound.alert);
    const before = Date.now();
    await ring();
    await settled(sound.alert, 1);
    const [{ digest_at } = { digest_at: 0 }] = await rows<{ digest_at: number }>(
      "SELECT due_at AS digest_at FROM digests WHERE alert = ?",
      broken.alert.id,
    );
    expect(digest_at).toBeGreaterThanOrEqual(before + 60 * 60 * 1000);
    await rows("UPDATE alerts SET channel = ? WHERE id = ?", channel, broken.alert.id);
    await endHour(broken.alert);
    await ring();
    await settled(broken.alert, 1);
  });
});

it("a place among those that wait that is a wrong one: it is set right, rather than looked at for ever", async () => {
  const alert = await registerConfirmed("misplaced", "misplaced");
  const other = await registerConfirmed("not-misplaced", "not misplaced");
  await rows("UPDATE receivers SET due_at = ? WHERE id = ?", Date.now(), alert.id);
  await addArticle("It is not misplaced.");
  await settled(other, 1);
  await settled(alert, 1);
  await rows("UPDATE receivers SET due_at = ? WHERE id = ?", Date.now(), alert.id);
  await tick();
  await eventually(async () => (await rows("SELECT 1 FROM receivers WHERE due_at IS NOT NULL")).length === 0);
});

describe("a query that cannot be read any more", () => {
  it.each([
    ["when an article comes", async () => {}],
    [
      "when names change",
      async () => {
        const name = { type: "city", label: "Elsewhere", spellings: { en: ["Elsewhere"] } };
        await call("PUT", "/api/names/place:elsewhere", name, CURATOR);
      },
    ],
  ])("%s: its alerts are paused, with the reason, and others go on", async (when, change) => {
    const word = `mudslide${when.length}`;
    const broken = await registerConfirmed(`broken-${word}`, `${word} x`);
    const sound = await registerConfirmed(`sound-${word}`, word);
    await rows("UPDATE queries SET source = ? WHERE source = ?", `((( ${word}`, `${word} x`);
    await kill();
    await change();
    await addArticle(`A ${word}, x.`);
    await settled(sound, 1);
    await eventually(async () => (await view(broken)).status === "paused");
    expect(await view(broken)).toMatchObject({
      latest: 0,
      paused_because: expect.stringMatching(/^its query can no longer be read: /),
    });
    await addArticle(`Another ${word}, x.`);
    await settled(sound, 2);
  });
});

describe("the platform lets no more requests leave in an invocation", () => {
  it("no attempt is counted, and the message goes out in the next one", async () => {
    const alerts = await Promise.all(
      Array.from({ length: 9 }, (_, i) => registerConfirmed(`spent-${i}`, "expenditure")),
    );
    const real = globalThis.fetch;
    let left = 4;
    let refused = 0;
    vi.spyOn(globalThis, "fetch").mockImplementation((...asked) => {
      if (!String(asked[0]).includes("/spent-") || left-- > 0) return real(...asked);
      refused++;
      return Promise.reject(new Error("Too many subrequests by single Worker invocation."));
    });
    await addArticle("An expenditure.");
    await eventually(async () => refused > 0 && left < 0);
    // The next invocation has as many again.
    left = 100;
    for (const alert of alerts) {
      const [delivery] = await settled(alert, 1);
      expect(delivery?.attempts, alert.name).toMatchObject([{ status: 204 }]);
      expect(await received(alert.name)).toHaveLength(1);
    }
    // Those that were on their way found out; the others were not even tried.
    expect(refused).toBeLessThanOrEqual(6);
  });
});
