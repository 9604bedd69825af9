import { beforeAll, describe, expect, it } from "vitest";
import {
  addArticle,
  article,
  CURATOR,
  call,
  curate,
  event,
  head,
  json,
  type ProblemBody,
  putEvent,
  putName,
} from "../client.ts";

const name = { type: "city", label: "Somewhere", spellings: {} };

/** Calls that must be refused: with a problem of this status, and nothing stored. Returns the problem. */
async function refused(answer: () => Promise<Response>, status: number): Promise<ProblemBody> {
  const before = await head();
  const response = await answer();
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = await response.json<ProblemBody>();
  expect([response.status, problem.status]).toEqual([status, status]);
  expect(problem.title && problem.detail).toBeTruthy();
  expect(await head()).toBe(before);
  return problem;
}

const paths = ({ errors = [] }: ProblemBody) => errors.map(({ path }) => path);

beforeAll(async () => {
  await addArticle("known", { text: "Only for curators." });
  await putEvent("known");
  await putName("place:known", name);
});

it("an article whose folded words outgrow the index is refused, and nothing stored", async () => {
  // One letter that folds to fifteen, so that 250 KB of text have more than 2 MB of different words.
  const letters = (number: number): string =>
    String(number).replace(/./g, (digit) => "بتثجحخدذرز".charAt(Number(digit)));
  const text = Array.from({ length: 5_600 }, (_, i) => `${"\ufdfa".repeat(12)}${letters(i)}`).join(" ");
  const problem = await refused(() => curate("POST", "/api/articles", article("expands", { text })), 400);
  expect(problem.errors).toMatchObject([{ path: "text", message: expect.stringContaining("can be indexed") }]);
});

describe("the curators' calls", () => {
  const calls: [call: string, method: string, path: string, body: unknown][] = [
    ["POST /api/articles", "POST", "/api/articles", article("forbidden")],
    ["PUT /api/articles/{id}", "PUT", "/api/articles/forbidden", article("forbidden")],
    ["PUT /api/events/{id}", "PUT", "/api/events/forbidden", event()],
    ["DELETE /api/events/{id}", "DELETE", "/api/events/known", { reason: "Forbidden." }],
    ["PUT /api/names/{id}", "PUT", "/api/names/place:forbidden", name],
  ];
  const tokens: [name: string, headers: Record<string, string>][] = [
    ["no token", {}],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["the beginning of the token", { authorization: "Bearer curator-toke" }],
    ["the token and more", { authorization: "Bearer curator-token1" }],
    ["the token in capitals", { authorization: "Bearer CURATOR-TOKEN" }],
    ["an empty token", { authorization: "Bearer " }],
    ["another scheme", { authorization: `Basic ${btoa("curator-token:")}` }],
    ["the token without a scheme", { authorization: "curator-token" }],
  ];
  const cases = calls.flatMap(([title, method, path, body]) =>
    tokens.map(([token, headers], i) => ({
      title,
      token,
      method,
      path,
      body,
      headers,
      caller: `${method} ${path} ${i}`,
    })),
  );
  // Each case has a caller of its own, since wrong tokens are counted by caller.
  it.each(cases)("$title with $token is a 401", async ({ method, path, body, headers, caller }) => {
    const from = { "cf-connecting-ip": caller };
    const send = () => call(path, { method, headers: { ...headers, ...from }, body: JSON.stringify(body) });
    await refused(send, 401);
    expect((await send()).headers.get("www-authenticate")).toBe("Bearer");
  });

  it("take the token whatever the case of the scheme", async () => {
    const headers = { authorization: "bearer curator-token" };
    const body = JSON.stringify(article("scheme"));
    expect((await call("/api/articles", { method: "POST", headers, body })).status).toBe(201);
  });
});

