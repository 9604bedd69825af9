import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { line, webLink } from "../../../src/channels/line.ts";
import { hostile, RUNS } from "./messages.ts";

describe("a line of the record's text", () => {
  it.each([
    ["is left as it is", "a<&>*_ «b»", "a<&>*_ «b»"],
    ["has no line breaks", " a\r\nb\u2028c\td ", "a b c d"],
    ["has no control characters", "a\0\x1bb\x85d\x7f", "a b d"],
    ["has no half of a surrogate pair", "a\ud83d", "a\ufffd"],
    ["is cut with an ellipsis", "abcdefghijkl", "abcdefghi…"],
    ["is cut before a cluster that does not fit", "abcdefgh👩‍👩‍👧", "abcdefgh…"],
    ["is cut inside a cluster longer than the limit", `a${"\u0301".repeat(50)}`, `a${"\u0301".repeat(8)}…`],
    ["is not cut inside a pair", `😀\u200d${"😀\u200d".repeat(20)}`, "😀\u200d😀\u200d😀\u200d…"],
    ["is isolated where it runs from right to left", "حلب", "\u2068حلب\u2069"],
    ["closes what it opens", "a\u202eb", "\u2068a\u202eb\u202c\u2069"],
    ["cannot close what stands around it", "a\u2069b", "\u2068ab\u2069"],
    ["is empty where there is nothing to see", "\u200b \u202e", ""],
  ])("%s", (_, text, expected) => {
    expect(line(text, 10)).toBe(expected);
  });

  it("is always one well-formed line of bounded length, in itself complete", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 2, max: 300 }), (text, length) => {
        const written = line(text, length);
        expect(written.isWellFormed()).toBe(true);
        expect(written).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(written.length).toBeLessThanOrEqual(2 * length + 2);
        const opened = written.match(/[\u202a\u202b\u202d\u202e\u2066-\u2068]/g)?.length ?? 0;
        expect(written.match(/[\u202c\u2069]/g)?.length ?? 0).toBe(opened);
      }),
      RUNS,
    );
  });
});

describe("a URL as a link", () => {
  it.each([
    ["https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"],
    ["http://a.example", "http://a.example/"],
    ["https://a.example/b_(c)?d=(e)|f#g)<h>", "https://a.example/b_%28c%29?d=%28e%29%7Cf#g%29%3Ch%3E"],
    ["https://a.example/x?y=\\\"'`", "https://a.example/x?y=%5C%22%27%60"],
    ["https://a.example/\r\nx", "https://a.example/x"],
    ["https://пример.example/ё", "https://xn--e1afmkfd.example/%D1%91"],
    ["https://a.example/?x[]=1", "https://a.example/?x%5B%5D=1"],
    ["https://[2001:db8::1]/", null],
    ["javascript:alert(1)", null],
    ["JaVaScRiPt:alert(1)", null],
    ["data:text/html,x", null],
    ["ftp://a.example/", null],
    ["https://bank.example@evil.example/", null],
    ["/relative", null],
    ["https://", null],
    ["", null],
    [null, null],
    [`https://a.example/${"x".repeat(682)}`, `https://a.example/${"x".repeat(682)}`],
    [`https://a.example/${"x".repeat(683)}`, null],
  ])("%s", (address, expected) => {
    expect(webLink(address)).toBe(expected);
  });
});
