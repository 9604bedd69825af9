import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { parseQuery } from "../../src/query/grammar.ts";
import { match } from "../../src/query/match.ts";
import { analyse } from "../../src/query/text.ts";
import { type ArticleInput, articleMatchable } from "../../src/record/articles/article.ts";
import { readArticles } from "../../src/record/articles/read-articles.ts";
import type { EventInput } from "../../src/record/events/event.ts";
import { eventMatchable } from "../../src/record/events/event-text.ts";
import { readEvents } from "../../src/record/events/read-events.ts";
import { listArticles, listEvents } from "../../src/record/search/find.ts";
import { addArticle, call, curate, json, putEvent, putName, putNames, vocabulary } from "../client.ts";

const EVERYTHING = { before: Number.MAX_SAFE_INTEGER, limit: 200, feed: false };
const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id).sort();

/** What search finds, and what the predicate says of each item on record, without any index. */
async function articlesBoth(q: string): Promise<{ found: string[]; naive: string[] }> {
  const names = await vocabulary();
  const query = parseQuery(q, names.vocabulary);
  const { items } = await listArticles(env.DB, names, query, EVERYTHING, true);
  const naive = (await readArticles(env.DB, { ...EVERYTHING, texts: true })).filter((each) =>
    match(query.tree, analyse(articleMatchable(each), names.vocabulary)),
  );
  return { found: ids(items), naive: ids(naive) };
}

async function eventsBoth(q: string): Promise<{ found: string[]; naive: string[] }> {
  const names = await vocabulary();
  const query = parseQuery(q, names.vocabulary);
  const { items } = await listEvents(env.DB, names, query, EVERYTHING);
  const naive = (await readEvents(env.DB, EVERYTHING)).filter((each) =>
    match(query.tree, analyse(eventMatchable(each, names), names.vocabulary)),
  );
  return { found: ids(items), naive: ids(naive) };
}

const EVENTS: Readonly<Record<string, Partial<EventInput>>> = {
  meeting: { title: "The group met", summary: "Ministers talked.", places: ["geneva"], actors: ["issg"] },
  truce: { title: "A truce began", summary: "It was to last seven days.", places: ["aleppo"], topics: ["ceasefire"] },
  claim: {
    title: "A convoy was hit",
    summary: "Trucks burnt.",
    claims: [{ by: "united-states", says: "Russia did it." }],
  },
  words: {
    title: "Vote",
    summary: "A vote.",
    claims: [{ by: "A spokesman of the U.N.", says: "It will not help us." }],
  },
};

const ARTICLES: Readonly<Record<string, Partial<ArticleInput>>> = {
  "en-convoy": {
    title: "Convoy leaves for Aleppo",
    text: "Trucks with aid left; the cease-fire held.",
    language: "en",
  },
  "en-crisis": { title: "The crisis deepens", text: "Nobody gave us an answer. ISIS said nothing.", language: "en" },
  "en-us": {
    title: "Talks",
    text: "The US and Russia talked about safe passage.",
    language: "en-GB",
    publisher: "The Wire",
  },
  "en-capitals": { title: "GIVE US PEACE NOW", text: "They marched.", language: "en" },
  "en-hostilities": { title: "Halt", text: "A cessation of hostilities was agreed in Geneva’s halls.", language: "en" },
  "ar-convoy": { title: "قافلة إلى حلب", text: "وصلت القافلة بحلب بعد وقف إطلاق النار.", language: "ar" },
  "ar-geneva": { title: "محادثات جنيف", text: "وبدأت الهدنة", language: "ar", publisher: "الجريدة" },
  "ru-aleppo": { title: "Перемирие в Алеппо", text: "Конвой ушёл.", language: "ru" },
  "ru-geneva": { title: "Переговоры", text: "Они идут в Женеве.", language: "ru" },
  "fr-aleppo": { title: "Trêve à Alep", text: "L'accord tient; l’aide arrive.", language: "fr" },
  "fr-group": { title: "Réunion", text: "Le Groupe international de soutien à la Syrie s’est réuni.", language: "fr" },
  "by-event": { title: "A meeting", text: "Ministers talked for hours.", events: ["meeting"] },
  none: { title: "Sport", text: "Ten to one." },
  quiet: { title: "Quiet", text: "A convoy that nobody was told of.", mode: "silent" },
};

beforeAll(async () => {
  await putNames();
  for (const [id, more] of Object.entries(EVENTS)) await putEvent(id, more);
  for (const [id, more] of Object.entries(ARTICLES)) await addArticle(id, more);
});

