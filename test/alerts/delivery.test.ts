import { runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeAll, describe, expect, inject, it } from "vitest";
import {
  addArticle,
  bearer,
  CURATOR,
  call,
  deliveries,
  eventually,
  followed,
  ORIGIN,
  putNames,
  readMessage,
  received,
  register,
  registerConfirmed,
  type SentMessage,
  settled,
  shard,
  view,
} from "./support.ts";

const messages = async (name: string): Promise<SentMessage[]> => (await received(name)).map(readMessage);

beforeAll(putNames);

describe("an article that matches", () => {
  it("becomes one message: signed, numbered, with the reason", async () => {
    const alert = await registerConfirmed("story", "aleppo ceasefire");
    const added = await addArticle("In Halab the truce held, residents said.", {
      title: "Quiet streets",
      url: "https://courier.example/1",
      publisher: "The Courier",
      language: "en",
      summary: "A calm day.",
    });
    await settled(alert, 1);
    const [got, ...more] = await received("story");
    expect(more).toEqual([]);
    expect(() => new Webhook(alert.secret).verify(got?.body ?? "", got?.headers ?? {})).not.toThrow();
    expect(got?.headers["content-type"]).toBe("application/json");
    expect(got?.headers["webhook-id"]).toBe(`msg_${alert.id}_1`);
    const { type, timestamp, data } = JSON.parse(got?.body ?? "");
    expect(type).toBe("article.matched");
    expect(new Date(timestamp).toISOString()).toBe(timestamp);
    expect(data).toEqual({
      alert: { id: alert.id, query: "aleppo ceasefire" },
      sequence: 1,
      article: {
        id: added.id,
        url: "https://courier.example/1",
        title: "Quiet streets",
        publisher: "The Courier",
        published_at: "2016-09-22T10:00:00.000Z",
        language: "en",
        summary: "A calm day.",
      },
      events: [],
      matches: [
        {
          term: "aleppo",
          means: "place:aleppo",
          field: "text",
          text: "Halab",
          snippet: "In Halab the truce held, residents said.",
          offset: 3,
          occurrences: 1,
        },
        {
          term: "ceasefire",
          means: "topic:ceasefire",
          field: "text",
          text: "truce",
          snippet: "In Halab the truce held, residents said.",
          offset: 13,
          occurrences: 1,
        },
      ],
    });
  });

  it("tells nothing of its text but snippets, and null where something is not known", async () => {
    const alert = await registerConfirmed("nulls", "phosphorus");
    await addArticle(`White phosphorus was not used. ${"Filler words here. ".repeat(40)}The last sentence.`);
    await settled(alert, 1);
    const [got] = await received("nulls");
    expect(got?.body).not.toContain("The last sentence");
    expect(JSON.parse(got?.body ?? "").data.article).toMatchObject({
      url: null,
      publisher: null,
      language: null,
      summary: null,
    });
  });

  it("names the events that it belongs to, with links to their pages", async () => {
    const alert = await registerConfirmed("events", "topic:ceasefire");
    const event = {
      date: "2016-09-12",
      title: "A week of calm is called",
      summary: "Called.",
      places: [],
      actors: [],
      topics: ["truce"],
      articles: [],
    };
    await call("PUT", "/api/events/calm-called", event, CURATOR);
    await addArticle("Nothing in the words themselves.", { events: ["calm-called"] });
    await settled(alert, 1);
    const [message] = await messages("events");
    expect(message?.data["events"]).toEqual([
      { id: "calm-called", date: "2016-09-12", title: "A week of calm is called", url: `${ORIGIN}/events/calm-called` },
    ]);
    expect(message?.data["matches"]).toMatchObject([{ term: "topic:ceasefire", field: "event", text: null }]);
  });

  it("fires once however often it is posted, and not at all where it is historic or silent", async () => {
    const alert = await registerConfirmed("once", "once");
    const url = "https://courier.example/once";
    await addArticle("Only once.", { url });
    await addArticle("Only once.", { url });
    await addArticle("Once, long ago.", { mode: "historic" });
    await addArticle("Once, quietly.", { mode: "silent" });
    await addArticle("Once more.", {});
    await settled(alert, 2);
    await followed();
    expect((await messages("once")).map(({ data }) => data["sequence"])).toEqual([1, 2]);
  });

  it("was added before the alert: nothing", async () => {
    await addArticle("An earlier earthquake.");
    const alert = await registerConfirmed("earlier", "earthquake");
    await addArticle("A later earthquake.");
    await settled(alert, 1);
    expect(await messages("earlier")).toHaveLength(1);
  });

  it("goes to every alert, those with the same query included, each with numbers of its own", async () => {
    const [first, second] = [
      await registerConfirmed("same-a", "damascus flood"),
      await registerConfirmed("same-b", "damascus  flood "),
    ];
    await addArticle("A flood in Damascus.");
    await settled(first, 1);
    const third = await registerConfirmed("same-c", "damascus flood");
    await addArticle("Another flood in Damascus.");
    await Promise.all([settled(first, 2), settled(second, 2), settled(third, 1)]);
    const numbers = await Promise.all(
      ["same-a", "same-b", "same-c"].map(async (name) => (await messages(name)).map(({ data }) => data["sequence"])),
    );
    expect(numbers).toEqual([[1, 2], [1, 2], [1]]);
    const filed = await runInDurableObject(shard(), (_, { storage }) => [
      ...storage.sql.exec("SELECT source FROM queries WHERE source LIKE '%flood%'"),
    ]);
    expect(filed).toEqual([{ source: "damascus flood" }]);
  });

  it("in many at a time: no number is missing, none comes twice", async () => {
    const alert = await registerConfirmed("many", "locust");
    await Promise.all(Array.from({ length: 30 }, (_, i) => addArticle(`Locust swarm number ${i}.`)));
    await settled(alert, 30);
    const numbers = (await messages("many")).map(({ data }) => Number(data["sequence"]));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });

  it("with very much to tell still fits 20 KB", async () => {
    const words = Array.from({ length: 32 }, (_, i) => `${"wort".repeat(8)}${String.fromCharCode(97 + (i % 26))}${i}`);
    const alert = await registerConfirmed("fits", words.slice(0, 14).join(" "));
    await addArticle(words.map((word) => `${word} ${"نص عربي طويل ".repeat(12)}`).join(" "), {
      title: "ع".repeat(200),
      summary: "ع".repeat(900),
    });
    await settled(alert, 1);
    const [got] = await received("fits");
    expect(new TextEncoder().encode(got?.body).length).toBeLessThanOrEqual(20 * 1024);
    expect(JSON.parse(got?.body ?? "").data.matches.length).toBeGreaterThan(0);
  });
});

