import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { type Attempt, OutOfRequests, send } from "../../src/delivery/attempt.ts";
import type { Received } from "../receiver.ts";

const receiver = inject("receiver");
const BODY = JSON.stringify({ data: { title: "الهدنة 🕊️" } });

const post = (url: string, headers: Record<string, string>, body: string, signal?: AbortSignal): Promise<Attempt> =>
  send({ method: "POST", url, headers, body }, signal);

const attempt = (behaviour: string, name: string = crypto.randomUUID()): Promise<Attempt> =>
  post(`${receiver}/${name}/${behaviour}`, { "content-type": "application/json" }, BODY);

const receivedAs = async (name: string): Promise<Received[]> => (await fetch(`${receiver}/${name}`)).json();

const NO_ANSWER = { status: null, body: "", retryAfter: null };

describe("a request", () => {
  it("is sent once, with the given headers and body", async () => {
    const name = crypto.randomUUID();
    await post(`${receiver}/${name}/echo`, { "webhook-id": "msg_1", "user-agent": "Parley" }, BODY);
    const headers = expect.objectContaining({ "webhook-id": "msg_1", "user-agent": "Parley" });
    expect(await receivedAs(name)).toMatchObject([{ headers, body: BODY }]);
  });

  it("is sent again only by a second call", async () => {
    const name = crypto.randomUUID();
    await attempt("status-500", name);
    expect(await receivedAs(name)).toHaveLength(1);
    await attempt("status-500", name);
    expect(await receivedAs(name)).toHaveLength(2);
  });
});

describe("any HTTP status is an answer", () => {
  it.each([200, 201, 202, 204, 299, 304, 400, 401, 404, 410, 418, 429, 500, 502, 503, 599])("%i", async (status) => {
    const answered = { outcome: "answered", status, body: "", retryAfter: null };
    expect(await attempt(`status-${status}`)).toMatchObject(answered);
  });

  it.each([301, 302, 303, 307, 308])("%i, which is not followed", async (status) => {
    expect(await attempt(`redirect-${status}`)).toMatchObject({ outcome: "answered", status, body: "" });
    expect(await receivedAs("elsewhere")).toEqual([]);
  });

  it("has the time it took", async () => {
    const before = Date.now();
    const { at, milliseconds } = await attempt("silent");
    expect(at).toBeGreaterThanOrEqual(before);
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(at + milliseconds).toBeLessThanOrEqual(Date.now());
  });
});

describe("no answer is a network error", () => {
  const addresses: [name: string, url: string][] = [
    ["nobody listens", "http://127.0.0.1:1/"],
    ["the receiver speaks no TLS", receiver.replace("http:", "https:")],
    ["the receiver hangs up", `${receiver}/dropped/drop`],
    ["the address is invalid", "http://"],
    ["the scheme is unknown", "parley://hooks.example.com/"],
  ];
  it.each(addresses)("%s", async (_, url) => {
    expect(await post(url, {}, BODY)).toMatchObject({ outcome: "network error", ...NO_ANSWER });
  });

  it("a header that cannot be sent", async () => {
    const result = await post(`${receiver}/header/echo`, { "webhook-id": "a\nb" }, BODY);
    expect(result).toMatchObject({ outcome: "network error", ...NO_ANSWER });
  });
});

describe("the answer's body", () => {
  it("that breaks off does not change the status", async () => {
    expect(await attempt("drop-late")).toMatchObject({ outcome: "answered", status: 200 });
  });

  it("is read as UTF-8", async () => expect((await attempt("parrot")).body).toBe(BODY));

  it("is cut at 64 KB, without half a character", async () => {
    const { outcome, status, body } = await attempt("endless");
    expect({ outcome, status }).toEqual({ outcome: "answered", status: 200 });
    expect(body).toBe(`x${"é".repeat(32 * 1024 - 1)}`);
  });

  it.each([65_535, 65_536, 65_537])("of %i bytes", async (length) => {
    const { body } = await post(`${receiver}/long/parrot`, {}, "a".repeat(length));
    expect(body).toBe("a".repeat(Math.min(length, 65_536)));
  });
});

