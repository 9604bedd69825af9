/** Unicode in queries, as it arrives through JSON and URLs. */
import { beforeAll, describe, expect, it } from "vitest";
import { call, putNames } from "../client.ts";
import { expectRefusal, jsonOf, type Registered } from "./support.ts";

beforeAll(putNames);

const register = (query: string) =>
  call("/api/alerts", { method: "POST", body: JSON.stringify({ query, channel: { type: "feed" } }) });
const preview = (query: string) => call(`/api/preview?q=${encodeURIComponent(query.toWellFormed())}`);

describe("read as intended", () => {
  const cases: [name: string, written: string, canonical: string][] = [
    ["a mark of direction before an operator", "aleppo \u200fNOT convoy", "aleppo -convoy"],
    ["a mark of direction in an operator", "aleppo O\u200eR convoy", "aleppo OR convoy"],
    ["an override of direction around a word", "\u202eoppela\u202c", "oppela"],
    ["isolates around a phrase", '\u2068"safe passage"\u2069', '"safe passage"'],
    ["an Arabic letter mark before a minus", "aleppo \u061c-convoy", "aleppo -convoy"],
    ["a zero-width space in a word", "ale\u200bppo", "aleppo"],
    ["a zero-width space before a minus", "aleppo \u200b-convoy", "aleppo -convoy"],
    ["a word joiner in a word", "ale\u2060ppo", "aleppo"],
    ["a byte order mark in front", "\ufeffaleppo", "aleppo"],
    ["a soft hyphen in a word", "alep\u00adpo", "aleppo"],
    ["a soft hyphen in an operator", "aleppo A\u00adND convoy", "aleppo convoy"],
    ["tags behind a word", "aleppo\u{e0041}\u{e0042}", "aleppo"],
    ["a variation selector", "aleppo\ufe0f", "aleppo"],
    ["decomposed letters", "gene\u0300ve", "geneve"],
    ["composed letters", "gen\u00e8ve", "geneve"],
    ["a hundred marks on a letter", `gene${"\u0300".repeat(100)}ve`, "geneve"],
    ["fullwidth letters", "ａｌｅｐｐｏ", "aleppo"],
    ["a fullwidth operator", "aleppo ＯＲ convoy", "aleppo OR convoy"],
    ["fullwidth parentheses", "（aleppo OR homs） convoy", "(aleppo OR homs) convoy"],
    ["fullwidth quotation marks", "＂safe passage＂", '"safe passage"'],
    ["a fullwidth bar", "aleppo ｜ convoy", "aleppo OR convoy"],
    ["a fullwidth colon and minus", "title：aleppo －convoy", "title:aleppo -convoy"],
    ["a fullwidth star", "bomb＊", "bomb*"],
    ["an en dash as a minus", "aleppo –convoy", "aleppo -convoy"],
    ["a minus sign as a minus", "aleppo −convoy", "aleppo -convoy"],
    ["curly quotation marks", "“safe passage”", '"safe passage"'],
    ["mathematical letters", "𝐚𝐥𝐞𝐩𝐩𝐨", "aleppo"],
    ["a ligature", "oﬀensive", "offensive"],
    ["a dotless i and a dotted I", "Idlıb İDLIB", "idlib"],
    ["a sharp s", "Straße", "strasse"],
    ["Arabic with vowel marks and a stretch", "حَلَـــب", "حلب"],
    ["Arabic digits", "٢٠١٦", "2016"],
    ["an emoji beside a word", "aleppo 🕊️", "aleppo"],
    ["a family of emoji beside a word", "aleppo 👩‍👩‍👧‍👦", "aleppo"],
    ["a flag beside a word", "aleppo 🇸🇾", "aleppo"],
    ["half a character beside a word", "aleppo \udc00", "aleppo"],
    ["noncharacters beside a word", "aleppo \ufffe\uffff", "aleppo"],
    ["no-break and ideographic spaces", "aleppo\u00a0OR\u3000convoy", "aleppo OR convoy"],
    ["line separators", "aleppo\u2028OR\u2029convoy", "aleppo OR convoy"],
  ];
  it.each(cases)("%s", async (_, written, canonical) => {
    expect((await jsonOf<Registered>(register(written), 201)).query).toBe(canonical);
    expect((await jsonOf<Registered>(preview(written), 200)).query).toBe(canonical);
  });
});