describe("an attempt that fails", () => {
  it("is repeated with the same id and another signature, until it succeeds", async () => {
    const alert = await registerConfirmed("recovers", "volcano", "echo");
    await pointTo(alert.id, "recovers/after-2-status-503");
    await addArticle("A volcano.");
    const [delivery] = await settled(alert, 1);
    expect(delivery).toMatchObject({ sequence: 1, status: "delivered", next_attempt_at: null });
    // One of the two failures was spent on the confirmation.
    expect(delivery?.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ["answered", 503],
      ["answered", 204],
    ]);
    const got = await received("recovers");
    expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
    for (const { body, headers } of got) expect(() => new Webhook(alert.secret).verify(body, headers)).not.toThrow();
  });

  it("for the last time is a message given up, and seen as such", async () => {
    const alert = await registerConfirmed("gives-up", "tsunami");
    await pointTo(alert.id, "gives-up/status-500");
    await addArticle("A tsunami.");
    const [delivery] = await settled(alert, 1);
    expect(delivery).toMatchObject({ sequence: 1, status: "failed", next_attempt_at: null });
    expect(delivery?.attempts).toHaveLength(4);
    expect(await view(alert)).toMatchObject({ status: "active", latest: 1 });
  });

  it("with 410 is final, and pauses the alert", async () => {
    const alert = await registerConfirmed("gone", "meteor");
    await pointTo(alert.id, "gone/status-410");
    await addArticle("A meteor.");
    const [delivery] = await settled(alert, 1);
    expect(delivery).toMatchObject({ status: "failed" });
    expect(delivery?.attempts).toHaveLength(1);
    expect(await view(alert)).toMatchObject({ status: "paused", paused_because: "the receiver answered 410 Gone" });
    await addArticle("Another meteor.");
    await followed();
    expect(await view(alert)).toMatchObject({ latest: 1 });
  });

  it("with 410 keeps back what else is waiting for that receiver", async () => {
    const alert = await register("gone-all", "comet shower", "silent");
    for (let i = 0; i < 8; i++) await addArticle(`A comet shower ${i}.`);
    await followed();
    const [asked] = await received("gone-all", true);
    await pointTo(alert.id, "gone-all/status-410");
    // Confirmed, so that all of them are due at once.
    const code = new URL(JSON.parse(asked?.body ?? "").data.confirm_url).search;
    expect((await call("POST", `/alerts/${alert.id}/confirm${code}`)).ok).toBe(true);
    await eventually(async () => (await view(alert)).status === "paused");
    await scheduler.wait(500);
    expect(await received("gone-all")).toHaveLength(1);
    expect((await deliveries(alert)).filter(({ status }) => status === "pending")).toHaveLength(7);
  });

  it.each([
    ["a redirect, which is not followed", "redirect", "answered", 302],
    ["nobody there", "http://127.0.0.1:1/", "network error", null],
  ])("because of %s", async (name, target, outcome, status) => {
    const alert = await registerConfirmed(`fails-${target.length}`, `comet${target.length}`);
    await pointTo(alert.id, target.startsWith("http") ? target : `fails-${target.length}/${target}`);
    await addArticle(`Comet${target.length}.`);
    await eventually(async () => ((await deliveries(alert))[0]?.attempts.length ?? 0) > 0);
    expect((await deliveries(alert))[0]?.attempts[0], name).toMatchObject({ outcome, status });
    expect(await received("elsewhere")).toEqual([]);
  });

  it("does not keep others waiting", async () => {
    const hanging = await registerConfirmed("hanging", "eclipse");
    await pointTo(hanging.id, "hanging/hang");
    const other = await registerConfirmed("not-hanging", "eclipse");
    await addArticle("An eclipse.");
    await settled(other, 1);
    await addArticle("Another eclipse.");
    await settled(other, 2);
    expect((await deliveries(hanging)).map(({ status }) => status)).toEqual(["pending", "pending"]);
  });
});

