/** Bodies of POST /api/alerts. */
import { describe, expect, it } from "vitest";
import { call } from "../client.ts";
import { bytes, callWith, expectRefusal, jsonOf, problemOf, type Registered } from "./support.ts";

type Body = string | Uint8Array<ArrayBuffer>;

const post = (body: Body, headers: Record<string, string> = {}) =>
  call("/api/alerts", { method: "POST", body, headers });

const FEED = { type: "feed" };
const GOOD = JSON.stringify({ query: "aleppo", channel: FEED });
const withQuery = (query: unknown) => JSON.stringify({ query, channel: FEED });
const withChannel = (channel: unknown) => JSON.stringify({ query: "aleppo", channel });
/** Writes JSON that `JSON.stringify` cannot: duplicate keys, `__proto__`, escapes. */
const raw = (members: string) => `{"query": "aleppo", "channel": {"type": "feed"}, ${members}}`;
const utf16 = (text: string, little: boolean) =>
  bytes([...text].flatMap((character) => (little ? [character.charCodeAt(0), 0] : [0, character.charCodeAt(0)])));

describe("not JSON", () => {
  const cases: [name: string, body: Body, message: RegExp][] = [
    ["nothing", "", /not JSON/],
    ["a blank", " ", /not JSON/],
    ["a null byte", "\0", /not JSON/],
    ["a word", "aleppo", /not JSON/],
    ["undefined", "undefined", /not JSON/],
    ["a form", "query=aleppo&channel=feed", /not JSON/],
    ["XML", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', /not JSON/],
    ["a beginning", GOOD.slice(0, -1), /not JSON/],
    ["an open string", '{"query": "aleppo', /not JSON/],
    ["more after its end", `${GOOD}x`, /not JSON/],
    ["two values", `${GOOD}${GOOD}`, /not JSON/],
    ["a null byte after its end", `${GOOD}\0`, /not JSON/],
    ["a prefix against hijacking", `)]}',\n${GOOD}`, /not JSON/],
    ["a comma at the end", '{"query": "aleppo", "channel": {"type": "feed"},}', /not JSON/],
    ["a comment", `/* x */ ${GOOD}`, /not JSON/],
    ["single quotation marks", "{'query': 'aleppo'}", /not JSON/],
    ["names without quotation marks", '{query: "aleppo"}', /not JSON/],
    ["curly quotation marks", "{“query”: “aleppo”}", /not JSON/],
    ["not a number", '{"query": NaN}', /not JSON/],
    ["Infinity", '{"query": Infinity}', /not JSON/],
    ["a hexadecimal number", '{"query": 0x1}', /not JSON/],
    ["a newline in a string", '{"query": "aleppo\nconvoy"}', /not JSON/],
    ["a null character in a string", '{"query": "aleppo\0"}', /not JSON/],
    ["an invalid escape", '{"query": "\\x61leppo"}', /not JSON/],
    ["half an escape", '{"query": "\\u00"}', /not JSON/],
    ["a byte order mark within", `{\ufeff"query": "aleppo"}`, /not JSON/],
    ["two byte order marks", `\ufeff\ufeff${GOOD}`, /not JSON/],
    ["a hundred thousand brackets, as many as fit", "[".repeat(16_384), /not JSON/],
    ["UTF-16 without a mark, little-endian", utf16(GOOD, true), /not JSON/],
    ["UTF-16 without a mark, big-endian", utf16(GOOD, false), /not JSON/],
    ["UTF-16 with its mark, little-endian", bytes([0xff, 0xfe], [...utf16(GOOD, true)]), /not UTF-8/],
    ["UTF-16 with its mark, big-endian", bytes([0xfe, 0xff], [...utf16(GOOD, false)]), /not UTF-8/],
    ["an invalid byte", bytes('{"query": "', [0xff], '"}'), /not UTF-8/],
    ["an overlong slash", bytes('{"query": "', [0xc0, 0xaf], '"}'), /not UTF-8/],
    ["a surrogate in UTF-8", bytes('{"query": "', [0xed, 0xa0, 0x80], '"}'), /not UTF-8/],
    ["a character beyond the last", bytes('{"query": "', [0xf4, 0x90, 0x80, 0x80], '"}'), /not UTF-8/],
    ["half a character", bytes('{"query": "', [0xe2, 0x82]), /not UTF-8/],
    ["Latin-1", bytes('{"query": "Gen', [0xe8], 've"}'), /not UTF-8/],
    ["compressed", bytes([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0]), /not UTF-8/],
  ];
  it.each(cases)("%s", (_, body, message) => expectRefusal(post(body), "", message));
});

describe("JSON, but no alert", () => {
  const cases: [name: string, body: string, path: string, message: RegExp][] = [
    ["null", "null", "", /object/],
    ["a number", "0", "", /object/],
    ["a text", '"aleppo"', "", /object/],
    ["true", "true", "", /object/],
    ["a list", "[]", "", /object/],
    ["a list of one", `[${GOOD}]`, "", /object/],
    ["a list as deep as fits", "[".repeat(8_000) + "]".repeat(8_000), "", /object/],
    ["an empty object", "{}", "query", /string/],
    ["a query that is a number", withQuery(1), "query", /string/],
    ["a query that is null", withQuery(null), "query", /string/],
    ["a query that is true", withQuery(true), "query", /string/],
    ["a query that is a list", withQuery(["aleppo"]), "query", /string/],
    ["a query that is an object", withQuery({ toString: "aleppo" }), "query", /string/],
    ["a query that is as deep as fits", `{"query": ${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}}`, "query", /string/],
    ["an empty query", withQuery(""), "query", /no word/],
    ["a query of blanks", withQuery(" \t\n"), "query", /no word/],
    ["a query of invisible characters", withQuery("\u200b\u202e\u00ad"), "query", /no word/],
    ["a query of null characters", withQuery("\0\0"), "query", /no word/],
    ["a query of lone surrogates", withQuery("\ud800"), "query", /no word/],
    [
      "a query in a field of another case",
      '{"Query": "aleppo", "channel": {"type": "feed"}}',
      "Query",
      /no such field/,
    ],
    ["no channel", '{"query": "aleppo"}', "channel", /./],
    ["a channel that is a text", withChannel("feed"), "channel", /./],
    ["a channel that is null", withChannel(null), "channel", /./],
    ["a channel that is a list", withChannel([FEED]), "channel", /./],
    ["a channel of no type", withChannel({}), "channel.type", /webhook/],
    [
      "a channel of an unknown type",
      withChannel({ type: "fax" }),
      "channel.type",
      /webhook, slack, discord, ntfy and feed/,
    ],
    ["a type in capitals", withChannel({ type: "FEED" }), "channel.type", /webhook/],
    ["a type with a space", withChannel({ type: "feed " }), "channel.type", /webhook/],
    ["a type that is a list", withChannel({ type: ["feed"] }), "channel.type", /webhook/],
    ["a type that every object has", withChannel({ type: "constructor" }), "channel.type", /webhook/],
    ["a type that is the prototype", withChannel({ type: "__proto__" }), "channel.type", /webhook/],
    ["a webhook without a URL", withChannel({ type: "webhook" }), "channel.url", /string/],
    ["a URL that is a number", withChannel({ type: "webhook", url: 2130706433 }), "channel.url", /string/],
    [
      "a URL that is a list",
      withChannel({ type: "webhook", url: ["https://hooks.example.com/"] }),
      "channel.url",
      /string/,
    ],
    [
      "a URL that is an object",
      withChannel({ type: "webhook", url: { href: "https://hooks.example.com/" } }),
      "channel.url",
      /string/,
    ],
    [
      "a feed with a URL",
      withChannel({ type: "feed", url: "https://hooks.example.com/" }),
      "channel.url",
      /no such field/,
    ],
    ["a digest at another time", withChannel({ type: "feed", digest: "weekly" }), "channel.digest", /hourly or daily/],
    ["a digest that is true", withChannel({ type: "feed", digest: true }), "channel.digest", /hourly or daily/],
    ["an unknown field", raw('"status": "active"'), "status", /no such field/],
    ["an internal field", raw('"token": "mine"'), "token", /no such field/],
    ["a chosen id", raw('"id": "al_0_aaaaaaaaaaaaaaaa"'), "id", /no such field/],
    ["a chosen secret", raw('"secret": "whsec_AAAA"'), "secret", /no such field/],
    ["a prototype", raw('"__proto__": {"status": "active"}'), "__proto__", /no such field/],
    ["a constructor", raw('"constructor": {"prototype": {"status": "active"}}'), "constructor", /no such field/],
    ["a field that every object has", raw('"toString": "x"'), "toString", /no such field/],
    [
      "a prototype in the channel",
      '{"query": "aleppo", "channel": {"type": "feed", "__proto__": {"url": "x"}}}',
      "channel.__proto__",
      /no such field/,
    ],
    ["a field without a name", raw('"": 1'), "", /no such field/],
    ["a field with a very long name", raw(`"${"a".repeat(10_000)}": 1`), "a".repeat(100), /no such field/],
    [
      "headers for the request",
      withChannel({ type: "webhook", url: "https://hooks.example.com/", headers: { host: "x" } }),
      "channel.headers",
      /no such field/,
    ],
    [
      "another method for the request",
      withChannel({ type: "webhook", url: "https://hooks.example.com/", method: "DELETE" }),
      "channel.method",
      /no such field/,
    ],
  ];
  it.each(cases)("%s", (_, body, path, message) => expectRefusal(post(body), path, message));

  it("a thousand unknown fields: fifty are named", async () => {
    const fields = Array.from({ length: 1000 }, (_, i) => `"f${i}": 1`).join(",");
    const { errors = [] } = await problemOf(post(raw(fields)), 400);
    expect(errors).toHaveLength(50);
  });

  it("several reasons: all are given at once", async () => {
    const { errors = [] } = await problemOf(
      post('{"query": "(", "channel": {"type": "webhook", "url": "ftp://a"}}'),
      400,
    );
    expect(errors.map(({ path }) => path)).toEqual(["query", "channel.url"]);
  });
});

describe("too large", () => {
  const padded = (length: number) => GOOD + " ".repeat(length - GOOD.length);
  const cases: [name: string, body: Body, headers: Record<string, string>][] = [
    ["by a byte", padded(16_385), {}],
    ["by much", "x".repeat(5_000_000), {}],
    ["in bytes, not in characters", JSON.stringify({ query: "ح".repeat(8_200), channel: FEED }), {}],
    ["by the header, whatever the body", GOOD, { "content-length": "16385" }],
    ["by a header beyond all numbers", GOOD, { "content-length": "9".repeat(400) }],
    ["by the body, whatever the header", padded(16_385), { "content-length": "10" }],
    ["with a header that is not a number", padded(16_385), { "content-length": "ten" }],
    ["with a negative header", padded(16_385), { "content-length": "-1" }],
  ];
  it.each(cases)("%s", async (_, body, headers) => {
    const { errors } = await problemOf(post(body, headers), 413);
    expect(errors).toEqual([{ path: "", message: "at most 16384 bytes" }]);
  });

  it("a byte less is accepted", () => jsonOf(post(padded(16_384)), 201));

  it("an endless body is not read further", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1024;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    await problemOf(call("/api/alerts", { method: "POST", body: endless }), 413);
    expect(sent).toBeLessThan(1_000_000);
  });

  it("a body that breaks off is reported", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("gone"));
      },
    });
    await expectRefusal(callWith({}, "/api/alerts", { method: "POST", body: broken }), "", /broke off/);
  });
});

