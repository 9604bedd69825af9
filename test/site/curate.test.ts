import { beforeAll, describe, expect, it } from "vitest";
import type { SourcedEvent } from "../../src/record/events/read-events.ts";
import { addArticle, CURATOR, call, curate, head, json, putEvent, putNames } from "../client.ts";
import { errorAt, open, send, session, valueIn } from "./curator.ts";

let cookie: string;
const look = async (path: string) => (await open(path, cookie)).page;
const post = (path: string, fields: Record<string, string | readonly string[]>) => send(path, fields, cookie);
const eventOf = (id: string) => json<SourcedEvent & { articles: string[] }>(call(`/api/events/${id}`));
const articleOf = (id: string) => json<Record<string, unknown>>(call(`/api/articles/${id}`, { headers: CURATOR }));

beforeAll(async () => {
  await putNames();
  cookie = await session();
  await putEvent("twice");
  await addArticle("twice");
});

it.each([
  ["/curate?q=a&q=b", "q"],
  ["/curate?in=events&in=articles", "in"],
  ["/curate/articles/twice?done=added&done=same", "done"],
  ["/curate/events/twice?done=same&done=same", "done"],
])("a parameter that is given twice is refused and named: %s", async (path, name) => {
  const { status, page } = await open(path, cookie);
  expect(status).toBe(400);
  expect(page).toContain(`${name}: given 2 times; give it once.`);
});

it("the form of a new event accepts several articles in its address", async () => {
  const { status, page } = await open("/curate/events?article=one&article=two", cookie);
  expect(status).toBe(200);
  expect(page).toContain("one\ntwo");
});

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;

