/** Older items: pages as RFC 5005 describes them, followed as a reader follows them. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { addArticle, call, curate, event, json, putEvent, putNames } from "../client.ts";
import { readAtom, readJson, readRss, readText } from "./support.ts";

interface Page {
  ids: (string | undefined)[];
  older: string | undefined;
}

const local = (url: string | undefined): string | undefined => url?.slice("https://wire.example".length);
type Links = readonly { rel?: string | undefined; href?: string | undefined }[] | undefined;
const linkOf = (links: Links, rel: string) => local(links?.find((link) => link.rel === rel)?.href);

/** How a reader of each format finds the next page. */
const READERS: Readonly<Record<string, (path: string) => Promise<Page>>> = {
  rss: async (path) => {
    const { items = [], atom } = await readRss(path);
    return { ids: items.map(({ guid }) => guid?.value), older: linkOf(atom?.links, "prev-archive") };
  },
  atom: async (path) => {
    const { entries = [], links } = await readAtom(path);
    return { ids: entries.map(({ id }) => id), older: linkOf(links, "prev-archive") };
  },
  json: async (path) => {
    const { items = [], next_url } = await readJson(path);
    return { ids: items.map(({ id }) => id), older: local(next_url) };
  },
  ics: async (path) => {
    const response = await call(path);
    const text = await response.text();
    const older = /<([^>]*)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    return { ids: [...text.matchAll(/^UID:(.*)\r$/gm)].map(([, id]) => id), older: local(older) };
  },
};
const formatOf = (path: string) => path.replace(/^.*\.([a-z]+)(?:\?.*)?$/, "$1");
const read = (path: string): Promise<Page> => {
  const reader = READERS[formatOf(path)];
  if (reader === undefined) throw new Error(path);
  return reader(path);
};

/** All pages from an address on, the address first. */
async function follow(start: string, between: (page: number) => Promise<unknown> = async () => {}) {
  const pages: (Page & { path: string })[] = [];
  let path: string | undefined = start;
  while (path !== undefined) {
    const page = await read(path);
    pages.push({ ...page, path });
    await between(pages.length);
    path = page.older;
  }
  return pages;
}

const idsFrom = async (start: string) => (await follow(start)).flatMap(({ ids }) => ids);

const EVENTS = 60;
let added = 0;
const add = (more: object = {}) => putEvent(`h-${added++}`, more);

beforeAll(async () => {
  await putNames();
  for (let i = 0; i < EVENTS; i++) {
    await add({ places: i % 2 ? ["aleppo"] : [], mode: i % 10 === 9 ? "silent" : "new" });
    if (i % 3 === 0) await addArticle(`a-${i}`);
  }
});

describe("a reader who follows the links gets each item once", () => {
  it.each([
    "/feed.rss?limit=7",
    "/feed.atom?limit=3",
    "/feed.json?limit=20",
    "/feed.ics?limit=10",
    "/feed.rss?limit=4&q=aleppo",
    "/feed.json?limit=4&q=aleppo",
    "/articles.atom?limit=2",
    "/feed.rss",
  ])("%s, while new ones are added", async (path) => {
    const whole = new URLSearchParams(path.split("?")[1]);
    whole.set("limit", "200");
    const before = await idsFrom(`${path.split("?")[0]}?${whole}`);
    const pages = await follow(path, async (page) => {
      if (page > 5) return;
      await add({ places: ["aleppo"] });
      await addArticle(`during-${path}-${page}`.replaceAll(/\W/g, "-"));
    });
    expect(pages.flatMap(({ ids }) => ids)).toEqual(before);
    expect(pages.length).toBeGreaterThan(1);
  });
});

