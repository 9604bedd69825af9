/** The HTML of the alerts' pages. */
import { render } from "preact-render-to-string";
import { beforeAll, describe, expect, inject, it } from "vitest";
import type { Match } from "../../src/query/explain.ts";
import { MatchReasons } from "../../src/site/alerts/match-reasons.tsx";
import { Months } from "../../src/site/alerts/months.tsx";
import { addArticle, call, json, putNames, vocabulary } from "../client.ts";

interface Alert {
  id: string;
  token: string;
}

const register = (query: string): Promise<Alert> =>
  json<Record<string, string>>(
    call("/api/alerts", { method: "POST", body: JSON.stringify({ query, channel: { type: "feed" } }) }),
    201,
  ).then(({ id = "", token = "" }) => ({ id, token }));

const page = async (path: string, fields?: Record<string, string>): Promise<{ status: number; html: string }> => {
  const headers = { accept: "text/html" };
  const answer = await call(
    path,
    fields ? { method: "POST", headers, body: new URLSearchParams(fields) } : { headers },
  );
  return { status: answer.status, html: await answer.text() };
};

const act = ({ id, token }: Alert, action: string, fields: Record<string, string> = {}) =>
  page(`/alerts/${id}`, { token, action, ...fields });

/** The text of a page. */
const text = (html: string): string => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

beforeAll(putNames);