describe("search finds what the predicate finds: articles", () => {
  const ALEPPO = ["ar-convoy", "en-convoy", "fr-aleppo", "ru-aleppo"];
  const CEASEFIRE = ["ar-convoy", "ar-geneva", "en-convoy", "en-hostilities", "fr-aleppo", "ru-aleppo"];
  const cases: [query: string, expected: string[]][] = [
    ["convoy", ["en-convoy", "quiet"]],
    ["convoys", ["en-convoy", "quiet"]],
    ['"convoys"', []],
    ["aleppo", ALEPPO],
    ["حلب", ALEPPO],
    ["alep", ALEPPO],
    ['"aleppo"', ["en-convoy"]],
    ["truce", CEASEFIRE],
    ["ceasefire aleppo", ALEPPO],
    ["aleppo -ceasefire", []],
    ["ceasefire NOT aleppo", ["ar-geneva", "en-hostilities"]],
    ["geneva", ["ar-geneva", "en-hostilities", "ru-geneva"]],
    ["place:geneva", ["ar-geneva", "by-event", "en-hostilities", "ru-geneva"]],
    ["actor:issg", ["by-event", "fr-group"]],
    ["issg", ["fr-group"]],
    ["place:geneva actor:issg", ["by-event"]],
    ["place:geneva hours", ["by-event"]],
    ["place:geneva -hours", ["ar-geneva", "en-hostilities", "ru-geneva"]],
    ["place:geneva lang:ar", ["ar-geneva"]],
    ["place:geneva OR sport", ["ar-geneva", "by-event", "en-hostilities", "none", "ru-geneva"]],
    ["actor:issg (sport OR place:geneva)", ["by-event"]],
    ["(place:geneva hours) OR (actor:issg réunion)", ["by-event", "fr-group"]],
    ["place:geneva place:atlantis", []],
    ["place:geneva nobody", []],
    ["issg place:geneva", []],
    ["place:atlantis", []],
    ["us", ["en-us"]],
    ['"us"', ["en-capitals", "en-crisis", "en-us"]],
    ["isis", ["en-crisis"]],
    ['"safe passage"', ["en-us"]],
    ['"passage safe"', []],
    ["russia NEAR/3 passage", ["en-us"]],
    ["russia NEAR/1 passage", []],
    ["aleppo NEAR/2 convoy", ["en-convoy"]],
    ["hos*", ["en-hostilities"]],
    ["кон*", ["ru-aleppo"]],
    ["قاف*", ["ar-convoy"]],
    ["cease-fire", CEASEFIRE],
    ["title:aleppo", ALEPPO],
    ["title:(convoy OR talks)", ["en-convoy", "en-us"]],
    ["publisher:wire", ["en-us"]],
    ["publisher:الجريدة", ["ar-geneva"]],
    ["wire", []],
    ["lang:ar", ["ar-convoy", "ar-geneva"]],
    ["lang:en talks", ["en-us"]],
    ["aleppo (lang:ru OR lang:fr)", ["fr-aleppo", "ru-aleppo"]],
    ["accord", ["fr-aleppo"]],
    ["القافلة", ["ar-convoy"]],
    ["هدنة | convoy", [...CEASEFIRE, "quiet"]],
    ["sport OR (aleppo title:convoy)", ["en-convoy", "none"]],
    ["nothing here", []],
  ];
  it.each(cases)("%s", async (q, expected) => {
    const { found, naive } = await articlesBoth(q);
    expect(found).toEqual(naive);
    expect(found).toEqual([...expected].sort());
  });
});

describe("search finds what the predicate finds: events", () => {
  const cases: [query: string, expected: string[]][] = [
    ["geneva", ["meeting"]],
    ["ISSG", ["meeting"]],
    ["place:aleppo", ["truce"]],
    ["حلب هدنة", ["truce"]],
    ['"aleppo"', []],
    ["russia", ["claim"]],
    ["washington", ["claim"]],
    ["us", ["claim"]],
    ["actor:us", ["claim"]],
    ["spokesman un", ["words"]],
    ["title:vote", ["words"]],
    ["lang:en", ["claim", "meeting", "truce", "words"]],
    ["lang:ar", []],
  ];
  it.each(cases)("%s", async (q, expected) => {
    const { found, naive } = await eventsBoth(q);
    expect(found).toEqual(naive);
    expect(found).toEqual(expected);
  });
});