describe("a wrong method is a 405 that says which are right", () => {
  it.each([
    ["DELETE", "/api/articles", "GET, HEAD, POST"],
    ["POST", "/api/articles/known", "GET, HEAD, PUT"],
    ["PATCH", "/api/events/known", "GET, HEAD, PUT, DELETE"],
    ["POST", "/api/events", "GET, HEAD"],
    ["OPTIONS", "/api/names/place:known", "PUT"],
    ["GET", "/api/names/place:known", "PUT"],
    ["HEAD", "/api/names/place:known", "PUT"],
    ["POST", "/feed.rss", "GET, HEAD"],
    ["PUT", "/articles.json", "GET, HEAD"],
  ])("%s %s", async (method, path, allow) => {
    const response = await call(path, { method, headers: CURATOR });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });
});

describe("HEAD is GET without the body", () => {
  it.each([
    "/api/articles",
    "/api/articles/known",
    "/api/articles/unknown",
    "/api/events/known",
    "/api/events?limit=x",
  ])("%s", async (path) => {
    const [get, head] = [await call(path), await call(path, { method: "HEAD" })];
    expect(head.status).toBe(get.status);
    expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
    expect(await head.text()).toBe("");
  });
});

describe("a body that cannot be read", () => {
  const post = (body: BodyInit | undefined) => () =>
    call("/api/articles", { method: "POST", headers: CURATOR, ...(body !== undefined && { body }) });
  it.each([
    ["none", undefined, "not JSON"],
    ["empty", "", "not JSON"],
    ["cut off", '{"title": "x', "not JSON"],
    ["single quotes", "{'title': 1}", "not JSON"],
    ["nested without end", "[".repeat(100_000), "not JSON"],
    ["not UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), "not UTF-8"],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), "not UTF-8"],
    ["a list", "[]", "expected object"],
    ["a text", '"article"', "expected object"],
    ["null", "null", "expected object"],
  ])("%s is a 400", async (_, body, says) => {
    const problem = await refused(post(body), 400);
    expect(problem.detail).toContain(says);
  });

  it("nested deep where a text should be is a 400", async () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    const problem = await refused(post(`{"title": ${deep}, "text": "x", "published_at": null}`), 400);
    expect(paths(problem)).toEqual(["title"]);
  });

  it("of more than 2 MB is a 413 that says how many it may have", async () => {
    const body = JSON.stringify(article("too-large", { text: "x".repeat(2 * 1024 * 1024) }));
    expect((await refused(post(body), 413)).detail).toContain(String(2 * 1024 * 1024));
  });

  it("of more than 2 MB, sent in pieces without a length, is a 413 as well", async () => {
    const piece = new Uint8Array(256 * 1024).fill(0x20);
    let left = 9;
    const body = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(piece);
        else controller.close();
      },
    });
    await refused(post(body), 413);
  });
});