describe("the list of deliveries", () => {
  it("pages by number, and bounds its parameters", async () => {
    const alert = await registerConfirmed("paged", "aurora");
    for (let i = 0; i < 3; i++) await addArticle(`Aurora ${i}.`);
    await settled(alert, 3);
    expect((await deliveries(alert, "?after=1&limit=1")).map(({ sequence }) => sequence)).toEqual([2]);
    expect(await deliveries(alert, "?after=3")).toEqual([]);
    for (const parameters of ["?after=-1", "?limit=0", "?limit=201", "?after=x"]) {
      const response = await call("GET", `/api/alerts/${alert.id}/deliveries${parameters}`, undefined, bearer(alert));
      expect(response.status, parameters).toBe(400);
    }
  });

  it("shows each message as it was sent", async () => {
    const alert = await registerConfirmed("as-sent", "comedy");
    await addArticle("A comedy.");
    const [delivery] = await settled(alert, 1);
    expect(JSON.stringify(delivery?.message)).toBe((await received("as-sent"))[0]?.body);
  });
});

describe("a deleted alert", () => {
  it("is sent nothing more, not even what was waiting", async () => {
    const alert = await registerConfirmed("deleted", "drought");
    await pointTo(alert.id, "deleted/status-500");
    await addArticle("A drought.");
    await eventually(async () => (await received("deleted")).length > 0);
    expect((await call("DELETE", `/api/alerts/${alert.id}`, undefined, bearer(alert))).status).toBe(204);
    const before = (await received("deleted")).length;
    await addArticle("Another drought.");
    await followed();
    await scheduler.wait(2500);
    expect(await received("deleted")).toHaveLength(before);
    expect((await call("DELETE", `/api/alerts/${alert.id}`, undefined, bearer(alert))).status).toBe(404);
  });
});

describe("an alert as a feed", () => {
  it("has the messages' ids and numbers; its key is asked for", async () => {
    const response = await call("POST", "/api/alerts", { query: "parade", channel: { type: "feed" } });
    const alert: { id: string; feed_url: string } = await response.json();
    await addArticle("A parade <b>today</b>.", { title: "Drums & music" });
    await followed();
    const feed: { items: { id: string; title: string; content_html: string }[] } = await (
      await call("GET", alert.feed_url.replace(".rss", ".json"))
    ).json();
    expect(feed.items.map(({ id, title }) => [id, title])).toEqual([[`msg_${alert.id}_1`, "Drums & music"]]);
    expect(feed.items[0]?.content_html).toContain("Message 1");
    expect(feed.items[0]?.content_html).toContain("A parade &lt;b>today");
    const rss = await call("GET", alert.feed_url);
    expect(rss.headers.get("cache-control")).toContain("private");
    expect(await rss.text()).toContain(`<guid isPermaLink="false">msg_${alert.id}_1</guid>`);
    for (const wrong of [
      `/alerts/${alert.id}.rss`,
      `/alerts/${alert.id}.rss?key=x`,
      "/alerts/al_0_aaaaaaaaaaaaaaaa.rss?key=x",
    ]) {
      expect((await call("GET", wrong)).status, wrong).toBe(404);
    }
  });
});

/** Lets a confirmed alert call another address. */
async function pointTo(id: string, target: string): Promise<void> {
  const url = target.startsWith("http") ? target : urlOf(target);
  await runInDurableObject(shard(), (_, { storage }) => {
    storage.sql.exec("UPDATE alerts SET channel = ? WHERE id = ?", JSON.stringify({ type: "webhook", url }), id);
  });
}

function urlOf(path: string): string {
  return `${inject("receiver")}/${path}`;
}