describe("a page of older items", () => {
  it.each([
    "/feed.rss?limit=5",
    "/feed.atom?limit=5",
    "/feed.json?limit=5",
    "/articles.rss?limit=5",
    "/feed.atom?limit=5&q=aleppo",
  ])("never changes, to the byte: %s", async (path) => {
    const pages = (await follow(path)).slice(1);
    const before = await Promise.all(pages.map((page) => readText(page.path)));
    for (let i = 0; i < 7; i++) {
      await add({ places: ["aleppo"] });
      await addArticle(`stable-${path}-${i}`.replaceAll(/\W/g, "-"));
    }
    expect(await Promise.all(pages.map((page) => readText(page.path)))).toEqual(before);
  });

  it("is marked as an archive and links to the first page; the first page is no archive", async () => {
    const feed = await readAtom("/feed.atom?limit=5");
    const older = linkOf(feed.links, "prev-archive") ?? "";
    const archive = await readText(older);
    expect(archive).toContain("<fh:archive");
    expect(linkOf((await readAtom(older)).links, "current")).toBe("/feed.atom?limit=5");
    expect(await readText("/feed.atom?limit=5")).not.toContain("fh:archive");
    expect(linkOf(feed.links, "next")).toBe(older);
    const rss = await readText(older.replace(".atom", ".rss"));
    expect(rss).toContain("<fh:archive");
    expect(rss).toContain('rel="current"');
    // One feed, whichever page of it (RFC 5005, section 4, by the example of RFC 4287's identifiers).
    expect((await readAtom(older)).id).toBe(feed.id);
  });

  it("shows the corrected version of its items", async () => {
    const pages = await follow("/feed.json?limit=5");
    const id = pages.at(-1)?.ids.at(-1)?.replace("parley:event:", "") ?? "";
    await json(curate("PUT", `/api/events/${id}`, event({ title: "Corrected much later" })));
    expect(await readText(pages.at(-1)?.path ?? "")).toContain("Corrected much later");
  });
});

describe("a reader who returns later", () => {
  it("reaches a known address after a few pages, and misses no item", async () => {
    const known = new Map<string, readonly (string | undefined)[]>();
    for (const { path, ids } of (await follow("/feed.rss?limit=5")).slice(1)) known.set(path, ids);
    for (let i = 0; i < 23; i++) await add();
    const seen: (string | undefined)[] = [];
    let path: string | undefined = "/feed.rss?limit=5";
    let fetched = 0;
    while (path !== undefined && !known.has(path)) {
      const page = await read(path);
      // Beside its five newest, the feed has what was corrected just now, which is in its own place as well.
      seen.push(...page.ids.slice(0, 5));
      fetched++;
      path = page.older;
    }
    // From here on all is known: what was new and these are everything.
    const rest: (string | undefined)[] = [];
    while (path !== undefined) {
      const page = await read(path);
      rest.push(...page.ids);
      path = page.older;
    }
    const whole = await idsFrom("/feed.rss?limit=200");
    expect([...seen, ...rest]).toEqual(whole);
    expect(rest.length).toBeGreaterThan(0);
    expect(fetched).toBeLessThan(whole.length / 5);
  });

  it("this holds for any page size: pages from two places soon coincide", async () => {
    const total = (await idsFrom("/feed.json?limit=200")).length;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 30 }), async (limit, skip) => {
        const from = await follow(`/feed.json?limit=${limit}`);
        const other = await read(`/feed.json?limit=${skip}`);
        const start = `${other.older ?? ""}`.replace(/limit=\d+/, `limit=${limit}`);
        const pages = await follow(start);
        expect(pages.flatMap(({ ids }) => ids).length).toBe(total - skip);
        // The last page of both is one and the same.
        expect(pages.at(-1)?.path).toBe(from.at(-1)?.path);
      }),
      { numRuns: 8 },
    );
  });
});

describe("an item that was silent", () => {
  it("comes to the front of the feeds with the present date, and into no complete page", async () => {
    await putEvent("hushed", { mode: "silent", title: "Hushed", published_at: "2016-10-01T10:00:00Z" });
    for (let i = 0; i < 12; i++) await add();
    const pages = (await follow("/feed.json?limit=5")).slice(1);
    const before = await Promise.all(pages.map((page) => readText(page.path)));
    await json(curate("PUT", "/api/events/hushed", event({ mode: "new", title: "Hushed" })));
    const [first] = (await readJson("/feed.json")).items ?? [];
    expect(first).toMatchObject({ id: "parley:event:hushed" });
    expect(Date.parse(`${first?.date_published}`)).toBeGreaterThan(Date.now() - 60_000);
    expect(await Promise.all(pages.map((page) => readText(page.path)))).toEqual(before);
    expect((await read("/feed.json?q=hushed")).ids).toEqual(["parley:event:hushed"]);
  });

  it("the same is true of an article, and search finds it there", async () => {
    await addArticle("whispered", { mode: "silent", text: "Whispered zirconium." });
    await addArticle("after-whispered");
    const body = { title: "Whispered", text: "Whispered zirconium.", published_at: null, mode: "new" };
    await json(curate("PUT", "/api/articles/whispered", body));
    expect((await read("/articles.json")).ids[0]).toBe("parley:article:whispered");
    expect((await read("/articles.json?q=zirconium")).ids).toEqual(["parley:article:whispered"]);
  });
});
