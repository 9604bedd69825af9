import { beforeAll, describe, expect, it } from "vitest";
import type { Match } from "../../src/query/explain.ts";
import type { TermReading } from "../../src/query/reading.ts";
import { addArticle, call, curate, json, type ProblemBody, putEvent, putName, putNames } from "../client.ts";

interface PreviewBody {
  query: string;
  reading: TermReading[];
  warnings: string[];
  total: number;
  by_month: Record<string, number>;
  matches: { article: { id: string; title: string }; matches: Match[] }[];
  complete: boolean;
}

const path = (q: string) => `/api/preview?q=${encodeURIComponent(q)}`;
const preview = (q: string) => json<PreviewBody>(call(path(q)));
const ids = ({ matches }: PreviewBody) => matches.map(({ article }) => article.id);

/** Articles of one text each, a day apart where a first day is given. */
async function addMany(prefix: string, texts: readonly string[], first = "2016-01-01"): Promise<void> {
  const start = Date.parse(first);
  for (const [i, text] of texts.entries()) {
    const published_at = new Date(start + i * 86_400_000).toISOString();
    await addArticle(`${prefix}-${i}`, { title: "Title", text, published_at });
  }
}

beforeAll(async () => {
  await putNames();
  await putName("actor:who", { label: "World Health Organization", capitals: ["WHO"] });
  await addMany(
    "other",
    Array.from({ length: 30 }, () => "Something else."),
  );
});