describe("later changes affect items on record", () => {
  it("a spelling added to a name", async () => {
    await addArticle("halab", { text: "Haleb ist gefallen." });
    expect((await articlesBoth("aleppo")).found).not.toContain("halab");
    await putName("place:aleppo", {
      label: "Aleppo",
      spellings: { ar: ["حلب"], ru: ["Алеппо"], fr: ["Alep"], other: ["Haleb"] },
    });
    const { found, naive } = await articlesBoth("aleppo");
    expect(found).toContain("halab");
    expect(found).toEqual(naive);
  });

  it("a new name", async () => {
    await addArticle("homs", { text: "In Homs al-Waer nothing moved." });
    await putName("place:al-waer", { label: "Al-Waer", spellings: { ar: ["الوعر"] } });
    expect(await articlesBoth("الوعر")).toEqual({ found: ["homs"], naive: ["homs"] });
  });

  it("the label of the actor who makes a claim", async () => {
    await putName("actor:spokesman-x", { label: "Xavier" });
    await putEvent("label", { claims: [{ by: "spokesman-x", says: "Nothing." }] });
    expect(await eventsBoth("xavier")).toEqual({ found: ["label"], naive: ["label"] });
    await putName("actor:spokesman-x", { label: "Yolanda Ortiz" });
    for (const q of ["yolanda ortiz", "ortiz", "actor:spokesman-x"]) {
      const { found, naive } = await eventsBoth(q);
      expect([q, found]).toEqual([q, naive]);
    }
  });

  it("an event that is put, corrected, retracted and put again", async () => {
    await putName("place:vienna", { label: "Vienna" });
    await addArticle("later", { text: "They talked in a hotel." });
    const find = async () => {
      const { found, naive } = await articlesBoth("place:vienna");
      expect(found).toEqual(naive);
      return found;
    };
    expect(await find()).toEqual([]);
    await putEvent("hotel", { places: ["vienna"], articles: ["later"] });
    expect(await find()).toEqual(["later"]);
    await putEvent("hotel", { places: ["geneva"], articles: ["later"] }, 200);
    expect(await find()).toEqual([]);
    await putEvent("hotel", { places: ["vienna"], articles: [] }, 200);
    expect(await find()).toEqual([]);
    await putEvent("hotel", { places: ["vienna"], articles: ["later"] }, 200);
    await json(curate("DELETE", "/api/events/hotel", { reason: "Not in a hotel." }));
    expect(await find()).toEqual([]);
    await putEvent("hotel", { places: ["vienna"], articles: ["later"] }, 200);
    expect(await find()).toEqual(["later"]);
  });

  it("an article that is corrected", async () => {
    await addArticle("typo", { text: "The convyo left." });
    await json(curate("PUT", "/api/articles/typo", { title: "Typo", text: "The lorries left.", published_at: null }));
    expect(await articlesBoth("convyo")).toEqual({ found: [], naive: [] });
    expect(await articlesBoth("lorries")).toEqual({ found: ["typo"], naive: ["typo"] });
  });

  it("an article that was silent, and comes to the front with the names of its events", async () => {
    await putName("place:lausanne", { label: "Lausanne" });
    await putEvent("lakeside", { places: ["lausanne"] });
    await addArticle("surfacing", { text: "They met by the lake.", mode: "silent", events: ["lakeside"] });
    const body = { title: "Surfaced", text: "They met by the lake.", published_at: null, mode: "new" };
    await json(curate("PUT", "/api/articles/surfacing", body));
    expect(await articlesBoth("place:lausanne")).toEqual({ found: ["surfacing"], naive: ["surfacing"] });
    await putEvent("lakeside", { places: [] }, 200);
    expect(await articlesBoth("place:lausanne")).toEqual({ found: [], naive: [] });
  });

  it("several events that are put at once and rest on one article", async () => {
    const slugs = Array.from({ length: 6 }, (_, i) => `crowd-${i}`);
    for (const slug of slugs) await putName(`place:${slug}`, { label: `Crowded ${slug.at(-1)}` });
    await addArticle("crowded", { text: "Much happened at once." });
    await Promise.all(slugs.map((slug) => putEvent(slug, { places: [slug], articles: ["crowded"] })));
    for (const slug of slugs) {
      expect([slug, await articlesBoth(`place:${slug}`)]).toEqual([slug, { found: ["crowded"], naive: ["crowded"] }]);
    }
  });

  it("an event that is corrected while an article that names it is added, or is corrected", async () => {
    await putName("place:old-town", { label: "Old Town" });
    await putName("place:new-town", { label: "New Town" });
    for (let i = 0; i < 5; i++) {
      await putEvent(`moving-${i}`, { places: ["old-town"] });
      await addArticle(`moving-first-${i}`, { events: [`moving-${i}`] });
      await Promise.all([
        addArticle(`moving-${i}`, { events: [`moving-${i}`] }),
        putEvent(`moving-${i}`, { places: ["new-town"] }, 200),
        json(curate("PUT", `/api/articles/moving-first-${i}`, { title: "Corrected", text: "…", published_at: null })),
      ]);
    }
    const { found, naive } = await articlesBoth("place:new-town");
    expect(naive).toHaveLength(10);
    expect(found).toEqual(naive);
  });
});