describe("adding an article", () => {
  const path = "/curate/articles";
  const fields = { title: "A title", text: "A text of its own: kingfisher.", published_at: "2016-09-22", mode: "new" };

  it("a preview changes nothing and shows related events and alerts", async () => {
    await putEvent("kingfisher-event", { title: "At Aleppo", places: ["aleppo"] });
    const before = await head();
    const { status, page } = await post(path, { ...fields, text: "Kingfishers over Aleppo.", step: "preview" });
    expect(status).toBe(200);
    expect(await head()).toBe(before);
    expect(page).toContain("because none matches");
    expect(page).toMatch(/name="events\[\]" value="kingfisher-event"/);
    expect(page).toContain("published within its dates");
  });

  it("adds the article as typed, with the selected events", async () => {
    await putEvent("heard", { title: "Heard" });
    const typed = {
      ...fields,
      id: "typed",
      url: "https://paper.example/typed",
      publisher: " The Paper ",
      language: "en",
      dated_from: "The dateline.",
      summary: "Ours.",
      "ours[]": ["title", "summary"],
      "events[]": ["heard"],
      mode: "historic",
      text: "First line.\r\nSecond line.",
      step: "add",
    };
    const answer = await post(path, typed);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/curate/articles/typed?done=added"]);
    expect(await articleOf("typed")).toMatchObject({
      title: "A title",
      text: "First line.\nSecond line.",
      url: "https://paper.example/typed",
      publisher: "The Paper",
      language: "en",
      published_at: "2016-09-22",
      dated_from: "The dateline.",
      summary: "Ours.",
      ours: ["title", "summary"],
      events: ["heard"],
      mode: "historic",
    });
    expect(await look("/curate/articles/typed?done=added")).toContain("The article was added.");
    expect(await look("/curate/articles/typed?done=constructor")).not.toContain('role="status"');
  });

  it("adds an article once if the form is sent twice, and says so", async () => {
    const typed = { ...fields, text: "Twice sent grebe.", step: "add" };
    const first = await post(path, typed);
    const after = await head();
    const second = await post(path, typed);
    expect(await head()).toBe(after);
    const [to, again] = [first, second].map(({ headers }) => headers.get("location") ?? "");
    expect(again).toBe(to?.replace("added", "there"));
    expect(await look(again ?? "")).toContain("already on record");
  });

  it.each([
    ["id", { id: "alike" }, "with this id"],
    ["address", { url: "https://paper.example/alike" }, "with this URL"],
    ["text", { text: "Alike as two pins." }, "with this text"],
  ])("the preview says that one with the same %s is on record", async (_, same, words) => {
    await call("/api/articles/alike").then(async (known) => {
      if (known.status === 404) {
        await addArticle("alike", {
          url: "https://paper.example/alike",
          text: "Alike as two pins.",
          title: "Two pins",
        });
      }
    });
    const { page } = await post(path, { ...fields, title: "Other", ...same, step: "preview" });
    expect(page).toContain(words);
    expect(page).toContain('href="/curate/articles/alike"');
  });

  it.each([
    ["title", { title: " " }, /empty/],
    ["text", { text: "" }, /empty/],
    ["text", { text: "é".repeat(131_073) }, /at most 262144 bytes/],
    ["url", { url: "ftp://paper.example" }, /http/],
    ["published_at", { published_at: "yesterday" }, /2016-09-22/],
    ["language", { language: "English" }, /language tag/],
    ["id", { id: "Not An Id" }, /1 to 100/],
    ["publisher", { publisher: "p".repeat(201) }, /at most 200/],
  ])("what is wrong with the %s stands beside it, and the rest is kept", async (name, wrong, words) => {
    const before = await head();
    for (const step of ["preview", "add"]) {
      const { status, page } = await post(path, { ...fields, summary: "Kept as typed.", ...wrong, step });
      expect(status).toBe(400);
      expect(errorAt(page, name)).toMatch(words);
      expect(page).toContain("Kept as typed.");
    }
    expect(await head()).toBe(before);
  });

  it("names an event that is not on record", async () => {
    const { status, page } = await post(path, { ...fields, "events[]": ["no-such-event"], step: "preview" });
    expect(status).toBe(400);
    expect(page).toContain("there is no event &quot;no-such-event&quot;");
  });

  it("accepts a text of the maximum length and refuses a body beyond 2 MB", async () => {
    const long = await post(path, { ...fields, text: "дрозд ".repeat(23_800), step: "preview" });
    expect(long.status).toBe(200);
    expect((await post(path, { ...fields, text: "x".repeat(2_200_000) })).status).toBe(413);
  });

  it("hostile markup stays text", async () => {
    const { page } = await post(path, { ...fields, title: HOSTILE, publisher: HOSTILE, text: `</textarea>${HOSTILE}` });
    expect(page).not.toContain("<script>");
    expect(page).not.toContain("<img");
    expect(page).not.toContain('</textarea>">');
    expect(page).toContain("&lt;/textarea>");
  });
});

