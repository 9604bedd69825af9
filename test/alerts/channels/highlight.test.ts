import { describe, expect, it } from "vitest";
import { highlight } from "../../../src/channels/highlight.ts";

describe("the words found, in their snippet", () => {
  it.each([
    ["once", "near Aleppo today", "Aleppo", ["near ", "Aleppo", " today"]],
    ["every time", "US and US", "US", ["", "US", " and ", "US", ""]],
    ["side by side, as one", "5 ** 2", "*", ["5 ", "**", " 2"]],
    ["whole words before parts", "USSR and US", "US", ["USSR and ", "US", ""]],
    ["a part, if it is the only one", "في وحلب اليوم", "حلب", ["في و", "حلب", " اليوم"]],
    ["not at all, if it could be either of two parts", "xab yab", "ab", ["xab yab"]],
    ["signs of regular expressions are signs", "the (U.S.) + more", "(U.S.)", ["the ", "(U.S.)", " + more"]],
    ["nowhere", "something else", "Aleppo", ["something else"]],
    ["no words", "something", "", ["something"]],
  ])("%s", (_, snippet, words, expected) => {
    expect(highlight(snippet, words)).toEqual(expected);
  });
});