describe("pages", () => {
  const SIZE = 230;
  beforeAll(async () => {
    for (let i = 0; i < SIZE; i += 23) {
      const batch = Array.from({ length: 23 }, (_, k) => i + k);
      await Promise.all(
        batch.map((n) =>
          addArticle(`page-${n}`, {
            text: n % 3 === 0 ? "Paged evenly." : "Paged.",
            ...(n % 5 === 0 && { mode: "silent" }),
          }),
        ),
      );
    }
  });

  it.each([
    ["paged", 200, SIZE],
    ["paged", 50, SIZE],
    ["paged", 115, SIZE],
    ["paged evenly", 7, 77],
  ])("%s, by %i: every item once, newest on the wire first", async (q, limit, total) => {
    const names = await vocabulary();
    const query = parseQuery(q, names.vocabulary);
    const seen: { id: string; log: number }[] = [];
    let before: number | undefined = Number.MAX_SAFE_INTEGER;
    while (before !== undefined) {
      const page = await listArticles(env.DB, names, query, { before, limit, feed: false }, false);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items);
      before = page.next;
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(total);
    expect(seen.map(({ log }) => log)).toEqual(seen.map(({ log }) => log).sort((a, b) => b - a));
    expect(seen).toHaveLength(total);
  });

  it("in the API, by next_url, with and without a query, silent items included", async () => {
    for (const [start, total] of [
      ["/api/articles?q=paged&limit=60", SIZE],
      ["/api/articles?limit=100", (await readArticles(env.DB, { ...EVERYTHING, limit: 1000, texts: false })).length],
    ] as const) {
      const seen: string[] = [];
      let next: string | null = start;
      while (next !== null) {
        const page: { articles: { id: string }[]; next_url: string | null } = await json(call(next));
        seen.push(...page.articles.map(({ id }) => id));
        next = page.next_url === null ? null : page.next_url.slice("https://wire.example".length);
      }
      expect([seen.length, new Set(seen).size]).toEqual([total, total]);
    }
  });

  it("for feeds have no silent items", async () => {
    const names = await vocabulary();
    const query = parseQuery("paged", names.vocabulary);
    const { items } = await listArticles(env.DB, names, query, { ...EVERYTHING, feed: true }, false);
    expect(items.filter(({ mode }) => mode === "silent")).toEqual([]);
    expect(items).toHaveLength(SIZE - 46);
  });
});

describe("a query of maximum size", () => {
  it("of names with many long spellings is answered", async () => {
    const numbers = Array.from({ length: 32 }, (_, i) => i);
    await Promise.all(
      numbers.map((n) =>
        putName(`actor:big-${n}`, {
          label: `Big ${n}`,
          spellings: { en: Array.from({ length: 100 }, (_, i) => `the big committee number ${n} of section ${i}`) },
        }),
      ),
    );
    await addArticle("big", { text: "The big committee number 31 of section 99 met." });
    const names = await vocabulary();
    const any = parseQuery(numbers.map((n) => `actor:big-${n}`).join(" OR "), names.vocabulary);
    expect((await listEvents(env.DB, names, any, EVERYTHING)).items).toEqual([]);
    expect(ids((await listArticles(env.DB, names, any, EVERYTHING, false)).items)).toEqual(["big"]);
    const all = parseQuery(numbers.map((n) => `actor:big-${n}`).join(" "), names.vocabulary);
    expect((await listArticles(env.DB, names, all, EVERYTHING, false)).items).toEqual([]);
  });

  it("of the maximum number of parentheses is answered", async () => {
    const names = await vocabulary();
    const query = parseQuery("a (b OR (c d (e OR (f g (h OR (i j (k OR (l m)))))))) OR sport", names.vocabulary);
    expect(ids((await listArticles(env.DB, names, query, EVERYTHING, true)).items)).toEqual(["none"]);
  });
});
