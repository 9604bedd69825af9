import { describe, expect, it } from "vitest";
import { answerOf, secretsOf } from "../../src/delivery/answer.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const CHALLENGE = "k3jd8s0f2jq9w8e7r6t5";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

const shown = (body: string, secrets: readonly string[] = []) => answerOf({ body }, secrets);

type Cases = [name: string, body: string, shown: string | null][];

describe("an answer is shown", () => {
  const cases: Cases = [
    ["a word", "ok", "ok"],
    ["an error in JSON", '{"error": "no_such_channel", "ok": false}', '{"error": "no_such_channel", "ok": false}'],
    ["an error in HTML", "<h1>502 Bad Gateway</h1>", "<h1>502 Bad Gateway</h1>"],
    ["in another script", "القناة غير موجودة", "القناة غير موجودة"],
    ["with joiners, where letters and emoji need them", "می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"],
    ["words that only resemble secrets", "The tokens and keys of v1, please", "The tokens and keys of v1, please"],
    [
      "an address outside chat services",
      "see https://docs.example.com/errors#429",
      "see https://docs.example.com/errors#429",
    ],
    ["a hash", "commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "commit 9fceb02d0ae598e95dc970b74767f19372d61af8"],
    ["nothing", "", null],
    ["only white space", " \r\n\t ", null],
    ["only invisible characters", "\u0000\u0007\u200b\ufeff", null],
  ];
  it.each(cases)("%s", (_, body, expected) => expect(shown(body)).toBe(expected));
});

describe("on one line, without invisible characters", () => {
  const cases: Cases = [
    ["lines and tabs", "\r\n one\r\n\ttwo  three\u2028four\u2029\u00a0five\n", "one two three four five"],
    ["control characters", "a\u0000b\u001b[31mc\u007fd\u0085e", "ab[31mcde"],
    ["marks of direction", "a\u202eb\u2066c\u2069d\u200f\u061ce", "abcde"],
    ["invisible characters", "a\u200bb\u2060c\u00add\ufeffe", "abcde"],
    ["tags", "a\u{e0001}\u{e0041}b", "ab"],
    ["lone surrogates", "a\ud800b\udc00c", "abc"],
    ["noncharacters", "a\uffffb\u{1ffff}c", "abc"],
    ["invalid UTF-8, as it was decoded", "\ufffd\ufffdPNG", "\ufffd\ufffdPNG"],
    ["a secret with invisible characters inside", `whs\u0000ec_\u200bMfKQ9r8GKYqr`, "[removed]"],
  ];
  it.each(cases)("%s", (_, body, expected) => expect(shown(body)).toBe(expected));
});

describe("cut after about 200 characters", () => {
  const family = "👩‍👩‍👧‍👦";
  const cases: Cases = [
    ["200 are kept", "a".repeat(200), "a".repeat(200)],
    ["201 are cut", "a".repeat(201), `${"a".repeat(200)}…`],
    ["64 KB", "a".repeat(65_536), `${"a".repeat(200)}…`],
    ["not within a pair of surrogates", `${"a".repeat(199)}🕊️ and more`, `${"a".repeat(199)}…`],
    ["not within a joined emoji", `${"a".repeat(195)}${family} and more`, `${"a".repeat(195)}…`],
    ["not between a letter and its mark", `${"a".repeat(199)}e\u0301 and more`, `${"a".repeat(199)}…`],
    ["right before a cluster", `${"a".repeat(200)}e\u0301 and more`, `${"a".repeat(200)}…`],
    ["not before a space", `${"a".repeat(199)} and more`, `${"a".repeat(199)}…`],
    [
      "within a letter of a thousand marks, where no other place exists",
      `e${"\u0301".repeat(1000)}`,
      `e${"\u0301".repeat(199)}…`,
    ],
    ["after secrets are removed", `${SECRET.repeat(20)} is the end`, "[removed] is the end"],
    [
      "a secret at the cut leaves nothing behind",
      `${"a ".repeat(90)}token=${"b".repeat(500)}`,
      `${"a ".repeat(90)}token=[removed]`,
    ],
  ];
  it.each(cases)("%s", (_, body, expected) => expect(shown(body)).toBe(expected));
});

describe("given strings are removed", () => {
  const URL_TOKEN = "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
  const cases: [name: string, body: string, secrets: string[], shown: string][] = [
    ["a challenge", `got ${CHALLENGE}!`, [CHALLENGE], "got [removed]!"],
    ["each time", `${CHALLENGE} ${CHALLENGE}${CHALLENGE}`, [CHALLENGE], "[removed] [removed][removed]"],
    ["several", `${CHALLENGE} and ${URL_TOKEN}`, [URL_TOKEN, CHALLENGE], "[removed] and [removed]"],
    ["a longer one before its part", "abcdefghijklmnop", ["abcdefgh", "abcdefghijklmnop"], "[removed]"],
    ["a secret without its prefix", "key MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", [SECRET], "key [removed]"],
    ["a signature without its version", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", [SIGNATURE], "[removed]"],
    ["one signature of two", "x AAAAAAAAAAAAAAAA= y", [`${SIGNATURE} v1,AAAAAAAAAAAAAAAA=`], "x [removed] y"],
    ["percent-encoded", "sig g0hM9SsE%2BOTPJTGt%2FtmI", ["g0hM9SsE+OTPJTGt/tmI"], "sig [removed]"],
    [
      "as PHP's JSON writes it",
      String.raw`"T00000000\/B00000000\/XXXXXXXXXXXXXXXXXXXXXXXX"`,
      [URL_TOKEN],
      '"[removed]"',
    ],
    ["as HTML writes it", "<p>abcd&amp;efgh&amp;ijkl</p>", ["abcd&efgh&ijkl"], "<p>[removed]</p>"],
    ["characters with a meaning in patterns", "a $&$1.*+?(|)[x] b", ["$&$1.*+?(|)[x]"], "a [removed] b"],
    ["not strings too short for a secret", "the key of the house", ["the", "key", ""], "the key of the house"],
    ["not a blank one", "a        b", ["        "], "a b"],
  ];
  it.each(cases)("%s", (_, body, secrets, expected) => expect(shown(body, secrets)).toBe(expected));
});

describe("secrets are recognised by their form", () => {
  const cases: Cases = [
    ["a signing secret", `use ${SECRET} now`, "use [removed] now"],
    ["a signing secret that is percent-encoded", "whsec_AAAA%2BBBBB%3D&x", "[removed]&x"],
    ["a signature", `webhook-signature: ${SIGNATURE}`, "webhook-signature: [removed]"],
    ["two signatures", `${SIGNATURE} ${SIGNATURE}`, "[removed] [removed]"],
    ["an asymmetric signature", "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5B", "[removed]"],
    ["a signature in JSON of PHP", String.raw`"v1,g0hM9SsE+OTPJTGt\/tmIKtSyZlE3uFJELVlNIOLJ1OE="`, '"[removed]"'],
    ["a bearer token", "Bearer abc.def-123", "Bearer [removed]"],
    ["a bearer token in a header", "Authorization: Bearer abc.def-123", "Authorization: [removed]"],
    ["a bearer token in JSON", '{"authorization":"Bearer abc.def-123"}', '{"authorization":"[removed]"}'],
    ["a password of basic authentication", "BASIC dXNlcjpwYXNz", "BASIC [removed]"],
    ["a web token", `jwt ${JWT} expired`, "jwt [removed] expired"],
    ["a web token without its end", `jwt ${JWT.slice(0, 30)}`, "jwt [removed]"],
    ["an address of Slack", "to https://hooks.slack.com/services/T0/B0/XXXX failed", "to https://[removed] failed"],
    ["an address of Slack for authorities", "hooks.slack-gov.com/services/T0/B0/XXXX", "[removed]"],
    [
      "an address of Slack in JSON of PHP",
      String.raw`"https:\/\/hooks.slack.com\/services\/T0\/B0\/X"`,
      String.raw`"https:\/\/[removed]"`,
    ],
    [
      "an address of Slack in a link",
      '<a href="https://hooks.slack.com/services/T0/B0/X">x</a>',
      '<a href="https://[removed]">x</a>',
    ],
    ["an address of Discord", "https://discord.com/api/webhooks/123/abc-DEF_g?wait=true", "https://[removed]"],
    [
      "an address of Discord of a version",
      "https://canary.discordapp.com/api/v10/webhooks/1/a",
      "https://canary.[removed]",
    ],
    [
      "an address of Discord in a parameter",
      "?to=https%3A%2F%2Fdiscord.com%2Fapi%2Fwebhooks%2F1%2Fa",
      "?to=https%3A%2F%2F[removed]",
    ],
    ["a parameter", "/hook?token=abc&x=1", "/hook?token=[removed]&x=1"],
    [
      "several parameters",
      "token=a&key=b&secret=c&password=d",
      "token=[removed]&key=[removed]&secret=[removed]&password=[removed]",
    ],
    [
      "a longer name",
      "access_token=abc; api-key: def, clientSecret=ghi",
      "access_token=[removed]; api-key: [removed], clientSecret=[removed]",
    ],
    ["in capitals", "API_KEY=abc PASSWORD: def", "API_KEY=[removed] PASSWORD: [removed]"],
    ["in JSON", '{"token":"abc","n":1}', '{"token":"[removed]","n":1}'],
    ["in JSON with spaces", '{ "api_key" : "a b c", "n": 1 }', '{ "api_key" : "[removed]", "n": 1 }'],
    ["in JSON with an escaped quotation mark", String.raw`{"password":"a\"b","n":1}`, '{"password":"[removed]","n":1}'],
    [
      "in JSON within a string",
      String.raw`"{\"token\":\"abc\",\"n\":1}"`,
      String.raw`"{\"token\":\"[removed]\",\"n\":1}"`,
    ],
    ["in JSON that breaks off", '{"secret":"abc', '{"secret":"[removed]'],
    ["a number in JSON", '{"token":12345,"n":1}', '{"token":[removed],"n":1}'],
    ["in a program's notation", "{'secret': 'a b', n: 1}", "{'secret': '[removed]', n: 1}"],
    ["on a line of its own", "password: hunter2\nuser: x", "password: [removed] user: x"],
  ];
  it.each(cases)("%s", (_, body, expected) => expect(shown(body)).toBe(expected));
});

describe("no body takes long, whatever its content", () => {
  const pieces = [
    "a",
    "eyJ",
    "eyJa.",
    "token ",
    'token="',
    "bearer ",
    "whsec_",
    "v1,",
    "hooks.slack.com ",
    'key"',
    "\\",
    "\u0301",
    "\0",
    " ",
  ];
  it.each(pieces)("64 KB of %j", (piece) => {
    const result = shown(piece.repeat(65_536 / piece.length), [SECRET, SIGNATURE, CHALLENGE]) ?? "";
    expect(result.length).toBeLessThanOrEqual(201);
  });
});

describe("possible tokens in an address", () => {
  const cases: [name: string, address: string, secrets: string[]][] = [
    [
      "the last part of a path of Slack",
      "https://hooks.slack.com/services/T0/B0/abcdefghijklmnopqrstuvwx",
      ["abcdefghijklmnopqrstuvwx"],
    ],
    [
      "number and token of Discord",
      "https://discord.com/api/webhooks/1234567890123456789/abc-DEF_ghi012345678",
      ["1234567890123456789", "abc-DEF_ghi012345678"],
    ],
    ["a topic of ntfy", "https://ntfy.sh/parley-k3jd8s0f2jq9", ["parley-k3jd8s0f2jq9"]],
    ["a parameter", "https://hooks.example.com/in?id=1&t=k3jd8s0f2jq9w8e7r6t5", ["k3jd8s0f2jq9w8e7r6t5"]],
    [
      "as it is written, and decoded",
      "https://hooks.example.com/a%2Fbcdefghijklmnopqrst",
      ["a%2Fbcdefghijklmnopqrst", "a/bcdefghijklmnopqrst"],
    ],
    [
      "text that cannot be decoded, unchanged",
      "https://hooks.example.com/%ffabcdefghijklmnopq",
      ["%ffabcdefghijklmnopq"],
    ],
    ["no words", "https://hooks.example.com/incoming/notifications/parley", []],
    ["no path", "https://hooks.example.com", []],
  ];
  it.each(cases)("%s", (_, address, secrets) => expect([...new Set(secretsOf(address))]).toEqual(secrets));
});
