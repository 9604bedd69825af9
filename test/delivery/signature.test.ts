import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { send } from "../../src/delivery/attempt.ts";
import { makeSecret, signatureHeaders } from "../../src/delivery/signature.ts";
import type { Received } from "../receiver.ts";

/** Values of the specification's reference implementations. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIME = 1614265330;
const BODY = '{"test": 2432232314}';
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

// The library accepts only signatures of the last five minutes.
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: TIME * 1000 }));
afterEach(() => vi.useRealTimers());

const accepts = (secret: string, body: string, headers: Record<string, string>) => () =>
  new Webhook(secret).verify(body, headers);

describe("the specification's example", () => {
  it("has these headers", async () => {
    expect(await signatureHeaders([SECRET], ID, TIME, BODY)).toEqual({
      "webhook-id": ID,
      "webhook-timestamp": "1614265330",
      "webhook-signature": SIGNATURE,
    });
  });

  it("signed with two secrets has both signatures, in order", async () => {
    const one = await signatureHeaders([OTHER_SECRET], ID, TIME, BODY);
    const two = await signatureHeaders([SECRET, OTHER_SECRET], ID, TIME, BODY);
    expect(two).toEqual({ ...one, "webhook-signature": `${SIGNATURE} ${one["webhook-signature"]}` });
  });

  it("signed with one secret twice has its signature twice", async () => {
    const headers = await signatureHeaders([SECRET, SECRET], ID, TIME, BODY);
    expect(headers["webhook-signature"]).toBe(`${SIGNATURE} ${SIGNATURE}`);
  });
});

describe("the Standard Webhooks library accepts", () => {
  const bodies: [name: string, body: string][] = [
    ["the specification's example", BODY],
    ["Arabic", JSON.stringify({ query: "حلب OR (هدنة)" })],
    ["characters beyond the basic plane", JSON.stringify({ text: "🕊️ 𝕊yria" })],
    ["combining characters", JSON.stringify({ text: "Gene\u0300ve, Genève" })],
    ["a null character and line separators", JSON.stringify({ text: "\0\u2028\u2029" })],
    ["a lone surrogate", '{"text":"\ud800"}'],
    ["spaces and newlines around", `\n ${BODY} \n`],
    ["full stops", '{"a.b":"1.2."}'],
    ["20 KB", JSON.stringify({ text: "é".repeat(10_000) })],
  ];
  it.each(bodies)("%s", async (_, body) => {
    const headers = await signatureHeaders([SECRET], ID, TIME, body);
    expect(accepts(SECRET, body, headers)()).toEqual(JSON.parse(body));
  });

  it.each([
    ["the first", SECRET],
    ["the second", OTHER_SECRET],
  ])("two signatures, knowing %s secret", async (_, secret) => {
    const headers = await signatureHeaders([SECRET, OTHER_SECRET], ID, TIME, BODY);
    expect(accepts(secret, BODY, headers)()).toEqual(JSON.parse(BODY));
  });

  it.each([24, 32, 64])("a secret of %i bytes", async (length) => {
    const secret = `whsec_${btoa("\xff".repeat(length))}`;
    expect(accepts(secret, BODY, await signatureHeaders([secret], ID, TIME, BODY))).not.toThrow();
  });

  it("any text with a secret of ours", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (body) => {
        const secret = makeSecret();
        const headers = await signatureHeaders([secret], ID, TIME, body);
        expect(() => new Webhook(secret).verify(body, headers, { jsonParse: false })).not.toThrow();
      }),
    );
  });

  it("the request that a receiver gets", async () => {
    const name = crypto.randomUUID();
    const body = JSON.stringify({ data: { title: "الهدنة في حلب 🕊️" } });
    const headers = await signatureHeaders([SECRET], ID, TIME, body);
    await send({ method: "POST", url: `${inject("receiver")}/${name}/echo`, headers, body });
    const received: Received[] = await (await fetch(`${inject("receiver")}/${name}`)).json();
    expect(received.map((each) => accepts(SECRET, each.body, each.headers)())).toEqual([JSON.parse(body)]);
  });
});

describe("the Standard Webhooks library refuses", () => {
  const changes: [name: string, secret: string, body: string, headers: Record<string, string>][] = [
    ["a changed body", SECRET, '{"test": 2432232315}', {}],
    ["a body with another space", SECRET, '{"test":2432232314}', {}],
    ["a changed id", SECRET, BODY, { "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJel" }],
    ["a later time", SECRET, BODY, { "webhook-timestamp": String(TIME + 1) }],
    ["an earlier time", SECRET, BODY, { "webhook-timestamp": String(TIME - 1) }],
    ["a changed signature", SECRET, BODY, { "webhook-signature": SIGNATURE.replace("g0h", "g1h") }],
    ["another secret", OTHER_SECRET, BODY, {}],
  ];
  it.each(changes)("%s", async (_, secret, body, changed) => {
    const headers = { ...(await signatureHeaders([SECRET], ID, TIME, BODY)), ...changed };
    expect(accepts(secret, body, headers)).toThrow("No matching signature found");
  });

  it.each([
    ["too old", TIME - 301],
    ["too new", TIME + 301],
  ])("a time that is %s", async (problem, seconds) => {
    const headers = await signatureHeaders([SECRET], ID, seconds, BODY);
    expect(accepts(SECRET, BODY, headers)).toThrow(problem);
  });
});

describe("a new secret", () => {
  it("has whsec_ and 32 bytes in base64", () => {
    const secret = makeSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(atob(secret.slice("whsec_".length))).toHaveLength(32);
  });

  it("is different each time", () => {
    expect(new Set(Array.from({ length: 100 }, makeSecret)).size).toBe(100);
  });
});