describe("the page of an alert", () => {
  it("without a token, is the same whether or not the alert exists", async () => {
    const { id, token } = await register("prolepsis");
    const there = await page(`/alerts/${id}`);
    const absent = await page("/alerts/al_0_aaaaaaaaaaaaaaaa");
    expect(there.status).toBe(200);
    expect(there.html).not.toContain("prolepsis");
    expect(there.html).not.toContain(token);
    expect(there.html.replaceAll(id, "ID")).toBe(absent.html.replaceAll("al_0_aaaaaaaaaaaaaaaa", "ID"));
    expect(absent.status).toBe(200);
  });

  it("answers a wrong token and an unknown alert alike", async () => {
    const { id, token } = await register("analepsis");
    const wrong = [
      await page(`/alerts/${id}`, { token: "x" }),
      await page(`/alerts/${id}`, {}),
      await page("/alerts/al_0_aaaaaaaaaaaaaaaa", { token }),
      await page("/alerts/al_4711_aaaaaaaaaaaaaaaa", { token, action: "delete", sure: "on" }),
    ];
    expect(wrong.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    const same = wrong.map(({ html }) => html.replaceAll(/al_\d+_\w{16}/g, "ID"));
    expect(new Set(same).size).toBe(1);
    expect(same[0]).toContain("There is no such alert, or the token is wrong");
  });

  it.each(["al_0_AAAAAAAAAAAAAAAA", "x", "al_0_aaaaaaaaaaaaaaaaa"])("is not there for the id %s", async (id) => {
    expect((await page(`/alerts/${id}`, { token: "x" })).status).toBe(404);
  });

  it("is not at the address of the alert's feed, which takes no form", async () => {
    expect((await page("/alerts/new.rss", { token: "x" })).status).toBe(405);
  });

  it("is not cached, sends no referrer and sets no cookie", async () => {
    const { id, token } = await register("syllepsis");
    const body = new URLSearchParams({ token });
    for (const init of [{}, { method: "POST", body }]) {
      const { headers } = await call(`/alerts/${id}`, init);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect([...headers.keys()]).not.toContain("set-cookie");
    }
  });

  it("answers GET and POST only; /alerts redirects to the form", async () => {
    const { id } = await register("tmesis");
    expect((await call(`/alerts/${id}`, { method: "DELETE" })).headers.get("allow")).toBe("GET, HEAD, POST");
    expect((await call(`/alerts/${id}`, { method: "HEAD" })).status).toBe(200);
    const answer = await call("/alerts", { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/alerts/new"]);
  });
});

describe("an action that fails says why and changes nothing", () => {
  let alert: Alert;
  beforeAll(async () => {
    alert = await register("zeugmatic");
  });

  it.each([
    ["deleting without the tick", "delete", {}, 400, "Tick the box to confirm."],
    ["redelivering to a feed", "redeliver", { sequence: "1" }, 409, "nowhere to deliver to"],
    ["a message that is none", "redeliver", { sequence: "-1" }, 404, "There is no such message"],
    ["replaying from no day", "replay", {}, 400, "a day such as 2016-09-22 was expected"],
    ["replaying from a day that is none", "replay", { since: "2016-02-30" }, 400, "no such day as 2016-02-30"],
    ["replaying to a day that is none", "replay", { since: "2016-02-01", until: "2016-13-01" }, 400, "no such day"],
    [
      "replaying to a day before the first",
      "replay",
      { since: "2016-02-02", until: "2016-02-01" },
      400,
      "To Optional. the last day, 2016-02-01, is before the first day, 2016-02-02",
    ],
    ["replaying before nothing", "replay", { since: "2016-02-01", before: "x" }, 400, "choose the days again"],
    ["replaying before less", "replay", { since: "2016-02-01", before: "-1" }, 400, "choose the days again"],
    ["another query that cannot be read", "query", { q: '"safe' }, 400, "never closed"],
    ["another query that is none", "query", { q: "" }, 400, "query"],
    ["another channel that is none", "channel", { type: "fax" }, 400, "the channel types are"],
    ["another channel without an address", "channel", { type: "slack" }, 400, "https"],
  ])("%s", async (_, action, fields, status, words) => {
    const { status: answered, html } = await act(alert, action, fields);
    expect([answered, text(html)]).toEqual([status, expect.stringContaining(words)]);
    const shown = await act(alert, "show");
    expect(shown.status).toBe(200);
    expect(text(shown.html)).toMatch(/Alert: zeugmatic Active .*Channel Private feed How often Immediately/);
  });

  it("an unknown action only shows the alert", async () => {
    expect((await act(alert, "constructor")).status).toBe(200);
  });
});

it("a preview of another query changes nothing", async () => {
  const alert = await register("chiasmus");
  await addArticle("alerts-page-chiasmus", { text: "Of an isocolon nobody spoke." });
  const { html } = await act(alert, "preview", { q: "isocolon" });
  expect(html).toContain("<mark>isocolon</mark>");
  expect(text(html)).toContain("1 past match.");
  expect(html).toMatch(/<details class="folded" id="change-query" open/);
  expect(text(html)).toContain("Alert: chiasmus");
});

it("lists messages newest first, by number, in pages", async () => {
  const alert = await register("epanalepsis");
  for (let i = 1; i <= 23; i++) await act(alert, "test");
  const numbers = (html: string) => [...html.matchAll(/id="message-(\d+)"/g)].map(([, number]) => Number(number));
  const range = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);
  const newest = await act(alert, "show");
  expect(numbers(newest.html)).toEqual(range(23, 4));
  expect(text(newest.html)).toContain("4 to 23 of 23");
  const older = await act(alert, "show", { after: "0" });
  expect(numbers(older.html)).toEqual(range(20, 1));
  expect(older.html).toContain("Newer");
  expect(older.html).not.toContain(">Older<");
  expect(numbers((await act(alert, "show", { after: "999999" })).html)).toEqual([]);
});

it("offers to send a message again only while that is possible", async () => {
  const alert = await register("polyptoton");
  await act(alert, "test");
  const offered = (html: string) => html.includes("Send again: message 1");
  expect(offered((await act(alert, "show")).html)).toBe(false);
  const url = `${inject("receiver")}/alerts-page-again/silent`;
  const pending = await act(alert, "channel", { type: "webhook", url });
  expect(text(pending.html)).toContain("Waiting for confirmation");
  expect([pending.html.includes('id="message-1"'), offered(pending.html)]).toEqual([true, false]);
  expect((await act(alert, "redeliver", { sequence: "1" })).status).toBe(409);
  await call((await confirmPath("alerts-page-again")) ?? "", { method: "POST" });
  expect(offered((await act(alert, "show")).html)).toBe(true);
  expect(offered((await act(alert, "pause")).html)).toBe(false);
});

/** Returns the confirmation link that a receiver got. */
async function confirmPath(receiver: string): Promise<string | undefined> {
  const read = async () => (await (await fetch(`${inject("receiver")}/${receiver}`)).text()).match(CONFIRM)?.[0];
  await expect.poll(read).toBeDefined();
  return read();
}
const CONFIRM = /\/alerts\/\w+\/confirm\?code=[\w-]+/;

it("the preview searches less than the API and says when it is incomplete", async () => {
  const long = "Of an homoioteleuton and of nothing else. ".repeat(5000);
  for (const id of ["older", "newer"]) await addArticle(`alerts-page-${id}`, { text: `${long} ${id}` });
  // A query with many terms counts as more text.
  const q = ["homoioteleuton", ...Array.from({ length: 31 }, (_, i) => `nowhere${i}`)].join(" OR ");
  const { html } = await page(`/alerts/new?${new URLSearchParams({ q })}`);
  expect(text(html)).toContain("At least 1 past match.");
  expect(text(html)).toContain("only the newest 1 of them were looked at: older ones are not counted");
  const preview = await json<{ total: number; complete: boolean }>(call(`/api/preview?${new URLSearchParams({ q })}`));
  expect(preview).toMatchObject({ total: 2, complete: true });
});

it("shows titles, queries and answers as text, never as markup", async () => {
  const alert = await register('"script alert" OR hypallage');
  await addArticle("alerts-page-markup", {
    title: "<img src=x onerror=alert(1)> hypallage",
    publisher: "<b>Paper</b>",
    url: "https://courier.example/?a=%22%3E%3Cscript%3E",
  });
  const found = await page("/alerts/new?q=hypallage");
  expect(found.html).toContain("&lt;img src=x");
  expect(found.html).not.toMatch(/<img|<b>|<script>/);
  const shown = await act(alert, "preview", { q: "hypallage" });
  expect(shown.html).not.toMatch(/<img|<b>|<script>/);
});

describe("why an article matches", () => {
  const MATCH: Match = {
    term: "truce",
    means: "word",
    field: "text",
    text: "truce",
    snippet: "… the truce holds …",
    offset: 4,
    occurrences: 1,
  };
  const why = async (match: Partial<Match>, language: string | null = "en") =>
    render(<MatchReasons matches={[{ ...MATCH, ...match }]} language={language} names={await vocabulary()} />);

  it.each<[name: string, match: Partial<Match>, snippet: string]>([
    ["the words are marked", {}, "… the <mark>truce</mark> holds …"],
    ["words that break over lines are found in one", { text: "the\n truce" }, "… <mark>the truce</mark> holds …"],
    ["not a part of another word", { text: "old", snippet: "the olden, old days" }, "the olden, <mark>old</mark> days"],
    ["where they are not found it is plain", { text: "elsewhere" }, "… the truce holds …"],
    ["markup is text", { text: "<b>", snippet: "a <b> c" }, "a <mark>&lt;b></mark> c"],
  ])("%s", async (_, match, snippet) => expect(await why(match)).toContain(`>${snippet}</span>`));

  it("shows the snippet in its language and direction", async () => {
    expect(await why({ snippet: "في حلب", text: "حلب" }, "ar")).toContain(
      '<span lang="ar" dir="rtl">في <mark>حلب</mark></span>',
    );
    expect(await why({}, null)).toContain('<span dir="auto">');
  });

  it.each<[match: Partial<Match>, words: string]>([
    [{}, "(the word) in the text"],
    [{ means: "place:aleppo", occurrences: 3 }, "(Aleppo in any spelling) in the text, 3 times"],
    [{ means: "place:aleppo|place:geneva" }, "(Aleppo or Geneva in any spelling) in the text"],
    [{ means: "word NEAR/8 place:aleppo", field: "absent" }, "(the word NEAR/8 Aleppo in any spelling) does not occur"],
    [{ means: "unknown name" }, "(unknown name) in the text"],
    [{ means: "language", field: "language", snippet: null }, "(the language) is the article’s language"],
  ])("is told in words: %o", async (match, words) => expect(text(await why(match))).toContain(words));
});

describe("the chart by month", () => {
  const bars = (byMonth: Record<string, number>) => {
    const html = render(<Months byMonth={byMonth} />);
    const drawn = [...html.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height));
    return { drawn, said: text(html), html };
  };

  it("is absent if nothing was found", () => expect(render(<Months byMonth={{}} />)).toBe(""));

  it("has bars in proportion to the numbers, and gaps for months without articles", () => {
    const { drawn, said, html } = bars({ "2016-01": 1, "2016-04": 4 });
    expect(drawn).toEqual([18, 72]);
    expect(said).toContain("2016-01: 1 article 2016-04: 4 articles");
    const [first = 0, second = 0] = [...html.matchAll(/<rect [^>]*x="([\d.]+)%"/g)].map(([, x]) => Number(x));
    expect(second - first).toBeGreaterThan(30);
  });

  it("shows years for a long time, and lists the numbers by month", () => {
    const { drawn, said } = bars({ "1999-12": 2, "2010-03": 1, "2010-05": 3, "2016-09": 1 });
    expect(drawn).toEqual([36, 72, 18]);
    expect(said).toContain("1999-12: 2 articles 2010-03: 1 article 2010-05: 3 articles");
  });

  it("of a very long time, draws the years with most articles and lists all", () => {
    const { drawn, said, html } = bars({ "0001-01": 4, "0001-02": 2, "5000-01": 1, "5001-01": 1, "5002-01": 1 });
    expect(drawn).toEqual([72, 36]);
    expect(html).toContain('aria-label="Articles from 0001-01 to 0001-02; the numbers follow"');
    expect(said).toContain("5002-01: 1 article");
  });
});