describe("an article that is refused, with the place and the reason", () => {
  const { id: _, ...valid } = article("refused");
  const KB256 = 256 * 1024;
  const cases: [name: string, change: object, path: string, says: string][] = [
    ["no title", { title: undefined }, "title", "string"],
    ["a title of white space", { title: " \n\u00a0" }, "title", "empty"],
    ["a title of control characters", { title: "\u0000\u0001" }, "title", "empty"],
    ["a title too long", { title: "x".repeat(501) }, "title", "500"],
    ["a title too long in bytes", { title: "ح".repeat(251) }, "title", "500"],
    ["a number for a title", { title: 7 }, "title", "string"],
    ["no text", { text: "" }, "text", "empty"],
    ["a text too long", { text: "x".repeat(KB256 + 1) }, "text", String(KB256)],
    ["a text too long in bytes", { text: "ح".repeat(KB256 / 2 + 1) }, "text", String(KB256)],
    ["no time", { published_at: undefined }, "published_at", "RFC 3339"],
    ["no such day", { published_at: "2016-02-30" }, "published_at", "RFC 3339"],
    ["no such day in a time", { published_at: "2015-02-29T10:00:00Z" }, "published_at", "RFC 3339"],
    ["no such month", { published_at: "2016-13-01" }, "published_at", "RFC 3339"],
    ["no such hour", { published_at: "2016-09-22T25:00:00Z" }, "published_at", "RFC 3339"],
    ["a time without offset", { published_at: "2016-09-22T18:30:00" }, "published_at", "RFC 3339"],
    ["a time in words", { published_at: "22 September 2016" }, "published_at", "RFC 3339"],
    ["a number for a time", { published_at: 1474569000 }, "published_at", "RFC 3339"],
    ["a month for a time", { published_at: "2016-09" }, "published_at", "RFC 3339"],
    ["a time beyond the year 9999", { added_at: "9999-12-31T23:59:59-01:00" }, "added_at", "9999"],
    ["a URL of another scheme", { url: "ftp://paper.example/1" }, "url", "http"],
    ["a script for a URL", { url: "javascript:alert(1)" }, "url", "http"],
    ["no URL", { url: "paper.example/1" }, "url", "http"],
    ["a URL too long", { url: `https://paper.example/${"x".repeat(2048)}` }, "url", "2048"],
    ["a language in words", { language: "English" }, "language", "BCP 47"],
    ["an unknown mode", { mode: "loud" }, "mode", "historic"],
    ["an id with a slash", { id: "a/b" }, "id", "a-z"],
    ["an id in capitals", { id: "Article" }, "id", "a-z"],
    ["an id too long", { id: "x".repeat(101) }, "id", "100"],
    ["an id of points", { id: ".." }, "id", "a-z"],
    ["an unknown event", { events: ["no-such-event"] }, "events.0", "no-such-event"],
    ["too many events", { events: Array.from({ length: 51 }, (_, i) => `e${i}`) }, "events", "50"],
    ["a malformed event id", { events: ["known", "../x"] }, "events.1", "a-z"],
    ["an unknown field", { txet: "x" }, "txet", "no such field"],
  ];
  it.each(cases)("%s", async (_, change, path, says) => {
    const problem = await refused(() => curate("POST", "/api/articles", { ...valid, ...change }), 400);
    expect(paths(problem)).toEqual([path]);
    expect(problem.errors?.[0]?.message).toContain(says);
  });

  it("several faults at once are all named", async () => {
    const body = { title: "", text: 1, published_at: "yesterday", extra: 1, more: 2 };
    const problem = await refused(() => curate("POST", "/api/articles", body), 400);
    expect(paths(problem).sort()).toEqual(["extra", "more", "published_at", "text", "title"]);
  });

  it("an id other than that of the address", async () => {
    const problem = await refused(() => curate("PUT", "/api/articles/one", article("two")), 400);
    expect(paths(problem)).toEqual(["id"]);
  });

  it.each([
    ["the longest text", { text: "x".repeat(KB256) }],
    ["the longest text in two-byte letters", { text: "ح".repeat(KB256 / 2) }],
    ["text with characters that no format can carry, without them", { text: "A\u007f\u0080B" }],
    ["the longest id", { id: "x".repeat(100) }],
    ["29 February of a leap year", { published_at: "2016-02-29" }],
  ])("%s is taken", async (_, change) => {
    expect((await curate("POST", "/api/articles", { ...valid, ...change })).status).toBe(201);
  });

  it("the longest text, each character escaped, still fits", async () => {
    const body = JSON.stringify({ ...valid, text: "@@" }).replace("@@", "\\u0041".repeat(KB256));
    expect((await curate("POST", "/api/articles", body)).status).toBe(201);
  });
});