describe("GET /api/preview", () => {
  beforeAll(async () => {
    await addArticle("first", {
      title: "A caravan nears Halab",
      text: "The text of the first.",
      publisher: "The Wire",
      summary: "A caravan.",
      language: "en",
      url: "https://example.org/first",
      published_at: "2016-08-31",
    });
    await addArticle("second", { text: "Caravan two.", published_at: "2016-09-30T23:59:59Z", mode: "historic" });
    await addArticle("third", { text: "Caravan three.", published_at: "2016-10-01T01:00:00+02:00" });
    await addArticle("undated", { text: "Caravan four.", published_at: null, added_at: "2016-11-05T10:00:00Z" });
    await addArticle("ancient", { text: "Caravan five.", published_at: "0999-12-31" });
    await addArticle("silent", { text: "Caravan six.", mode: "silent" });
  });

  it("returns everything that a query would do", async () => {
    const response = await call(path("Caravan OR (Alep -truck)"));
    expect(response.headers.get("content-type")).toContain("application/json");
    const { matches, ...rest } = await json<PreviewBody>(Promise.resolve(response));
    expect(rest).toEqual({
      query: "alep -truck OR caravan",
      reading: [
        { text: "alep", means: "place:aleppo", names: ["place:aleppo"] },
        { text: "truck", means: "word", names: [] },
        { text: "caravan", means: "word", names: [] },
      ],
      warnings: [],
      total: 5,
      by_month: { "0999-12": 1, "2016-08": 1, "2016-09": 2, "2016-11": 1 },
      complete: true,
    });
    expect(Object.keys(rest.by_month)).toEqual(["0999-12", "2016-08", "2016-09", "2016-11"]);
    expect(matches.map(({ article }) => article.id)).toEqual(["ancient", "undated", "third", "second", "first"]);
    expect(matches.at(-1)).toEqual({
      article: {
        id: "first",
        url: "https://example.org/first",
        title: "A caravan nears Halab",
        publisher: "The Wire",
        published_at: "2016-08-31",
        language: "en",
        summary: "A caravan.",
      },
      matches: [
        expect.objectContaining({ term: "caravan", means: "word", field: "title", text: "caravan", offset: 2 }),
      ],
    });
  });

  it("never returns the text of an article", async () => {
    const body = await (await call(path("caravan"))).text();
    expect(body).not.toContain("The text of the first");
  });

  it("returns an empty result for a query without matches", async () => {
    expect(await preview("zeppelin")).toEqual({
      query: "zeppelin",
      reading: [{ text: "zeppelin", means: "word", names: [] }],
      warnings: [],
      total: 0,
      by_month: {},
      matches: [],
      complete: true,
    });
  });

  it("counts articles that have a name through an event, until the event is retracted", async () => {
    await putEvent("meeting", { places: ["geneva"] });
    await addArticle("by-event", { text: "Ministers talked.", events: ["meeting"] });
    const found = await preview("place:geneva");
    expect([found.total, found.matches[0]?.matches[0]?.field]).toEqual([1, "event"]);
    await json(curate("DELETE", "/api/events/meeting", { reason: "It did not happen." }));
    expect((await preview("place:geneva")).total).toBe(0);
  });

  it("answers HEAD like GET, and other methods with 405", async () => {
    const head = await call(path("caravan"), { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const post = await call(path("caravan"), { method: "POST" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  const refused: [name: string, path: string][] = [
    ["no q", "/api/preview"],
    ["an empty one", "/api/preview?q="],
    ["a blank one", path(" \t ")],
    ["signs alone", path("&&&")],
    ["an open quotation", path('aleppo "convoy')],
    ["NOT alone", path("-aleppo")],
    ["an unknown field", path("region:aleppo")],
    ["513 characters", path("a".repeat(513))],
    ["33 terms", path(Array.from({ length: 33 }, (_, i) => `w${i}`).join(" "))],
    ["nine levels", path(`${"(".repeat(9)}a${")".repeat(9)}`)],
    ["ten thousand", path("x".repeat(10_000))],
    ["controls alone", path("\u202e\u2066\u0000")],
  ];
  it.each(refused)("refuses %s with its position", async (_, address) => {
    const response = await call(address);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = await json<ProblemBody>(Promise.resolve(response), 400);
    expect(problem.errors).toEqual([{ path: "q", message: expect.stringMatching(/character \d+/) }]);
  });

  it.each(["caravan\u0000", "\u202ecaravan", "car\u00adavan", "ｃａｒａｖａｎ", "caravan\n"])("takes %j", async (q) => {
    expect((await preview(q)).total).toBe(5);
  });

  it.each(["%", "%ED%A0%80 caravan", "\ufffd caravan", "' OR 1=1 --", "<script>", "caravan*", "💥 caravan"])(
    "outlives %j",
    async (q) => {
      for (const address of [path(q), `/api/preview?q=${q.replaceAll("#", "")}`]) {
        expect([200, 400]).toContain((await call(address)).status);
      }
    },
  );
});

describe("many matches", () => {
  beforeAll(async () => {
    const texts = Array.from({ length: 230 }, (_, i) => (i % 2 === 0 ? "Numerous things." : "Numerous even."));
    for (let i = 0; i < texts.length; i += 23) {
      await Promise.all(
        texts.slice(i, i + 23).map((text, k) =>
          addArticle(`many-${i + k}`, {
            text,
            published_at: `2015-0${1 + ((i + k) % 3)}-10`,
            ...((i + k) % 10 === 0 && { mode: "silent" }),
          }),
        ),
      );
    }
  });

  it("are all counted; the newest hundred are shown", async () => {
    const found = await preview("numerous");
    expect([found.total, found.matches.length, new Set(ids(found)).size]).toEqual([207, 100, 100]);
    expect(Object.values(found.by_month).reduce((sum, count) => sum + count, 0)).toBe(207);
    expect(Object.keys(found.by_month)).toEqual(["2015-01", "2015-02", "2015-03"]);
    expect(found.complete).toBe(true);
    const listed = await json<{ articles: { id: string; mode: string }[] }>(call("/api/articles?q=numerous&limit=120"));
    const newest = listed.articles.filter(({ mode }) => mode !== "silent").map(({ id }) => id);
    expect(ids(found)).toEqual(newest.slice(0, 100));
  });
});

describe("warnings that the record gives", () => {
  beforeAll(async () => {
    // Most days have an article on grain; trade stands in a fifth of them.
    const texts = Array.from({ length: 20 }, (_, i) => {
      const phrase = i < 6 ? "Safe harbour was asked for." : i < 8 ? "A harbour, though not safe." : "";
      return `Grain went out. ${i % 5 === 0 ? "Trade grew." : ""} ${phrase} ${i % 4 === 0 ? "Flour, barley." : ""}`;
    });
    await addMany("grain", texts, "2017-03-01");
    await addMany(
      "oats",
      Array.from({ length: 4 }, () => "Oats and rye."),
      "2017-05-01",
    );
    await addMany(
      "apart",
      ["Rice here, paddy there.", "Paddy, then rice.", "Rice. A paddy.", "Paddy rice."],
      "2017-06-01",
    );
  });

  const cases: [name: string, query: string, expected: RegExp[]][] = [
    [
      "of NOT: what takes away everything",
      "barley -grain",
      [/^-grain takes away everything: without it the query finds 5 articles on record, with it none$/],
    ],
    ["… the one of several", "barley -zeppelin -grain", [/^-grain takes away everything: without/]],
    [
      "… several together",
      'rice -here -then -"a paddy" -"paddy rice"',
      [
        /^-"a paddy" and -"paddy rice" and -here and -then together take away everything: without them the query finds 4 articles on record, with them none$/,
      ],
    ],
    ["… none where something is left", "barley -trade", []],
    [
      "… within an alternative",
      "(barley -grain) OR zeppelin",
      [/^NOT takes away everything: without it the query finds 5/],
    ],
    [
      "of a pair: that stands together",
      "safe harbour",
      [
        /^safe harbour finds the two words anywhere in an article, and they stand side by side in 6 of the 8 that have both; for the phrase write "safe harbour"$/,
      ],
    ],
    [
      "… of which little is known",
      "steel harbour",
      [/^steel harbour finds the two words anywhere in an article; for the phrase write "steel harbour"$/],
    ],
    ["… not one that stands apart", "rice paddy", []],
    ["… not with an operator", "safe AND harbour", []],
    ["… not of a name and a word", "aleppo harbour", []],
    [
      "of a name in small letters that no article has",
      "alepo",
      [/^alepo is not a known name, so it is searched for as a word; did you mean Aleppo \(place:aleppo\)\?$/],
    ],
    ["… not of a word that one has", "trade truc", [/^trade truc finds the two/]],
    ["… not of one that stands in one", "flour", []],
    ["of the query: an unknown name", "place:alepo", [/^place:alepo is not a known name.* Aleppo/]],
    ["… an abbreviation", "who", [/^who: read as actor:who/]],
    [
      "of the articles on record: a contradiction",
      "grain -grain",
      [/^-grain takes away everything: without it .* with it none$/],
    ],
    ["… a function word", "the zeppelin", []],
  ];
  it.each(cases)("%s: %s", async (_, query, expected) => {
    const { warnings } = await preview(query);
    expect(warnings.sort()).toEqual(expected.map((each) => expect.stringMatching(each)));
  });
});
