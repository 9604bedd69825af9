import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Percolator } from "../../src/percolator/percolator.ts";
import { analyse } from "../../src/query/text.ts";
import { SqlPostings } from "../../src/shard/follow/postings.ts";
import { Sql } from "../../src/shard/sql.ts";
import { json } from "../client.ts";
import { NO_NAMES } from "../query/vocabulary.ts";
import {
  ask,
  confirmationAt,
  isActive,
  look,
  messagesAt,
  patch,
  refusal,
  registerFor,
  startClock,
  webhookAt,
} from "./owner.ts";
import {
  addArticle,
  behave,
  call,
  deliveries,
  eventually,
  followed,
  putNames,
  quiet,
  received,
  register,
  registerConfirmed,
  registerGated,
  ring,
  rows,
  settled,
  shard,
  shut,
  stopClock,
  view,
} from "./support.ts";

beforeAll(putNames);
afterEach(startClock);

const HOUR = 60 * 60 * 1000;
const WEBHOOK = { type: "webhook", url: "https://bot.example/" };

describe("another query", () => {
  it("is asked from then on, and the one before no more", async () => {
    const alert = await registerConfirmed("query", "bauxite");
    await addArticle("Bauxite was found.");
    await settled(alert, 1);
    const changed = await json(patch(alert, { query: "manganese  Aleppo" }));
    expect(changed).toMatchObject({
      id: alert.id,
      query: "aleppo manganese",
      status: "active",
      latest: 1,
      feed_url: alert.feed_url,
      reading: [
        { text: "aleppo", means: "place:aleppo", names: ["place:aleppo"] },
        { text: "manganese", means: "word", names: [] },
      ],
      warnings: [],
    });
    await addArticle("More bauxite.");
    await addArticle("Manganese in Halab.");
    await settled(alert, 2);
    await followed();
    const told = (await messagesAt("query")).map(({ data }) => [data["sequence"], data["alert"]]);
    expect(told).toEqual([
      [1, { id: alert.id, query: "bauxite" }],
      [2, { id: alert.id, query: "aleppo manganese" }],
    ]);
    expect(await view(alert)).toMatchObject({ latest: 2 });
  });

  it("leaves nothing of the one before where nobody else asks it", async () => {
    const alert = await registerConfirmed("postings", "feldspar");
    await json(patch(alert, { query: "gypsum" }));
    expect(await filed("feldspar")).toEqual([]);
    expect(await filed("gypsum")).toHaveLength(2);
  });

  it("leaves the one before to whoever else asks it", async () => {
    const [alert, other] = [await registerConfirmed("first", "dolomite"), await registerConfirmed("other", "dolomite")];
    await json(patch(alert, { query: "limonite" }));
    await addArticle("Dolomite.");
    await settled(other, 1);
    await addArticle("Limonite.");
    await settled(alert, 1);
    expect([await view(alert), await view(other)]).toMatchObject([{ latest: 1 }, { latest: 1 }]);
  });

  it("may be the same one, written otherwise", async () => {
    const alert = await registerConfirmed("same", "granite quarry");
    expect(await json(patch(alert, { query: "quarry   granite" }))).toMatchObject({ query: "granite quarry" });
    expect(await json(patch(alert, { query: "granite quarry" }))).toMatchObject({ query: "granite quarry" });
    await addArticle("A granite quarry.");
    await settled(alert, 1);
    expect(await rows("SELECT source FROM queries WHERE canonical = 'granite quarry'")).toEqual([
      { source: "granite quarry" },
    ]);
  });

  it("and another channel at once", async () => {
    const alert = await registerConfirmed("both", "porphyry");
    const changed = await json(patch(alert, { query: "schist", channel: { type: "feed" } }));
    expect(changed).toMatchObject({ query: "schist", channel: { type: "feed" }, status: "active" });
    await addArticle("Schist and porphyry.");
    await settled(alert, 1);
    expect(await received("both")).toEqual([]);
  });
});

/** What is filed for a query of one word: its row, and its number in the percolator. */
const filed = (word: string): Promise<unknown[]> =>
  runInDurableObject(shard(), (_, { storage }) => [
    ...storage.sql.exec("SELECT source FROM queries WHERE source = ?", word),
    ...new Percolator(new SqlPostings(new Sql(storage.sql))).match(analyse({ title: word, text: "" }, NO_NAMES)).found,
  ]);