describe("an event that is refused, with the place and the reason", () => {
  const cases: [name: string, change: object, path: string, says: string][] = [
    ["no such day", { date: "2016-02-30" }, "date", "no such date"],
    ["no such month", { date: "2016-13" }, "date", "no such date"],
    ["month nought", { date: "2016-00" }, "date", "no such date"],
    ["a time", { date: "2016-09-22T18:30:00Z" }, "date", "2016-09-22"],
    ["a year of two digits", { date: "16" }, "date", "2016-09-22"],
    ["a bad end", { end_date: "2016-09-31" }, "end_date", "no such date"],
    ["an end before the beginning", { end_date: "2016-09-21" }, "end_date", "before the beginning"],
    ["an end in an earlier month", { end_date: "2016-08" }, "end_date", "before the beginning"],
    ["an end in an earlier year", { end_date: "2015" }, "end_date", "before the beginning"],
    ["a precision that does not fit", { precision: "month" }, "precision", "fit"],
    ["within, but no end", { precision: "within" }, "precision", "end_date"],
    ["no title", { title: "" }, "title", "empty"],
    ["a summary too long", { summary: "x".repeat(4001) }, "summary", "4000"],
    ["no places", { places: undefined }, "places", "array"],
    ["a text for places", { places: "Aleppo" }, "places", "array"],
    ["too many places", { places: Array.from({ length: 51 }, () => "known") }, "places", "50"],
    ["an empty name", { places: ["known", ""] }, "places.1", "empty"],
    ["an unknown name", { places: ["known", "Nowhere"] }, "places.1", "Nowhere"],
    ["an unknown article", { articles: ["known", "unknown"] }, "articles.1", "unknown"],
    ["a claim by nobody", { claims: [{ says: "So." }] }, "claims.0.by", "string"],
    [
      "an unknown field of a claim",
      { claims: [{ by: "X", says: "So.", where: "There" }] },
      "claims.0.where",
      "no such",
    ],
    ["an unknown field", { id: "refused" }, "id", "no such field"],
    ["a bad moment on the wire", { published_at: "2016-09-22" }, "published_at", "RFC 3339"],
  ];
  it.each(cases)("%s", async (_, change, path, says) => {
    const problem = await refused(() => curate("PUT", "/api/events/refused", { ...event(), ...change }), 400);
    expect(paths(problem)).toEqual([path]);
    expect(problem.errors?.[0]?.message).toContain(says);
  });

  it.each([
    ["no reason", {}, "reason"],
    ["an empty reason", { reason: " " }, "reason"],
    ["a reason too long", { reason: "x".repeat(2001) }, "reason"],
  ])("a retraction with %s", async (_, body, path) => {
    expect(paths(await refused(() => curate("DELETE", "/api/events/known", body), 400))).toEqual([path]);
  });
});

describe("a name that is refused", () => {
  const cases: [name: string, id: string, change: object, path: string][] = [
    ["no kind", "aleppo", {}, ""],
    ["an unknown kind", "person:x", {}, ""],
    ["no label", "place:x", { label: undefined }, "label"],
    ["an unknown language", "place:x", { spellings: { de: ["X"] } }, "spellings.de"],
    ["an empty spelling", "place:x", { spellings: { en: ["X", ""] } }, "spellings.en.1"],
    ["coordinates off the globe", "place:x", { coordinates: { latitude: 91, longitude: 0 } }, "coordinates.latitude"],
    ["a malformed name that it hides", "place:x", { hides: ["x"] }, "hides.0"],
  ];
  it.each(cases)("%s", async (_, id, change, path) => {
    const problem = await refused(() => curate("PUT", `/api/names/${id}`, { ...name, ...change }), 400);
    if (path !== "") expect(paths(problem)).toEqual([path]);
  });
});

describe("ids in the path", () => {
  it.each([
    ["in capitals", "Known", 400],
    ["with a blank", "a%20b", 400],
    ["with a slash", "a%2Fb", 400],
    ["with a line end", "a%0A", 400],
    ["with a NUL", "a%00", 400],
    ["in another script", "%D8%AD", 400],
    ["too long", "x".repeat(101), 400],
    ["too long for anything", "x".repeat(5000), 400],
    ["that are no UTF-8", "%ff", 404],
    ["that are cut off", "%e0%a4", 404],
    ["that are no encoding", "%zz", 404],
    ["that nothing has", "no-such-thing", 404],
  ])("%s", async (_, id, status) => {
    for (const kind of ["articles", "events"]) {
      const problem = await refused(() => call(`/api/${kind}/${id}`), status);
      if (status === 400) expect(paths(problem)).toEqual(["id"]);
    }
    const written = status === 404 && id === "no-such-thing" ? 404 : status;
    await refused(() => curate("DELETE", `/api/events/${id}`, { reason: "x" }), written);
    if (id === "no-such-thing") return;
    await refused(() => curate("PUT", `/api/events/${id}`, event()), status);
    await refused(() => curate("PUT", `/api/articles/${id}`, { ...article("x"), id: undefined }), status);
  });
});

