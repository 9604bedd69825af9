import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { readRevision } from "../../src/record/events/event-history.ts";
import { readEvent } from "../../src/record/events/read-events.ts";
import {
  addArticle,
  call,
  count,
  curate,
  entriesOf,
  event,
  head,
  json,
  type ProblemBody,
  putEvent,
  putName,
  putNames,
} from "../client.ts";

const retract = (id: string, reason: string) => curate("DELETE", `/api/events/${id}`, { reason });
const kindsOf = async (id: string) => (await entriesOf(id)).map((entry) => entry.kind);

beforeAll(putNames);

describe("an event put twice", () => {
  it("the same document changes nothing", async () => {
    await addArticle("twice-source");
    const body = {
      end_date: "2016-09-23",
      places: ["aleppo"],
      topics: ["ceasefire"],
      articles: ["twice-source"],
      claims: [{ by: "united-states", says: "It held." }],
    };
    const created = await putEvent("twice", body);
    expect(created).toMatchObject({ outcome: "created", revision: 1 });
    const end = await head();
    expect(await putEvent("twice", body, 200)).toEqual({ ...created, outcome: "same" });
    expect(await head()).toBe(end);
    expect(await count("revisions WHERE event = 'twice'")).toBe(1);
  });

  it.each([
    ["a name in another spelling", { places: ["حلب"] }],
    ["what follows from the rest, written out", { places: ["aleppo"], precision: "day" as const, end_date: null }],
    ["an empty list, written out", { places: ["aleppo"], claims: [] }],
  ])("%s is the same document", async (name, body) => {
    const id = `spelt-${name.replaceAll(/\W+/g, "-")}`;
    await putEvent(id, { places: ["aleppo"] });
    expect(await putEvent(id, body, 200)).toMatchObject({ outcome: "same" });
    expect(await kindsOf(id)).toEqual(["event.added"]);
  });

  it("another document is a correction; the old revision stays on record; place and moment on the wire do not change", async () => {
    const created = await putEvent("corrected", { title: "First" });
    const before = await readEvent(env.DB, "corrected");
    const corrected = await putEvent("corrected", { title: "Second", places: ["geneva"] }, 200);
    expect(corrected).toMatchObject({ outcome: "corrected", revision: 2, log: created.log });
    expect((await readRevision(env.DB, "corrected", 1))?.document.title).toBe("First");
    expect(await readRevision(env.DB, "corrected", 2)).toMatchObject({
      document: { title: "Second", places: ["geneva"] },
      retracted: null,
    });
    expect(await readRevision(env.DB, "corrected", 3)).toBeUndefined();
    expect((await readEvent(env.DB, "corrected"))?.published_at).toBe(before?.published_at);
    expect((await entriesOf("corrected")).map(({ kind, revision }) => [kind, revision])).toEqual([
      ["event.added", 1],
      ["event.corrected", 2],
    ]);
  });

  it("keeps its mode if none is given", async () => {
    await putEvent("quiet", { mode: "silent" });
    expect(await putEvent("quiet", {}, 200)).toMatchObject({ outcome: "same", mode: "silent" });
  });

  it("of many different documents at once, each accepted one is a revision, and the others get a conflict", async () => {
    await putEvent("contested");
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const response = await curate("PUT", "/api/events/contested", event({ title: `Version ${i}` }));
        return { status: response.status, body: await response.json<ProblemBody & { revision?: number }>() };
      }),
    );
    const taken = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 409);
    expect([taken.length > 0, taken.length + refused.length]).toEqual([true, 10]);
    for (const { body } of refused) expect(body.detail).toContain("changed by another request");
    const entries = await entriesOf("contested");
    expect(entries.map(({ revision }) => revision)).toEqual(Array.from({ length: taken.length + 1 }, (_, i) => i + 1));
    expect(await count("revisions WHERE event = 'contested'")).toBe(taken.length + 1);
  });

  it("by many requests at once with the same document is one revision, and none is refused", async () => {
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => (await curate("PUT", "/api/events/at-once", event())).status),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(7);
    expect(await kindsOf("at-once")).toEqual(["event.added"]);
  });
});