describe("correcting an article", () => {
  it("fills the form, and previews changes without saving them", async () => {
    await addArticle("plover", { title: "Plover", text: "The plover came on Monday.\n", publisher: "The Paper" });
    const page = await look("/curate/articles/plover");
    expect(page).toContain("The plover came on Monday.");
    expect(valueIn(page, "publisher")).toBe("The Paper");
    const from = valueIn(page, "from") ?? "";
    const fields = {
      title: "Plover",
      text: "The plover came on Tuesday.\r\n",
      publisher: "The Paper",
      mode: "new",
      from,
    };
    const rest = { published_at: "2016-09-22T18:30:00.000Z" };
    const before = await head();
    const preview = await post("/curate/articles/plover", { ...fields, ...rest, step: "preview" });
    expect(preview.page).toMatch(/<del>.*Monday.*<\/del>.*<ins>.*Tuesday.*<\/ins>/);
    expect(preview.page).not.toMatch(/<dt>Publisher/);
    expect(await head()).toBe(before);
    const put = await post("/curate/articles/plover", { ...fields, ...rest, step: "put" });
    expect(put.headers.get("location")).toBe("/curate/articles/plover?done=corrected");
    expect(await articleOf("plover")).toMatchObject({ text: "The plover came on Tuesday.\n", corrected: true });
    // A second click changes nothing more.
    const after = await head();
    const again = await post("/curate/articles/plover", { ...fields, ...rest, step: "put" });
    expect(again.headers.get("location")).toBe("/curate/articles/plover?done=same");
    expect(await head()).toBe(after);
  });

  it("an unchanged form changes nothing, even for texts with line breaks at either end", async () => {
    await addArticle("as-it-came", {
      text: "\nBegins with a line, ends with two.\n\n",
      summary: "Ours.\n",
      dated_from: "So.\n",
      ours: ["title"],
      publisher: "The Paper",
      language: "ar",
      mode: "historic",
    });
    const page = await look("/curate/articles/as-it-came");
    const text = /<textarea id="text"[^>]*>([^<]*)</.exec(page)?.[1];
    // HTML parsers drop the first line break.
    expect(text?.replace(/^\n/, "")).toBe("\nBegins with a line, ends with two.\n\n");
    const fields = Object.fromEntries(
      ["title", "publisher", "language", "published_at"].map((name) => [name, valueIn(page, name) ?? ""]),
    );
    const before = await head();
    const { headers } = await post("/curate/articles/as-it-came", {
      ...fields,
      text: text?.replace(/^\n/, "") ?? "",
      summary: "Ours.\n",
      dated_from: "So.\n",
      "ours[]": ["title"],
      mode: /value="(\w+)" checked/.exec(page.slice(page.indexOf("<legend>Mode")))?.[1] ?? "",
      from: valueIn(page, "from") ?? "",
      step: "put",
    });
    expect(headers.get("location")).toBe("/curate/articles/as-it-came?done=same");
    expect(await head()).toBe(before);
  });

  it("does not overwrite a correction by someone else", async () => {
    await addArticle("raced", { title: "Raced", text: "At first." });
    const from = valueIn(await look("/curate/articles/raced"), "from") ?? "";
    await json(curate("PUT", "/api/articles/raced", { title: "Raced", text: "Theirs.", published_at: null }));
    const fields = { title: "Raced", text: "Mine.", mode: "new", from };
    const { status, page } = await post("/curate/articles/raced", { ...fields, step: "put" });
    expect(status).toBe(409);
    expect(page).toContain("changed by another request");
    expect(page).toContain("Mine.");
    expect(await articleOf("raced")).toMatchObject({ text: "Theirs." });
    // After a preview the correction can be saved.
    const preview = await post("/curate/articles/raced", {
      ...fields,
      from: valueIn(page, "from") ?? "",
      step: "preview",
    });
    expect(preview.page).toMatch(/<del>.*Theirs.*<\/del>/);
    const put = await post("/curate/articles/raced", {
      ...fields,
      from: valueIn(preview.page, "from") ?? "",
      step: "put",
    });
    expect(put.status).toBe(303);
  });

  it.each(["historic", "silent"] as const)("a form without a mode keeps it: %s", async (mode) => {
    const path = `/curate/articles/modeless-${mode}`;
    await addArticle(`modeless-${mode}`, { mode });
    const from = valueIn(await look(path), "from") ?? "";
    const fields = { title: "Another title", text: "A text.", from };
    const preview = await post(path, { ...fields, step: "preview" });
    expect(preview.page).not.toContain("<dt>Mode");
    expect(preview.page).toContain(`name="mode" value="${mode}" checked`);
    await post(path, { ...fields, step: "put" });
    expect(await articleOf(`modeless-${mode}`)).toMatchObject({ title: "Another title", mode });
  });

  it("answers 404 for an unknown article", async () => {
    expect((await open("/curate/articles/no-such", cookie)).status).toBe(404);
    expect((await post("/curate/articles/no-such", { title: "T", text: "T" })).status).toBe(404);
  });
});