describe("parameters of the lists", () => {
  it.each([
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=-1", "limit"],
    ["limit=1.5", "limit"],
    ["limit=1e2", "limit"],
    ["limit=", "limit"],
    ["before=0", "before"],
    ["before=x", "before"],
    ["before=99999999999999999999", "before"],
    ["q=(", "q"],
    ["q=-a", "q"],
    [`q=${"x".repeat(513)}`, "q"],
    ["q=colour:red", "q"],
  ])("%s is a 400 that says where", async (parameters, path) => {
    for (const kind of ["articles", "events"]) {
      expect(paths(await refused(() => call(`/api/${kind}?${parameters}`), 400))).toEqual([path]);
    }
  });
});

describe("mode", () => {
  const everywhere = async (id: string) => {
    const has = async (path: string) => (await (await call(path)).text()).includes(id);
    return {
      rss: await has("/articles.rss?q=shown"),
      json: await has("/articles.json?limit=200"),
      api: await has("/api/articles?limit=200"),
      search: await has("/api/articles?q=shown"),
      own: await has(`/api/articles/${id}`),
    };
  };
  it.each([
    ["new", true],
    ["historic", true],
    ["silent", false],
  ] as const)("of an article: %s, in feeds: %s", async (mode, feeds) => {
    await addArticle(`article-${mode}`, { mode, text: "Shown." });
    expect(await everywhere(`article-${mode}`)).toEqual({
      rss: feeds,
      json: feeds,
      api: true,
      search: true,
      own: true,
    });
  });

  it.each([
    ["new", true],
    ["historic", true],
    ["silent", false],
  ] as const)("of an event: %s, in feeds: %s", async (mode, feeds) => {
    await putEvent(`event-${mode}`, { mode, summary: "Visible." });
    const has = async (path: string) => (await (await call(path)).text()).includes(`event-${mode}`);
    expect([await has("/feed.rss?q=visible"), await has("/feed.json?limit=200")]).toEqual([feeds, feeds]);
    expect([await has("/api/events?q=visible"), await has(`/api/events/event-${mode}`)]).toEqual([true, true]);
  });
});

describe("the text of an article", () => {
  it.each(["/api/articles/known", "/api/articles?q=curators"])("is only given with the token: %s", async (path) => {
    const secret = "Only for curators.";
    const open = await call(path);
    expect(open.headers.get("vary")).toContain("authorization");
    expect(await open.text()).not.toContain(secret);
    expect(await (await call(path, { headers: { authorization: "Bearer wrong" } })).text()).not.toContain(secret);
    expect(await (await call(path, { headers: CURATOR })).text()).toContain(secret);
  });

  it("is in no feed", async () => {
    for (const path of ["/articles.rss?limit=200", "/articles.json?limit=200"]) {
      expect(await (await call(path, { headers: CURATOR })).text()).not.toContain("Only for curators.");
    }
  });
});

describe("answers", () => {
  it("a new article's says where it is", async () => {
    const response = await curate("POST", "/api/articles", article("located"));
    expect(response.headers.get("location")).toBe("https://wire.example/api/articles/located");
    expect(await response.json()).toEqual({ id: "located", log: await head() });
  });

  it("names are listed as they were put", async () => {
    const { names } = await json<{ names: { id: string }[] }>(call("/api/names"));
    expect(names.find(({ id }) => id === "place:known")).toEqual({ id: "place:known", ...name });
  });
});