describe("kept apart", () => {
  const pairs: [name: string, one: string, other: string][] = [
    ["Cyrillic letters that look Latin", "асе", "ace"],
    ["Greek letters that look Latin", "ΑΕΡ", "AEP"],
    ["a zero and an O", "l0ndon", "london"],
    ["й and и", "майк", "маик"],
  ];
  it.each(pairs)("%s", async (_, one, other) => {
    const [a, b] = await Promise.all([one, other].map((query) => jsonOf<Registered>(register(query), 201)));
    expect(a?.query).not.toBe(b?.query);
  });
});

describe("refused with the position", () => {
  const cases: [name: string, written: string, message: RegExp][] = [
    ["emoji alone", "🕊️🕊️", /no word/],
    ["a flag alone", "🇸🇾", /no word/],
    ["marks alone", "\u0300\u0301", /no word/],
    ["private characters alone", "\ue000\u{f0000}", /no word/],
    ["tags alone", "\u{e0041}\u{e0042}", /no word/],
    ["a fullwidth NOT alone", "ＮＯＴ convoy", /required/],
    ["a minus behind a mark of direction, alone", "\u200f-convoy", /required/],
    ["a star behind an invisible mark", "b\u200b*", /three|at least 3/],
    ["an open fullwidth quotation", "aleppo ＂safe", /never closed/],
    ["an open fullwidth parenthesis", "（aleppo", /never closed|not closed|closing/],
    ["an operator without its side", "aleppo ＯＲ", /./],
    ["513 characters", "🕊".repeat(513), /at most 512 characters/],
    ["513 characters of nothing", "\u200b".repeat(513), /at most 512 characters/],
    ["one letter of 600 marks", `a${"\u0301".repeat(600)}`, /at most 512 characters/],
    ["nine parentheses", `${"（".repeat(9)}aleppo${"）".repeat(9)}`, /depth|deep|nested|parenthes/],
    [
      "33 terms that fold to one letter each",
      Array.from({ length: 33 }, (_, i) => String.fromCodePoint(0x1d41a + (i % 26)) + i).join(" "),
      /at most 32 terms/,
    ],
  ];
  it.each(cases)("%s", async (_, written, message) => {
    await expectRefusal(register(written), "query", message);
    await expectRefusal(preview(written), "q", message);
  });
});

describe("in an address", () => {
  const cases: [name: string, parameters: string, canonical: string][] = [
    ["a plus sign is a blank", "q=aleppo+convoy", "aleppo convoy"],
    ["invalid UTF-8 is no letter", "q=aleppo%ff", "aleppo"],
    ["an overlong slash is no letter", "q=aleppo%c0%af", "aleppo"],
    ["a surrogate in UTF-8 is no letter", "q=aleppo%ed%a0%80", "aleppo"],
    ["a null character is a blank", "q=aleppo%00convoy", "aleppo convoy"],
    ["a percent sign alone is ignored", "q=aleppo%", "aleppo"],
    ["an ampersand that is encoded is no separator, but joins words", "q=aleppo%26limit=x", "aleppo-limit-x"],
    ["a fragment is ignored", "q=aleppo#&q=convoy", "aleppo"],
  ];
  it.each(cases)("%s", async (_, parameters, canonical) => {
    expect((await jsonOf<Registered>(call(`/api/preview?${parameters}`), 200)).query).toBe(canonical);
  });

  it.each(["", "?q=", "?q=%20", "?q[]=aleppo", "?Q=aleppo", "?q=%00"])("there is no query in %j", (parameters) =>
    expectRefusal(call(`/api/preview${parameters}`), "q", /no word/),
  );

  it("a query of eight thousand characters is refused", () =>
    expectRefusal(call(`/api/preview?q=${"a".repeat(8_000)}`), "q", /at most 512 characters/));
});