describe("an event", () => {
  const fields = {
    date: "2016-09-22",
    title: "The ibis met",
    summary: "It met in the city.",
    places: "Aleppo\r\n\r\n  جنيف ",
    actors: "ISSG",
    topics: "",
    articles: "",
    mode: "new",
    revision: "0",
  };

  it("is previewed with an id made from date and title, then published", async () => {
    await addArticle("ibis-source", { title: "Ibis source" });
    const before = await head();
    const typed = { ...fields, "article[]": "ibis-source", "claims.4.by": "issg", "claims.4.says": "It says so." };
    const { status, page } = await post("/curate/events", { ...typed, step: "preview" });
    expect(status).toBe(200);
    expect(await head()).toBe(before);
    expect(page).toMatch(/<h1 dir="auto">The ibis met<\/h1>/);
    expect(page).toContain('href="/places/geneva"');
    expect(page).toContain("It says so.");
    expect(page).toContain("Ibis source");
    expect(valueIn(page, "id")).toBe("2016-09-22-the-ibis-met");
    expect(page).toContain("This publishes a new event");
    const put = await post("/curate/events", { ...typed, id: valueIn(page, "id") ?? "", step: "publish" });
    expect(put.headers.get("location")).toBe("/curate/events/2016-09-22-the-ibis-met?done=created");
    expect(await eventOf("2016-09-22-the-ibis-met")).toMatchObject({
      revision: 1,
      places: ["aleppo", "geneva"],
      actors: ["issg"],
      articles: ["ibis-source"],
      claims: [{ by: "issg", says: "It says so." }],
      precision: "day",
    });
    // A second click.
    const after = await head();
    const again = await post("/curate/events", { ...typed, id: "2016-09-22-the-ibis-met", step: "publish" });
    expect(again.headers.get("location")).toBe("/curate/events/2016-09-22-the-ibis-met?done=same");
    expect(await head()).toBe(after);
  });

  it("names an id that is taken and keeps the other event", async () => {
    await putEvent("taken", { title: "First" });
    const before = await head();
    for (const step of ["preview", "publish"]) {
      const { status, page } = await post("/curate/events", { ...fields, id: "taken", step });
      expect(status).toBe(409);
      expect(errorAt(page, "id")).toMatch(/already/);
    }
    expect(await head()).toBe(before);
  });

  it.each([
    ["title", { title: "" }, /empty/],
    ["summary", { summary: " " }, /empty/],
    ["date", { date: "22 September" }, /2016-09/],
    ["date", { date: "2016-02-30" }, /no such date/],
    ["end_date", { end_date: "2016-09-01" }, /before the beginning/],
    ["places", { places: "Aleppo\nAtlantis" }, /line 2: no place of the name &quot;Atlantis&quot;/],
    ["actors", { actors: "Nobody\nISSG" }, /line 1: no actor/],
    ["topics", { topics: "\n\nno-such" }, /line 1: no topic/],
    ["articles", { articles: "no-such-article" }, /line 1: there is no article/],
    ["articles", { articles: "Not An Id" }, /line 1: 1 to 100/],
    ["id", { id: "Not An Id" }, /1 to 100/],
    ["id", { id: "-x" }, /the first and the last are a-z or 0-9/],
    ["places", { places: "Aleppo\n".repeat(51) }, /^at most 50$/],
    ["claims.0.says", { "claims.2.by": "issg", "claims.2.says": "" }, /empty/],
    ["claims.0.by", { "claims.1.by": "", "claims.1.says": "So it is." }, /empty/],
  ])("what is wrong with %s stands beside it: %o", async (name, wrong, words) => {
    const before = await head();
    for (const step of ["preview", "publish"]) {
      const { status, page } = await post("/curate/events", { ...fields, id: "wrong", ...wrong, step });
      expect(status).toBe(400);
      expect(errorAt(page, name)).toMatch(words);
    }
    expect(await head()).toBe(before);
  });

  it("names too many claims and an unknown mode", async () => {
    const claims = Array.from({ length: 51 }, (_, i) => [
      [`claims.${i}.by`, "issg"],
      [`claims.${i}.says`, `Claim ${i}.`],
    ]).flat();
    const { page } = await post("/curate/events", { ...fields, id: "wrong", ...Object.fromEntries(claims) });
    expect(page).toContain('<p class="error">at most 50</p>');
    const forged = await post("/curate/events", { ...fields, id: "wrong", mode: "loud" });
    expect(forged.page).toContain('<p class="error">new, historic or silent was expected</p>');
  });

  it("any valid id has its page, also new, retract and session", async () => {
    for (const id of ["new", "retract", "session"]) {
      await putEvent(id, { title: `Called ${id}` });
      expect(await look(`/curate/events/${id}`)).toContain(`value="Called ${id}"`);
      await addArticle(id, { title: `Called ${id}` });
      expect(await look(`/curate/articles/${id}`)).toContain(`value="Called ${id}"`);
    }
  });

  it.each(["__proto__", "constructor", "", "x"])("done=%s shows no notice", async (done) => {
    const id = `done-${done.replaceAll("_", "")}`.replace(/-$/, "");
    await putEvent(id, { title: "Done" });
    expect(await look(`/curate/events/${id}?done=${done}`)).not.toContain('class="notice"');
  });

  it("an unknown day between two dates needs both", async () => {
    const { page } = await post("/curate/events", { ...fields, precision: "within", step: "preview" });
    expect(page).toContain("within needs an end_date");
  });

  it("shows a wrong id and another wrong field together", async () => {
    const { page } = await post("/curate/events", { ...fields, id: "Not An Id", date: "x", step: "preview" });
    expect(errorAt(page, "id")).toBeDefined();
    expect(errorAt(page, "date")).toBeDefined();
  });

  it("hostile markup stays text", async () => {
    const typed = {
      ...fields,
      title: HOSTILE,
      summary: HOSTILE,
      places: HOSTILE,
      "claims.0.by": HOSTILE,
      "claims.0.says": HOSTILE,
    };
    for (const places of [HOSTILE, "aleppo"]) {
      const { page } = await post("/curate/events", { ...typed, places, id: "hostile", step: "preview" });
      expect(page).not.toContain("<script>");
      expect(page).not.toContain("<img");
    }
  });

  it("a correction shows what changes; an empty claim is removed", async () => {
    await putEvent("stork", {
      title: "The stork came",
      places: ["aleppo"],
      claims: [
        { by: "issg", says: "One." },
        { by: "A witness", says: "Two." },
      ],
    });
    const page = await look("/curate/events/stork");
    expect(valueIn(page, "claims.1.by")).toBe("A witness");
    expect(valueIn(page, "claims.4.by")).toBe("");
    const typed = {
      ...{ date: "2016-09-22", title: "The stork left", summary: "It met in the city.", places: "geneva", mode: "new" },
      ...{ "claims.0.by": "", "claims.0.says": "", "claims.1.by": "A witness", "claims.1.says": "Two." },
      revision: valueIn(page, "revision") ?? "",
    };
    const preview = await post("/curate/events/stork", { ...typed, step: "preview" });
    expect(preview.page).toMatch(/<del>.*came.*<\/del>.*<ins>.*left.*<\/ins>/);
    expect((await eventOf("stork")).revision).toBe(1);
    const put = await post("/curate/events/stork", { ...typed, step: "publish" });
    expect(put.headers.get("location")).toBe("/curate/events/stork?done=corrected");
    expect(await eventOf("stork")).toMatchObject({
      revision: 2,
      places: ["geneva"],
      claims: [{ by: "A witness", says: "Two." }],
    });
  });

  it.each(["historic", "silent"] as const)("a form without a mode keeps it: %s", async (mode) => {
    const path = `/curate/events/modeless-${mode}`;
    await putEvent(`modeless-${mode}`, { mode });
    const fields = { title: "Another title", summary: "It met.", date: "2016-09-22", revision: "1" };
    const preview = await post(path, { ...fields, step: "preview" });
    expect(preview.page).toContain(`name="mode" value="${mode}" checked`);
    await post(path, { ...fields, step: "publish" });
    expect(await eventOf(`modeless-${mode}`)).toMatchObject({ title: "Another title", mode, revision: 2 });
  });

  it("an unchanged form changes nothing", async () => {
    await addArticle("as-it-is-source");
    await putEvent("as-it-is", {
      date: "2016-09-01",
      end_date: "2016-09-05",
      precision: "within",
      dated_from: "From the article.\n",
      summary: "It met.\n",
      places: ["aleppo", "geneva"],
      articles: ["as-it-is-source"],
      mode: "historic",
    });
    const page = await look("/curate/events/as-it-is");
    expect(page).toMatch(/name="precision" value="within" checked/);
    const form = {
      ...{ date: "2016-09-01", end_date: "2016-09-05", precision: "within", title: valueIn(page, "title") ?? "" },
      ...{ dated_from: "From the article.\r\n", summary: "It met.\r\n", places: "aleppo\r\ngeneva" },
      ...{ articles: "as-it-is-source", mode: "historic", revision: valueIn(page, "revision") ?? "" },
    };
    const preview = await post("/curate/events/as-it-is", { ...form, step: "preview" });
    expect(preview.page).toContain("This changes nothing");
    expect(preview.page).not.toContain('value="publish"');
    const { status, headers } = await post("/curate/events/as-it-is", { ...form, step: "publish" });
    expect([status, headers.get("location")]).toEqual([303, "/curate/events/as-it-is?done=same"]);
  });

  it("does not overwrite a change by someone else, and shows that change", async () => {
    await putEvent("raced-event", { title: "At first", places: ["aleppo"] });
    const revision = valueIn(await look("/curate/events/raced-event"), "revision") ?? "";
    await putEvent("raced-event", { title: "Theirs", places: ["aleppo"] }, 200);
    const typed = { date: "2016-09-22", title: "Mine", summary: "It met in the city.", places: "aleppo", mode: "new" };
    for (const step of ["preview", "publish"]) {
      const { status, page } = await post("/curate/events/raced-event", { ...typed, revision, step });
      expect(status).toBe(409);
      expect(page).toContain("Somebody else changed this event");
      expect(page).toMatch(/<del>.*At first.*<\/del>.*<ins>.*Theirs.*<\/ins>/);
      expect(valueIn(page, "title")).toBe("Mine");
      expect(valueIn(page, "revision")).toBe("2");
      expect(page).not.toContain('value="publish"');
    }
    expect(await eventOf("raced-event")).toMatchObject({ title: "Theirs", revision: 2 });
    const put = await post("/curate/events/raced-event", { ...typed, revision: "2", step: "publish" });
    expect(put.status).toBe(303);
    expect(await eventOf("raced-event")).toMatchObject({ title: "Mine", revision: 3 });
  });

  it("says that the event was retracted and why, and lists no change", async () => {
    await putEvent("withdrawn-event", { title: "At first" });
    await curate("DELETE", "/api/events/withdrawn-event", { reason: "It was a rumour." });
    const typed = { date: "2016-09-22", title: "Mine", summary: "It met in the city.", mode: "new", revision: "1" };
    const { status, page } = await post("/curate/events/withdrawn-event", { ...typed, step: "publish" });
    expect(status).toBe(409);
    expect(page).toContain("and retracted: <bdi>It was a rumour.</bdi>. Its text did not change.");
    expect(page).not.toContain("This changed");
  });

  it("of concurrent corrections, one is saved and the others see it", async () => {
    await putEvent("at-once", { title: "At first" });
    const typed = { date: "2016-09-22", summary: "It met in the city.", mode: "new", revision: "1", step: "publish" };
    const answers = await Promise.all(
      ["One", "Two", "Three"].map((title) => post("/curate/events/at-once", { ...typed, title })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    expect((await eventOf("at-once")).revision).toBe(2);
  });
});

describe("the preview says what publishing does", () => {
  const form = { date: "2016-09-22", title: "The group met", summary: "It met in the city.", revision: "1" };
  it.each([
    [
      "a new one",
      undefined,
      { mode: "historic", revision: "0" },
      "This publishes a new event as historic: in feeds and search",
      undefined,
    ],
    [
      "another mode alone, of which nobody is told",
      "historic",
      { mode: "silent" },
      "The mode changes to silent",
      false,
    ],
    ["a correction that is told", "new", { mode: "new", title: "They met" }, "<del>", true],
    ["a correction that is told to nobody", "historic", { mode: "historic", title: "They met" }, "<del>", false],
  ] as const)("%s", async (name, mode, change, words, isTold) => {
    const id = `says-${name.replace(/\W+/g, "-").toLowerCase()}`;
    if (mode) await putEvent(id, { mode });
    const { page } = await post(mode ? `/curate/events/${id}` : "/curate/events", { ...form, id, ...change });
    expect(page).toContain(words);
    if (isTold !== undefined) expect(page.includes("gets the correction")).toBe(isTold);
    expect(page).toContain('value="publish"');
  });
});

describe("retracting an event", () => {
  it("needs a reason and a confirmation; publishing again undoes it", async () => {
    await putEvent("gull", { title: "The gull came" });
    const before = await head();
    const without = await post("/curate/events/gull/retract", { reason: " ", revision: "1" });
    expect(without.status).toBe(400);
    expect(errorAt(without.page, "reason")).toMatch(/empty/);
    expect(without.page).toContain("tick the box to confirm");
    const unticked = await post("/curate/events/gull/retract", { reason: "It was a tern.", revision: "1" });
    expect(unticked.page).toContain("It was a tern.");
    expect(await head()).toBe(before);
    const done = await post("/curate/events/gull/retract", { reason: "It was a tern.", sure: "yes", revision: "1" });
    expect([done.status, done.headers.get("location")]).toEqual([303, "/events/gull"]);
    expect(await look("/events/gull")).toContain("It was a tern.");
    const page = await look("/curate/events/gull");
    expect(page).toContain("It was a tern.");
    expect(page).not.toContain("/retract");
    const typed = {
      date: "2016-09-22",
      title: "The gull came",
      summary: "It met in the city.",
      mode: "new",
      revision: "2",
    };
    const preview = await post("/curate/events/gull", { ...typed, step: "preview" });
    expect(preview.page).toContain("Publishing undoes the retraction");
    await post("/curate/events/gull", { ...typed, step: "publish" });
    expect(await eventOf("gull")).toMatchObject({ retracted: null, revision: 3 });
  });

  it("does not retract an event that someone else changed", async () => {
    await putEvent("changed-gull", { title: "The gull came" });
    await putEvent("changed-gull", { title: "The tern came" }, 200);
    const answer = await post("/curate/events/changed-gull/retract", {
      reason: "No gull.",
      sure: "yes",
      revision: "1",
    });
    expect(answer.status).toBe(409);
    expect(answer.page).toMatch(/<del>.*gull.*<\/del>/);
    expect((await eventOf("changed-gull")).retracted).toBeNull();
  });
});

describe("the desk", () => {
  it("lists the newest items, events without sources, and search results", async () => {
    await putEvent("avocet", { title: "The avocet came" });
    await addArticle("avocet-article", { title: "Avocets seen", text: "Avocets." });
    const page = await look("/curate");
    expect(page).toMatch(/Events without sources.*\/curate\/events\/avocet".*Newest events/s);
    expect(page).toContain('href="/curate/articles/avocet-article"');
    const found = await look("/curate?in=articles&q=avocets");
    expect(found).toMatch(/<h2>Results<\/h2><ul class="lines"><li><a href="\/curate\/articles\/avocet-article"/);
    expect(await look("/curate?q=unheardof")).toContain("No results");
    expect(await look("/curate?q=%22never+closed")).toMatch(/id="q-error"/);
  });
});