describe("another channel", () => {
  it("is asked to confirm; until then nothing is sent to either, and then all to the new one", async () => {
    const alert = await registerGated("old-channel", "cobalt");
    await shut("new-channel");
    const changed = await json(patch(alert, { channel: webhookAt("new-channel") }));
    expect(changed).toMatchObject({
      status: "pending",
      channel: webhookAt("new-channel"),
      confirmed_at: null,
      confirmation: { sequence: 0, type: "alert.confirm" },
    });
    await addArticle("Cobalt is dug.");
    await addArticle("Cobalt is sold.");
    await followed();
    await behave("new-channel", "silent");
    const path = await confirmationAt("new-channel");
    expect((await deliveries(alert)).map(({ status, attempts }) => [status, attempts])).toEqual([
      ["pending", []],
      ["pending", []],
    ]);
    expect(await received("new-channel")).toEqual([]);
    expect((await call("POST", path)).status).toBe(200);
    await settled(alert, 2);
    expect(await look(alert)).toMatchObject({ status: "active", confirmation: null, expires_at: null });
    expect((await messagesAt("new-channel")).map(({ data }) => data["sequence"])).toEqual([1, 2]);
    expect(await received("old-channel")).toEqual([]);
  });

  it("gets what waits for the one before", async () => {
    const alert = await registerGated("waits-old", "tungsten");
    await behave("waits-old", "status-503");
    await addArticle("Tungsten is heavy.");
    await eventually(async () => (await received("waits-old")).length > 0);
    await behave("waits-new", "echo");
    await json(patch(alert, { channel: webhookAt("waits-new") }));
    const [delivery] = await settled(alert, 1);
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([503, 204]);
    const [before, after] = [await received("waits-old"), await received("waits-new")];
    expect(after.map(({ headers }) => headers["webhook-id"])).toEqual([`msg_${alert.id}_1`]);
    expect(before).toHaveLength(1);
  });

  it("cannot be confirmed by the link that was sent to the one before", async () => {
    const alert = await register("first-link", "zinc", "silent");
    const path = await confirmationAt("first-link");
    await behave("second-link", "silent");
    await json(patch(alert, { channel: webhookAt("second-link") }));
    expect((await call("POST", path)).status).toBe(404);
    expect(await view(alert)).toMatchObject({ status: "pending" });
    expect((await call("POST", await confirmationAt("second-link"))).status).toBe(200);
    await eventually(isActive(alert));
  });

  it("that is the same address with a digest needs no confirmation", async () => {
    const alert = await registerConfirmed("digest-added", "nickel");
    const channel = { ...webhookAt("digest-added", "echo"), digest: "daily" };
    expect(await json(patch(alert, { channel }))).toMatchObject({ status: "active", channel });
    await addArticle("Nickel is mined.");
    await followed();
    expect(await look(alert)).toMatchObject({ latest: 0, digest_at: expect.stringMatching(/T00:00:00.000Z$/) });
    expect(await received("digest-added", true)).toHaveLength(1);
  });

  it("that is the same address of another service is confirmed anew", async () => {
    const alert = await registerGated("other-service", "lithium");
    await behave("other-service", "silent");
    const channel = { ...webhookAt("other-service"), type: "ntfy" };
    expect(await json(patch(alert, { channel }))).toMatchObject({ status: "pending", channel });
  });

  it("that is a feed is active at once, and what waited can be read there", async () => {
    const alert = await registerGated("becomes-feed", "chromite");
    await behave("becomes-feed", "status-503");
    await addArticle("Chromite is shipped.");
    await eventually(async () => (await received("becomes-feed")).length > 0);
    expect(await json(patch(alert, { channel: { type: "feed" } }))).toMatchObject({ status: "active" });
    await eventually(async () => (await deliveries(alert))[0]?.status === "delivered");
    await addArticle("Chromite is sold.");
    await followed();
    const feed: { items: { id: string }[] } = await json(call("GET", alert.feed_url.replace(".rss", ".json")));
    expect(feed.items.map(({ id }) => id)).toEqual([`msg_${alert.id}_2`, `msg_${alert.id}_1`]);
    expect(await deliveries(alert)).toMatchObject([{ status: "delivered" }, { status: "delivered", attempts: [] }]);
  });

  it("that nobody confirms in 24 hours pauses the alert, which can ask again", async () => {
    const alert = await registerConfirmed("unconfirmed-change", "graphite");
    await behave("never-answers", "silent");
    await json(patch(alert, { channel: webhookAt("never-answers") }));
    await addArticle("Graphite, while nobody confirms.");
    await eventually(async () => (await received("never-answers", true)).length === 1);
    await quiet();
    stopClock(Date.now() + 24 * HOUR - 60_000);
    await ring();
    expect(await look(alert)).toMatchObject({ status: "pending" });
    vi.setSystemTime(Date.now() + 61_000);
    await ring();
    expect(await look(alert)).toMatchObject({
      status: "paused",
      paused_because: "its channel was not confirmed within 24 hours",
      latest: 1,
    });
    expect(await json(patch(alert, { status: "active" }))).toMatchObject({ status: "pending" });
    await behave("never-answers", "echo");
    await eventually(async () => (await received("never-answers", true)).length >= 2);
    const path = await confirmationAt("never-answers");
    expect((await call("POST", path)).status).toBe(200);
    await settled(alert, 1);
    expect(await messagesAt("never-answers")).toMatchObject([{ data: { sequence: 1 } }]);
  });
});

