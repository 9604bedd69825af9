import { describe, expect, it } from "vitest";
import { KINDS } from "../../../src/channels/channel-kinds.ts";
import { matched } from "./messages.ts";

describe("a webhook", () => {
  it("gets the message as it is, as JSON", () => {
    const message = matched({ title: "<!channel> \u202e" });
    const { headers, body } = KINDS.webhook.compose(message);
    expect(headers).toEqual({ "content-type": "application/json" });
    expect(JSON.parse(body)).toEqual(message);
  });
});

describe("how each kind of channel answers", () => {
  it.each([
    ["webhook", { signed: true, echoes: true, gone: [410] }],
    ["slack", { signed: false, echoes: false, gone: [403, 404, 410] }],
    ["discord", { signed: false, echoes: false, gone: [401, 403, 404, 410] }],
    ["ntfy", { signed: false, echoes: false, gone: [401, 403, 404, 410] }],
  ] as const)("%s", (type, expected) => {
    expect(KINDS[type]).toMatchObject(expected);
  });

  it.each([
    ["webhook", '{"retry_after": 3}', null],
    ["slack", "rate_limited", null],
    ["ntfy", '{"code":42901,"http":429,"error":"limit reached"}', null],
    ["discord", '{"message": "You are being rate limited.", "retry_after": 0.529, "global": false}', 0.529],
    ["discord", '{"retry_after": 64}', 64],
    ["discord", '{"retry_after": -1}', null],
    ["discord", '{"retry_after": "5"}', null],
    ["discord", '{"retry_after": 1e999}', null],
    ["discord", "<html>error code: 1015</html>", null],
    ["discord", "null", null],
    ["discord", "", null],
  ] as const)("%s: a 429 with %s", (type, body, seconds) => {
    expect(KINDS[type].retryAfter(body)).toBe(seconds);
  });
});
