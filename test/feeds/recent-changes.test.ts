/** Feeds list items that were corrected or retracted within seven days, after the newest items. */
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { addArticle, article, call, curate, event, json, putEvent, putNames } from "../client.ts";
import { itemOf, readAtom, readJson, readRss, readText } from "./support.ts";

const DAY = 24 * 3_600_000;
const START = Date.parse("2030-03-01T12:00:00Z");
let now = START;
const pass = (milliseconds: number) => {
  now += milliseconds;
  vi.setSystemTime(now);
};

const id = (name: string) => `parley:event:${name}`;
const idsOf = async (path: string) => ((await readJson(path)).items ?? []).map((item) => item.id);
const eventsOf = async (path: string) => (await idsOf(path)).map((each) => each?.replace("parley:event:", ""));
const retract = (name: string) => json(curate("DELETE", `/api/events/${name}`, { reason: "It did not happen." }));

let added = 0;
/** Adds three events, which push all others out of a feed of three. */
async function addThree(): Promise<void> {
  for (let i = 0; i < 3; i++) await putEvent(`newer-${added++}`);
}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(START);
  await putNames();
});
/** After each test, its changes become older than seven days. */
afterEach(() => pass(8 * DAY));

describe("an older event that changes", () => {
  it.each(["corrected", "retracted"])("is listed when %s, under its id and date, in every format", async (how) => {
    const name = `older-${how}`;
    await putEvent(name, { title: "Older" });
    const { items } = await readJson("/feed.json?limit=3");
    const { date_published } = itemOf(items, id(name));
    await addThree();
    expect(await eventsOf("/feed.json?limit=3")).not.toContain(name);
    pass(30 * DAY);
    if (how === "corrected") await putEvent(name, { title: "Mended" }, 200);
    else await retract(name);
    const title = how === "corrected" ? "Mended" : "Retracted: Older";
    const json3 = (await readJson("/feed.json?limit=3")).items ?? [];
    expect(json3).toHaveLength(4);
    expect(json3.at(-1)).toMatchObject({
      id: id(name),
      title,
      date_published,
      date_modified: new Date(now).toISOString(),
    });
    const rss = await readRss("/feed.rss?limit=3");
    expect(itemOf(rss.items, id(name))).toMatchObject({ title, pubDate: new Date(`${date_published}`).toUTCString() });
    expect(itemOf((await readAtom("/feed.atom?limit=3")).entries, id(name))).toMatchObject({
      published: date_published,
    });
    expect(await readText("/feed.ics?limit=3")).toContain(`UID:${id(name)}`);
  });

  it("leaves after seven days without a log entry, and the validators change", async () => {
    await putEvent("leaves");
    await addThree();
    await putEvent("leaves", { title: "Mended" }, 200);
    pass(10_000);
    const path = "/feed.rss?limit=3";
    const before = await call(path);
    expect(await before.text()).toContain(id("leaves"));
    const [etag, modified] = [before.headers.get("etag") ?? "", before.headers.get("last-modified") ?? ""];
    pass(7 * DAY - 10_001);
    expect((await call(path, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await call(path, { headers: { "if-modified-since": modified } })).status).toBe(304);
    pass(1);
    const after = await call(path, { headers: { "if-none-match": etag } });
    expect(after.status).toBe(200);
    expect(await after.text()).not.toContain(id("leaves"));
    pass(10_000);
    const since = await call(path, { headers: { "if-modified-since": modified } });
    expect(since.status).toBe(200);
    const later = since.headers.get("last-modified") ?? "";
    expect(Date.parse(later)).toBeGreaterThan(Date.parse(modified));
    expect((await call(path, { headers: { "if-modified-since": later } })).status).toBe(304);
    // The same for a Worker that has just begun, and remembers nothing.
    expect((await call(`${path}&x=1`)).headers.get("last-modified")).toBe(later);
  });

  it("is listed once if it is also among the newest", async () => {
    await putEvent("newest");
    await putEvent("newest", { title: "Mended" }, 200);
    expect((await eventsOf("/feed.json?limit=3")).filter((each) => each === "newest")).toHaveLength(1);
  });

  it("is not listed if it is silent", async () => {
    await putEvent("hushed", { mode: "silent" });
    await putEvent("silenced");
    await addThree();
    await putEvent("hushed", { mode: "silent", title: "Mended" }, 200);
    await putEvent("silenced", { mode: "silent", title: "Mended" }, 200);
    expect(await idsOf("/feed.json?limit=3")).toHaveLength(3);
  });

  it("is listed with at most as many others as `limit`, the last changed first", async () => {
    const names = Array.from({ length: 7 }, (_, i) => `many-${i}`);
    for (const name of names) await putEvent(name);
    await addThree();
    for (const name of names.toReversed()) {
      pass(1000);
      await putEvent(name, { title: "Mended" }, 200);
    }
    expect((await eventsOf("/feed.json?limit=3")).slice(3)).toEqual(["many-2", "many-1", "many-0"]);
    expect(await idsOf("/feed.json?limit=5")).toHaveLength(10);
  });
});

describe("a filtered feed", () => {
  const path = "/feed.json?limit=3&q=place:aleppo";
  const inAleppo = { places: ["aleppo"] };
  const push = async () => {
    for (let i = 0; i < 3; i++) await putEvent(`pushes-${added++}`, inAleppo);
  };

  it("lists items that match after the change or matched before it", async () => {
    await putEvent("stays-in", inAleppo);
    await putEvent("moves-in");
    await putEvent("moves-out", inAleppo);
    await putEvent("is-out");
    await putEvent("is-retracted", inAleppo);
    await push();
    await putEvent("stays-in", { ...inAleppo, title: "Mended" }, 200);
    await putEvent("moves-in", inAleppo, 200);
    await putEvent("moves-out", { title: "It was elsewhere" }, 200);
    await putEvent("is-out", { title: "Mended" }, 200);
    await retract("is-retracted");
    const beside = (await eventsOf(path.replace("limit=3", "limit=5"))).slice(3);
    expect(beside.toSorted()).toEqual(["is-retracted", "moves-in", "moves-out", "stays-in"]);
    expect(await readText(path.replace("limit=3", "limit=5"))).toContain("It was elsewhere");
  });

  it("lists a new item that a correction moved out of the filter", async () => {
    await push();
    await putEvent("out-at-once", inAleppo);
    await putEvent("out-at-once", { title: "It was elsewhere" }, 200);
    expect(await eventsOf(path)).toContain("out-at-once");
    pass(7 * DAY);
    expect(await eventsOf(path)).not.toContain("out-at-once");
  });

  it("lists items that matched at any time within the seven days, but not earlier", async () => {
    await putEvent("long-ago", inAleppo);
    await putEvent("twice", inAleppo);
    await push();
    await putEvent("long-ago", { title: "Out" }, 200);
    pass(4 * DAY);
    await putEvent("twice", { title: "Out" }, 200);
    pass(4 * DAY);
    await putEvent("long-ago", { title: "Mended" }, 200);
    await putEvent("twice", { title: "Mended" }, 200);
    expect((await eventsOf(path)).slice(3)).toEqual(["twice"]);
  });
});

describe("articles", () => {
  const correct = (name: string, more: object) => json(curate("PUT", `/api/articles/${name}`, article(name, more)));

  it("that were corrected are listed in the same way", async () => {
    await addArticle("older", { text: "Zirconium." });
    await addArticle("other");
    const { items } = await readJson("/articles.json?limit=2");
    const { date_published } = itemOf(items, "parley:article:older");
    for (let i = 0; i < 3; i++) await addArticle(`newer-${i}`, { text: "Zirconium." });
    pass(DAY);
    await correct("older", { text: "Zirconium, mended." });
    const after = (await readJson("/articles.json?limit=2")).items ?? [];
    expect(after.map((item) => item.id)).toEqual([
      "parley:article:newer-2",
      "parley:article:newer-1",
      "parley:article:older",
    ]);
    expect(after.at(-1)).toMatchObject({ date_published });
    expect(await idsOf("/articles.json?limit=2&q=zirconium")).toContain("parley:article:older");
    expect(await idsOf("/articles.json?limit=2&q=newer")).not.toContain("parley:article:older");
    pass(7 * DAY);
    expect(await idsOf("/articles.json?limit=2")).toHaveLength(2);
  });
});

describe("pages of older items", () => {
  it("list changed items in their place, and do not change when an item leaves the first page", async () => {
    await putEvent("in-page");
    for (let i = 0; i < 4; i++) await addThree();
    await putEvent("in-page", { title: "Mended" }, 200);
    const pages: [path: string, text: string][] = [];
    let next = (await readJson("/feed.json?limit=3")).next_url;
    while (next !== undefined) {
      const path = next.slice("https://wire.example".length);
      pages.push([path, await readText(path)]);
      next = (await readJson(path)).next_url;
    }
    expect(pages.filter(([, text]) => text.includes(`"${id("in-page")}"`))).toHaveLength(1);
    pass(7 * DAY);
    expect(await eventsOf("/feed.json?limit=3")).not.toContain("in-page");
    expect(await Promise.all(pages.map(([path]) => readText(path)))).toEqual(pages.map(([, text]) => text));
  });
});

const claims = () => Array.from({ length: 40 }, () => ({ by: "One", says: "y".repeat(1900) }));

it("reads a bounded amount, however many items were corrected", async () => {
  for (let i = 0; i < 12; i++) await putEvent(`long-${i}`, { summary: "x".repeat(4000), claims: claims() });
  await addThree();
  for (let i = 0; i < 12; i++) {
    const body = event({ title: "Mended", summary: "x".repeat(4000), claims: claims() });
    await json(curate("PUT", `/api/events/long-${i}`, body));
  }
  const shown = await idsOf("/feed.json?limit=5");
  expect(shown.length).toBeGreaterThan(5);
  expect(shown.length).toBeLessThan(10);
});