describe("an answer that comes after the channel was changed", () => {
  it.each([
    ["410 does not pause the alert, nor fail the message", "status-410"],
    ["503 does not count against the new one", "status-503"],
  ])("%s", async (_, behaviour) => {
    const alert = await registerGated(`late-${behaviour}`, `beryl ${behaviour}`);
    await shut(`late-${behaviour}`);
    await addArticle(`Beryl with ${behaviour}.`);
    await eventually(async () => (await received(`late-${behaviour}`)).length === 1);
    await shut(`next-${behaviour}`);
    await json(patch(alert, { channel: webhookAt(`next-${behaviour}`) }));
    await behave(`late-${behaviour}`, behaviour);
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    expect(await look(alert)).toMatchObject({ status: "pending", failing_since: null, trouble: null });
    await behave(`next-${behaviour}`, "echo");
    await eventually(isActive(alert));
    expect(await settled(alert, 1)).toMatchObject([{ status: "delivered" }]);
    expect(await messagesAt(`next-${behaviour}`)).toMatchObject([{ data: { sequence: 1 } }]);
  });
});

describe("a status", () => {
  it("paused: nothing is sent and nothing new matches; active: what waited goes out", async () => {
    const alert = await registerGated("pausing", "antimony");
    await behave("pausing", "status-503");
    await addArticle("Antimony, before.");
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    const paused = await json(patch(alert, { status: "paused" }));
    expect(paused).toMatchObject({ status: "paused", paused_because: "its owner paused it" });
    await behave("pausing", "echo");
    await addArticle("Antimony, meanwhile.");
    await followed();
    stopClock(Date.now() + HOUR);
    await ring();
    await quiet();
    expect(await deliveries(alert)).toMatchObject([{ status: "pending", next_attempt_at: null, attempts: [{}] }]);
    expect(await json(patch(alert, { status: "active" }))).toMatchObject({ status: "active", paused_because: null });
    await settled(alert, 1);
    await addArticle("Antimony, after.");
    const listed = await settled(alert, 2);
    expect(listed.map(({ message }) => "article" in message.data && message.data.article.id)).toHaveLength(2);
    expect((await messagesAt("pausing")).map(({ data }) => data["sequence"])).toEqual([1, 1, 2]);
  });

  it("that it has already changes nothing", async () => {
    const alert = await registerConfirmed("again", "osmium");
    expect(await json(patch(alert, { status: "active" }))).toMatchObject({ status: "active" });
    await json(patch(alert, { status: "paused" }));
    expect(await json(patch(alert, { status: "paused" }))).toMatchObject({ status: "paused" });
  });

  it("of an alert that is paused since its receiver is gone: it goes on where it stopped", async () => {
    const alert = await registerGated("gone-and-back", "rhodium");
    await behave("gone-and-back", "status-410");
    await addArticle("Rhodium, lost.");
    await eventually(async () => (await view(alert)).status === "paused");
    await behave("gone-and-back", "echo");
    expect(await json(patch(alert, { status: "active" }))).toMatchObject({
      status: "active",
      paused_because: null,
      trouble: null,
      failing_since: null,
    });
    await addArticle("Rhodium, found.");
    expect(await settled(alert, 2)).toMatchObject([{ status: "failed" }, { status: "delivered" }]);
  });
});