describe("Retry-After", () => {
  afterEach(() => vi.useRealTimers());

  const cases: [name: string, value: string, seconds: number | null][] = [
    ["seconds", "120", 120],
    ["zero seconds", "0", 0],
    ["seconds with leading zeros", "007", 7],
    ["more seconds than anyone waits", "99999999999", 99_999_999_999],
    ["a date", "Mon, 05 Sep 2016 12:01:30 GMT", 90],
    ["a date in the form of RFC 850", "Monday, 05-Sep-16 12:01:30 GMT", 90],
    ["a date in the form of asctime", "Mon Sep  5 12:01:30 2016", 90],
    ["a date that is now", "Mon, 05 Sep 2016 12:00:00 GMT", 0],
    ["a date that has passed", "Sun, 04 Sep 2016 12:00:00 GMT", 0],
    ["a date that does not exist", "Mon, 35 Sep 2016 12:00:00 GMT", null],
    ["an ISO date", "2016-09-05T12:01:30Z", null],
    ["words", "soon", null],
    ["a word and a number", "in 3000", null],
    ["a unit", "120 seconds", null],
    ["a fraction, as chat services send it", "1.337", 1.337],
    ["less than a second", "0.25", 0.25],
    ["more digits than a number has", "9".repeat(400), Number.MAX_SAFE_INTEGER],
    ["NaN", "NaN", null],
    ["Infinity", "Infinity", null],
    ["an exponent", "1e3", null],
    ["a fraction without its beginning", ".5", null],
    ["a fraction without its end", "1.", null],
    ["two points", "1.2.3", null],
    ["a decimal comma", "1,5", null],
    ["a sign", "+5", null],
    ["a negative number", "-5", null],
    ["a negative fraction", "-0.5", null],
    ["two values", "5, 10", null],
    ["a hexadecimal number", "0x10", null],
    ["nothing", "", null],
  ];
  it.each(cases)("%s", async (_, value, seconds) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2016, 8, 5, 12) });
    const { status, retryAfter } = await attempt(`retry-after-${encodeURIComponent(value)}`);
    expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: seconds });
  });
});

describe("the caller ends the request", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("before an answer: a timeout", async () => {
    const ending = new AbortController();
    const result = post(`${receiver}/${crypto.randomUUID()}/hang`, {}, BODY, ending.signal);
    ending.abort();
    expect(await result).toMatchObject({ outcome: "timeout", ...NO_ANSWER });
  });

  it("before it began: a timeout; nothing is sent", async () => {
    const name = crypto.randomUUID();
    const result = await post(`${receiver}/${name}/echo`, {}, BODY, AbortSignal.abort());
    expect(result).toMatchObject({ outcome: "timeout", ...NO_ANSWER });
    expect(await receivedAs(name)).toEqual([]);
  });

  it("while the body drips: the status counts", async () => {
    const ending = new AbortController();
    const { fetch: called } = globalThis;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (...request) => {
      const response = await called(...request);
      ending.abort();
      return response;
    });
    const result = await post(`${receiver}/${crypto.randomUUID()}/drip`, {}, BODY, ending.signal);
    expect(result).toMatchObject({ outcome: "answered", status: 200 });
    expect(result.milliseconds).toBeLessThan(9_000);
  });

  it("after the answer: no effect", async () => {
    const ending = new AbortController();
    const result = await post(`${receiver}/${crypto.randomUUID()}/silent`, {}, BODY, ending.signal);
    ending.abort();
    expect(result).toMatchObject({ outcome: "answered", status: 200 });
  });
});

describe("the platform allows no more requests", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    "Too many subrequests.",
    "Too many subrequests by single Worker invocation. To configure this limit, refer to https://developers.cloudflare.com/workers/wrangler/configuration/#limits",
    "Too many API requests by single worker invocation.",
    "Too many API requests by single Worker invocation. To configure this limit, refer to …",
  ])("is no attempt: %s", async (message) => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error(message));
    await expect(post("https://hooks.example.com/", {}, BODY)).rejects.toThrow(OutOfRequests);
  });

  it.each(["Network connection lost.", "Subrequest depth limit exceeded.", "The host says: too many subrequests"])(
    "another error is a network error: %s",
    async (message) => {
      vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error(message));
      expect(await post("https://hooks.example.com/", {}, BODY)).toMatchObject({ outcome: "network error" });
    },
  );
});

it("a body that drips for more than ten seconds is cut, and the status counts", async () => {
  const { outcome, status, milliseconds } = await attempt("drip");
  expect({ outcome, status }).toEqual({ outcome: "answered", status: 200 });
  expect(milliseconds).toBeLessThan(15_000);
}, 20_000);

describe("a receiver that takes longer than ten seconds ends as a timeout", () => {
  it.concurrent.each([
    ["hanging", "hang"],
    ["dripping the headers", "drip-head"],
  ])(
    "%s",
    async (_, behaviour) => {
      expect(await attempt(behaviour)).toMatchObject({ outcome: "timeout", ...NO_ANSWER });
    },
    15_000,
  );
});