describe("a retracted event", () => {
  it("stays on record with the reason and its revisions", async () => {
    await putEvent("retracted", { title: "It happened" });
    expect(await json(retract("retracted", "It did not."))).toMatchObject({ retracted: "It did not.", revision: 2 });
    expect(await json(call("/api/events/retracted"))).toMatchObject({ retracted: "It did not.", title: "It happened" });
    expect((await readRevision(env.DB, "retracted", 1))?.document.title).toBe("It happened");
    expect(await kindsOf("retracted")).toEqual(["event.added", "event.retracted"]);
  });

  it("does not change if retracted again with the same reason; another reason is a revision", async () => {
    await putEvent("again");
    await json(retract("again", "One."));
    const end = await head();
    expect(await json(retract("again", "One."))).toMatchObject({ revision: 2 });
    expect(await head()).toBe(end);
    expect(await json(retract("again", "Two."))).toMatchObject({ revision: 3, retracted: "Two." });
  });

  it("is restored by a PUT, even with the same document", async () => {
    await putEvent("risen");
    await json(retract("risen", "In error."));
    expect(await putEvent("risen", {}, 200)).toMatchObject({ outcome: "corrected", revision: 3, retracted: null });
    expect(await kindsOf("risen")).toEqual(["event.added", "event.retracted", "event.corrected"]);
    expect(await putEvent("risen", {}, 200)).toMatchObject({ outcome: "same" });
  });

  it("gets a 404 if it was never on record, and nothing is stored", async () => {
    const end = await head();
    await json(retract("never-was", "It never was."), 404);
    expect(await head()).toBe(end);
  });
});

describe("names of an event", () => {
  const stored = async (id: string) => {
    const { places, actors, topics } = (await readEvent(env.DB, id)) ?? {};
    return { places, actors, topics };
  };

  it.each([
    ["id", { places: ["aleppo"], actors: ["issg"], topics: ["ceasefire"] }],
    ["label", { places: ["Aleppo"], actors: ["International Syria Support Group"], topics: ["Ceasefire"] }],
    ["case and accents", { places: ["ÁLEPPO"], actors: ["issg"], topics: ["TREVE"] }],
    ["Arabic", { places: ["حَلَب"], actors: ["ISSG"], topics: ["وقف اطلاق النار"] }],
    ["Russian", { places: ["Алеппо"], actors: ["ISSG"], topics: ["Перемирие"] }],
    ["French", { places: ["Alep"], actors: ["groupe international de soutien à la Syrie"], topics: ["trêves"] }],
    ["plural and hyphen", { places: ["Aleppo's"], actors: ["ISSG"], topics: ["cease-fires"] }],
    ["one name in two spellings", { places: ["Aleppo", "Alep"], actors: ["issg", "ISSG"], topics: ["truce", "trêve"] }],
  ])("resolved from: %s", async (name, names) => {
    const id = `names-${name.replaceAll(" ", "-").toLowerCase()}`;
    await putEvent(id, names);
    expect(await stored(id)).toEqual({ places: ["aleppo"], actors: ["issg"], topics: ["ceasefire"] });
  });

  it.each([
    ["capitals", "US"],
    ["points", "U.S."],
    ["no capitals since nothing else is meant here", "us"],
  ])("an abbreviation in %s", async (name, written) => {
    const id = `abbreviation-${name.replaceAll(" ", "-")}`;
    await putEvent(id, { actors: [written] });
    expect((await stored(id)).actors).toEqual(["united-states"]);
  });

  it("unknown names, names of another kind and unknown articles are refused together, each with its position", async () => {
    const end = await head();
    const body = event({
      places: ["aleppo", "Atlantis"],
      actors: ["Geneva"],
      topics: ["Aleppo ceasefire"],
      articles: ["no-such-article"],
    });
    const { errors } = await json<ProblemBody>(curate("PUT", "/api/events/unknown-names", body), 400);
    expect(errors?.map(({ path }) => path)).toEqual(["places.1", "actors.0", "topics.0", "articles.0"]);
    expect(errors?.[0]?.message).toContain("Atlantis");
    expect([await head(), await count("events WHERE id = 'unknown-names'")]).toEqual([end, 0]);
  });

  it("are known as soon as they were put on record", async () => {
    await putName("place:ghouta", { label: "Eastern Ghouta" });
    await putEvent("fresh-name", { places: ["eastern ghouta"] });
    expect((await stored("fresh-name")).places).toEqual(["ghouta"]);
  });
});

describe("an event as JSON", () => {
  it("has what was sent, its sources, its address and its place on the wire", async () => {
    await addArticle("json-source");
    await putEvent("as-json", {
      date: "2016-09",
      summary: "It met.",
      claims: [{ by: "A spokesman", says: "It will last." }],
      articles: ["json-source"],
      published_at: "2016-10-01T12:00:00+02:00",
    });
    expect(await json(call("/api/events/as-json"))).toMatchObject({
      id: "as-json",
      url: "https://wire.example/events/as-json",
      date: "2016-09",
      precision: "month",
      end_date: null,
      articles: ["json-source"],
      claims: [{ by: "A spokesman", says: "It will last." }],
      published_at: "2016-10-01T10:00:00.000Z",
      retracted: null,
    });
  });
});