describe("what cannot be", () => {
  const conflicts: [status: string, detail: RegExp][] = [
    ["active", /pending: it becomes active when its channel confirms/],
    ["paused", /pending: there is nothing to pause/],
  ];
  it.each(conflicts)("%s, while it is pending: 409", async (status, detail) => {
    const alert = await register(`pending-${status}`, "iridium", "silent");
    const problem = await refusal(patch(alert, { status }), 409);
    expect(problem).toMatchObject({ title: "Conflict", status: 409, detail: expect.stringMatching(detail) });
    expect(await view(alert)).toMatchObject({ status: "pending" });
  });

  it("a query beside a status that is refused is not changed either", async () => {
    const alert = await register("pending-query", "palladium", "silent");
    await refusal(patch(alert, { query: "ruthenium", status: "paused" }), 409);
    expect(await view(alert)).toMatchObject({ query: "palladium" });
    expect(await filed("ruthenium")).toEqual([]);
  });

  const cases: [name: string, body: unknown, status: number, path: string, message: RegExp][] = [
    ["no JSON", "{", 400, "", /not JSON/],
    ["no body", "", 400, "", /not JSON/],
    ["another type", "[]", 400, "", /object/],
    ["nothing", {}, 400, "", /query, channel or status was expected/],
    ["an unknown field", { query: "x", token: "y" }, 400, "token", /no such field/],
    ["what is not the owner's to change", { status: "paused", secret: "whsec_x" }, 400, "secret", /no such field/],
    ["null", { query: null }, 400, "query", /string/],
    ["an empty query", { query: " " }, 400, "query", /no word/],
    ["an open quotation", { query: '"mica' }, 400, "query", /never closed \(at character 1\)/],
    ["only NOT", { query: "-mica" }, 400, "query", /required/],
    ["too long a query", { query: "a".repeat(513) }, 400, "query", /at most 512 characters/],
    ["an unknown channel", { channel: { type: "fax" } }, 400, "channel.type", /webhook, slack, discord, ntfy and feed/],
    ["a channel without a URL", { channel: { type: "slack" } }, 400, "channel.url", /string/],
    ["a feed with a URL", { channel: { ...WEBHOOK, type: "feed" } }, 400, "channel.url", /no such field/],
    ["another scheme", { channel: { type: "ntfy", url: "ftp://bot.example" } }, 400, "channel.url", /https/],
    ["ourselves", { channel: { ...WEBHOOK, url: "https://wire.example/x" } }, 400, "channel.url", /itself/],
    ["another digest", { channel: { ...WEBHOOK, digest: "weekly" } }, 400, "channel.digest", /hourly or daily/],
    ["another status", { status: "pending" }, 400, "status", /active or paused/],
    ["a status beside a channel", { channel: WEBHOOK, status: "active" }, 400, "status", /together with a channel/],
    ["too long a body", { query: "x".repeat(17_000) }, 413, "", /at most 16384 bytes/],
  ];
  it.each(cases)("%s", async (_, body, status, path, message) => {
    const alert = await refused();
    const before = await look(alert);
    const { errors = [] } = await refusal(patch(alert, body), status);
    expect(errors.map((error) => error.path)).toEqual([path]);
    expect(errors[0]?.message).toMatch(message);
    expect(await look(alert)).toEqual(before);
  });

  it("several mistakes are told at once", async () => {
    const body = { query: "(", channel: { type: "webhook", url: "ftp://bot.example" } };
    const { errors = [] } = await refusal(patch(await refused(), body), 400);
    expect(errors.map(({ path }) => path)).toEqual(["query", "channel.url"]);
  });

  it("by whoever has another token: 404, and nothing is told or changed", async () => {
    const [alert, other] = [await refused(), await register("stranger", "mica", "silent")];
    const wrong = { ...alert, token: other.token };
    const unknown = { ...alert, id: "al_0_aaaaaaaaaaaaaaaa" };
    const texts = await Promise.all(
      [wrong, unknown].map(async (stranger) => {
        const response = await patch(stranger, { query: "feldspar", channel: WEBHOOK });
        return [response.status, await response.text()];
      }),
    );
    expect(texts[0]?.[0]).toBe(404);
    expect(texts[0]).toEqual(texts[1]);
    expect(await view(alert)).toMatchObject({ query: "mica" });
  });
});

let theRefused: ReturnType<typeof registerConfirmed> | undefined;

/** The alert whose changes are refused: one for all of them. */
function refused(): ReturnType<typeof registerConfirmed> {
  theRefused ??= registerConfirmed("refused", "mica");
  return theRefused;
}

it("a change is one of the alert, not of another one: its token changes nothing else", async () => {
  const [alert, other] = [
    await registerFor("selenium", { type: "feed" }),
    await registerFor("selenium", { type: "feed" }),
  ];
  await json(patch(alert, { query: "tellurium" }));
  await json(patch(alert, { status: "paused" }));
  expect(await look(other)).toMatchObject({ query: "selenium", status: "active" });
  expect((await ask(other, "DELETE")).status).toBe(204);
  expect(await look(alert)).toMatchObject({ query: "tellurium", status: "paused" });
  expect(await rows("SELECT id FROM alerts WHERE id = ?", other.id)).toEqual([]);
});
