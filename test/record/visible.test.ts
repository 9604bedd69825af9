/** Texts that nobody can see are refused, wherever a curator sends a text. */
import { describe, expect, it } from "vitest";
import { hasVisibleText } from "../../src/record/fields.ts";
import { article, curate, event, json, type ProblemBody, putEvent } from "../client.ts";

const INVISIBLE: Readonly<Record<string, string>> = {
  nothing: "",
  blanks: " \t\r\n\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000",
  "zero-width characters": "\u200b\u200c\u200d\u2060\ufeff",
  "marks of direction": "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
  "soft hyphens": "\u00ad\u00ad",
  "Hangul fillers": "\u3164\u115f\u1160\uffa0",
  "a blank of Braille": "\u2800",
  "variation selectors": "\ufe0f\ufe00\u{e0100}",
  tags: "\u{e0041}\u{e007f}",
  "combining marks": "\u0301\u064b\u093e\u20dd",
  "C0 and C1": "\0\u0007\u001b\u0085\u009f",
  "invisible operators": "\u2061\u2062\u2063\u2064",
  "what is never a character": "\ufdd0\u{1fffe}",
  "fillers of other scripts": "\u180e\u180b\u17b4\u{1d159}\u{13441}\u{16fe4}\ufffc",
  "all kinds, mixed": " \u200b\u3164\u0301\u{e0041}\u2800\u00ad\n",
};

const VISIBLE = [
  "a",
  "ـ",
  "حَلَب",
  "e\u0301",
  "·",
  "—",
  "…",
  "🕊\ufe0f",
  "\u202eabc\u202c",
  "\u200b1\u200b",
  "한",
  "᠊",
  "\u{10ffff}x",
];

it.each(Object.entries(INVISIBLE))("%s cannot be seen", (_, text) => expect(hasVisibleText(text)).toBe(false));
it.each(VISIBLE)("%s can be seen", (text) => expect(hasVisibleText(text)).toBe(true));

const name = (more: object) => ({ type: "city", label: "A city", spellings: {}, ...more });

/** Each place where a curator sends a text, by its path. */
const PLACES: readonly (readonly [path: string, send: (text: string) => Promise<Response>])[] = [
  ...["title", "text", "publisher", "summary", "dated_from"].map(
    (field) =>
      [field, (text: string) => curate("POST", "/api/articles", { ...article("unseen"), [field]: text })] as const,
  ),
  ...["title", "summary", "dated_from"].map(
    (field) => [field, (text: string) => curate("PUT", "/api/events/unseen", { ...event(), [field]: text })] as const,
  ),
  ["places.0", (text) => curate("PUT", "/api/events/unseen", event({ places: [text] }))],
  ["claims.0.by", (text) => curate("PUT", "/api/events/unseen", event({ claims: [{ by: text, says: "So." }] }))],
  ["claims.0.says", (text) => curate("PUT", "/api/events/unseen", event({ claims: [{ by: "One", says: text }] }))],
  ["label", (text) => curate("PUT", "/api/names/place:unseen", name({ label: text }))],
  ["description", (text) => curate("PUT", "/api/names/place:unseen", name({ description: text }))],
  ["spellings.ar.0", (text) => curate("PUT", "/api/names/place:unseen", name({ spellings: { ar: [text] } }))],
  ["abbreviations.0", (text) => curate("PUT", "/api/names/place:unseen", name({ abbreviations: [text] }))],
  ["reason", (text) => curate("DELETE", "/api/events/seen", { reason: text })],
];

describe.each(PLACES)("%s", (path, send) => {
  it.each(Object.entries(INVISIBLE))("%s is refused", async (_, text) => {
    await putEvent("seen", {}, (await curate("GET", "/api/events/seen")).status === 200 ? 200 : 201);
    const { errors } = await json<ProblemBody>(send(text), 400);
    expect(errors).toEqual([{ path, message: "must not be empty, nor hold invisible characters alone" }]);
  });
});