describe("unusual but accepted", () => {
  const cases: [name: string, body: Body, query: string][] = [
    ["a byte order mark", `\ufeff${GOOD}`, "aleppo"],
    ["white space around", `\r\n\t ${GOOD}\r\n`, "aleppo"],
    ["escapes for letters", '{"\\u0071uery": "\\u0061leppo", "channel": {"type": "\\u0066eed"}}', "aleppo"],
    ["a field twice: the last one counts, as in every JSON parser of JavaScript", raw('"query": "convoy"'), "convoy"],
    [
      "a null character in the query is a blank",
      '{"query": "aleppo\\u0000convoy", "channel": {"type": "feed"}}',
      "aleppo convoy",
    ],
    ["control characters in the query are blanks", withQuery("aleppo\u0007\u001b\u007f\u0085convoy"), "aleppo convoy"],
    ["line ends in the query are blanks", withQuery("aleppo\r\n\r\nconvoy\u2028"), "aleppo convoy"],
    ["HTML in a phrase is words", withQuery('"<script>alert(1)</script>"'), '"script alert 1 script"'],
    ["SQL in a phrase is words", withQuery(`"'; DROP TABLE alerts; --"`), '"drop table alerts"'],
    ["a template in a phrase is words", withQuery(`"\${7*7} {{7*7}}"`.replaceAll("*", "")), '"77 77"'],
  ];
  it.each(cases)("%s", async (_, body, query) => expect(await jsonOf(post(body), 201)).toMatchObject({ query }));

  it.each([
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "x",
  ])("whatever type it says it is: %s", (type) => jsonOf(post(GOOD, { "content-type": type }), 201));

  it("no prototype is polluted", async () => {
    await jsonOf<Registered>(post(GOOD), 201);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.hasOwn(Object.prototype, "status")).toBe(false);
  });
});
