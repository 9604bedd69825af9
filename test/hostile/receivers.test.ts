/** Answers of receivers and the recorded attempts. Most tests use the attempt to confirm an alert. */
import { beforeAll, describe, expect, it } from "vitest";
import type { AlertView, Delivery } from "../../src/alerts/alert-answers.ts";
import {
  type Alert,
  addArticle,
  bearer,
  call,
  deliveries,
  eventually,
  received,
  register,
  registerConfirmed,
  settled,
  view,
} from "../alerts/support.ts";

const said = (status: number, body: string): string => `say-${status}-${encodeURIComponent(body)}`;
/** Returns a raw answer with proper line ends. The connection ends with it, so that nobody reuses it. */
const raw = (first: string, ...lines: string[]): string =>
  `raw-${encodeURIComponent([first, ...(first.startsWith("HTTP/") ? ["connection: close"] : []), ...lines].join("\r\n"))}`;
const OK = "HTTP/1.1 200 OK";

const show = async (alert: Alert): Promise<AlertView> =>
  (await call("GET", `/api/alerts/${alert.id}`, undefined, bearer(alert))).json();

/** Registers an alert whose receiver behaves this way, and waits for the end of the first confirmation attempt. */
async function ask(behaviour: string): Promise<{ alert: Alert; confirmation: NonNullable<AlertView["confirmation"]> }> {
  const alert = await register(crypto.randomUUID(), "aleppo", behaviour);
  let confirmation: AlertView["confirmation"] = null;
  await eventually(async () => {
    ({ confirmation } = await show(alert));
    return (confirmation?.attempts.length ?? 0) > 0;
  });
  if (confirmation === null) throw new Error("there is no confirmation");
  return { alert, confirmation };
}

describe("the challenge confirms", () => {
  const answers: [name: string, behaviour: string][] = [
    ["as text", said(200, "{challenge}")],
    ["with white space around", said(200, "\r\n {challenge}\t\n")],
    ["after a byte order mark", said(200, "\ufeff{challenge}")],
    ["as a JSON string", said(200, '"{challenge}"')],
    ["as JSON", said(200, '{"challenge":"{challenge}"}')],
    ["as JSON, with more", said(200, '{"ok": true, "challenge": "{challenge}", "n": [1, 2]}')],
    ["as JSON, the last of two", said(200, '{"challenge":"x","challenge":"{challenge}"}')],
    ["as JSON with escapes", said(200, '{"\\u0063hallenge":"{challenge}"}')],
    ["with 201", said(201, "{challenge}")],
    ["with 202", said(202, "{challenge}")],
    ["with 299", said(299, "{challenge}")],
    ["after 100 Continue", raw("HTTP/1.1 100 Continue", "", OK, "connection: close", "", "{challenge}")],
    ["after 103 Early Hints", raw("HTTP/1.1 103 Early Hints", "link: </x>", "", OK, "", "{challenge}")],
    ["in pieces", raw(OK, "transfer-encoding: chunked", "", "1;x=y", " ", "20", "{challenge}", "0", "", "")],
    ["with the type of a picture", raw(OK, "content-type: image/png", "", "{challenge}")],
  ];
  it.each(answers)("%s", async (_, behaviour) => {
    const alert = await register(crypto.randomUUID(), "aleppo", behaviour);
    await eventually(async () => (await view(alert)).status === "active");
  });
});

describe("these answers do not confirm", () => {
  const answers: [name: string, behaviour: string][] = [
    ["nothing", said(200, "")],
    ["204", "status-204"],
    ["OK", said(200, "ok")],
    ["true", said(200, "true")],
    ["null", said(200, "null")],
    ["the word", said(200, "challenge")],
    ["a character more", said(200, "{challenge}x")],
    ["a character before", said(200, "x{challenge}")],
    ["a null character after", said(200, "{challenge}\0")],
    ["an invisible character after", said(200, "{challenge}\u200b")],
    ["twice", said(200, "{challenge}{challenge}")],
    ["on one line of two", said(200, "ok\n{challenge}")],
    ["in HTML", said(200, "<!doctype html><p>{challenge}</p>")],
    ["in a sentence", said(200, "Received {challenge}, thank you")],
    ["in single quotation marks", said(200, "'{challenge}'")],
    ["in JSON under another name", said(200, '{"code":"{challenge}"}')],
    ["in JSON under a name in capitals", said(200, '{"Challenge":"{challenge}"}')],
    ["in JSON deeper down", said(200, '{"data":{"challenge":"{challenge}"}}')],
    ["in a list in JSON", said(200, '[{"challenge":"{challenge}"}]')],
    ["in JSON as a list", said(200, '{"challenge":["{challenge}"]}')],
    ["in JSON, the first of two", said(200, '{"challenge":"{challenge}","challenge":"x"}')],
    ["in JSON as the prototype's", said(200, '{"__proto__":{"challenge":"{challenge}"}}')],
    ["in JSON that breaks off", said(200, '{"challenge":"{challenge}"')],
    ["in JSON with blanks", said(200, '{"challenge":" {challenge} "}')],
    ["in a form", said(200, "challenge={challenge}")],
    ["the confirmation link", said(200, "{confirm_url}")],
    ["the message's id", said(200, "{webhook-id}")],
    ["the whole message", "parrot"],
    ["in a header alone", raw(OK, "challenge: {challenge}", "content-length: 0", "", "")],
    ["with 300", said(300, "{challenge}")],
    ["with 302", said(302, "{challenge}")],
    ["with 304", said(304, "{challenge}")],
    ["with 400", said(400, "{challenge}")],
    ["with 404", said(404, '{"challenge":"{challenge}"}')],
    ["with 410", said(410, "{challenge}")],
    ["with 500", said(500, "{challenge}")],
    ["after 64 KB of white space", said(200, "{blanks}{challenge}")],
    ["at the end of a redirect", "redirect-307"],
  ];
  it.each(answers)("%s", async (_, behaviour) => {
    const { alert } = await ask(behaviour);
    expect(await view(alert)).toMatchObject({ status: "pending" });
  });

  it("the challenge of another alert", async () => {
    const other = await register(crypto.randomUUID(), "aleppo", "silent");
    await eventually(async () => (await received(other.name, true)).length > 0);
    const { challenge } = JSON.parse((await received(other.name, true))[0]?.body ?? "").data;
    const { alert } = await ask(said(200, challenge));
    expect([(await view(alert)).status, (await view(other)).status]).toEqual(["pending", "pending"]);
  });
});

type Answer = [outcome: string, status: number | null, answer: string | null];

describe("raw answers", () => {
  const answered = (status: number, answer: string | null = null): Answer => ["answered", status, answer];
  const NETWORK_ERROR: Answer = ["network error", null, null];
  const cases: [name: string, behaviour: string, expected: Answer][] = [
    ["a body that is shorter than it should be", raw(OK, "content-length: 50", "", "half"), answered(200, "half")],
    ["a body that is longer than it should be", raw(OK, "content-length: 2", "", "ok and more"), answered(200, "ok")],
    ["a body without a length", raw(OK, "", "until the end"), answered(200, "until the end")],
    [
      "chunks that break off",
      raw(OK, "transfer-encoding: chunked", "", "5", "hello", "5", "wo"),
      answered(200, "hellowo"),
    ],
    ["a chunk size that is not a number", raw(OK, "transfer-encoding: chunked", "", "zz", "hello", ""), answered(200)],
    ["a length that is not a number", raw(OK, "content-length: ten", "", "ok"), NETWORK_ERROR],
    ["a negative length", raw(OK, "content-length: -1", "", "ok"), NETWORK_ERROR],
    ["not HTTP", raw("hello", ""), NETWORK_ERROR],
    ["another protocol", raw("SSH-2.0-OpenSSH_9.6", ""), NETWORK_ERROR],
    ["HTTP/2", raw("PRI * HTTP/2.0", "", "SM", "", ""), NETWORK_ERROR],
    ["TLS", "raw-%15%03%01%00%02%02P", NETWORK_ERROR],
    ["a status that is not a number", raw("HTTP/1.1 OK", "", ""), NETWORK_ERROR],
    ["a status of two digits", raw("HTTP/1.1 99 Low", "content-length: 0", "", ""), NETWORK_ERROR],
    ["a status of four digits", raw("HTTP/1.1 1000 High", "content-length: 0", "", ""), NETWORK_ERROR],
    ["no reason", raw("HTTP/1.1 500", "content-length: 0", "", ""), answered(500)],
    ["a very long reason", raw(`HTTP/1.1 500 ${"x".repeat(1_000)}`, "content-length: 0", "", ""), answered(500)],
    ["HTTP/1.0", raw("HTTP/1.0 503 Down", "", "down"), answered(503, "down")],
    ["a line that is not a header", raw(OK, "no header", "content-length: 0", "", ""), NETWORK_ERROR],
    ["a header with a null character", raw(OK, "x: a\0b", "content-length: 0", "", ""), NETWORK_ERROR],
    [
      "many headers",
      raw(OK, ...Array.from({ length: 80 }, (_, i) => `x${i}:y`), "content-length: 2", "", "ok"),
      answered(200, "ok"),
    ],
    ["a wrong encoding", raw(OK, "content-encoding: gzip", "content-length: 5", "", "plain"), answered(200)],
    ["an unknown encoding", raw(OK, "content-encoding: x", "content-length: 5", "", "plain"), answered(200, "plain")],
    ["a body that should not be there", raw("HTTP/1.1 204 No Content", "", "x"), answered(204)],
    ["an empty answer", raw(""), NETWORK_ERROR],
    ["no answer", "drop", NETWORK_ERROR],
    ["half a body", "drop-late", answered(200, "half")],
    ["64 MB in 64 KB", "bomb", answered(200)],
    ["a body without an end", "endless", answered(200, `x${"é".repeat(199)}…`)],
    [
      "a redirect to a private address",
      raw("HTTP/1.1 302 Found", "location: http://169.254.169.254/", "content-length: 0", "", ""),
      answered(302),
    ],
    [
      "a redirect to a file",
      raw("HTTP/1.1 301 Moved", "location: file:///etc/passwd", "content-length: 0", "", ""),
      answered(301),
    ],
    ["a redirect to nowhere", raw("HTTP/1.1 308 Moved", "content-length: 0", "", ""), answered(308)],
    [
      "an invalid redirect",
      raw("HTTP/1.1 307 Moved", "location: http://[::1", "content-length: 0", "", ""),
      answered(307),
    ],
    [
      "an alternative service",
      raw(OK, "refresh: 0;url=http://127.0.0.1:1/", "content-length: 0", "", ""),
      answered(200),
    ],
    [
      "a request for authentication",
      raw("HTTP/1.1 401 Unauthorized", 'www-authenticate: Basic realm="x"', "content-length: 0", "", ""),
      answered(401),
    ],
    [
      "a proxy's request for authentication",
      raw("HTTP/1.1 407 Proxy", "proxy-authenticate: NTLM", "content-length: 0", "", ""),
      answered(407),
    ],
  ];
  it.each(cases)("%s", async (_, behaviour, expected) => {
    const { alert, confirmation } = await ask(behaviour);
    const { outcome, status, answer } = confirmation.attempts[0] ?? {};
    expect([outcome, status, answer]).toEqual(expected);
    expect(await view(alert)).toMatchObject({ status: "pending" });
  });

  it("no redirect was followed", async () => expect(await received("elsewhere", true)).toEqual([]));

  it("a cookie is not sent back", async () => {
    const { alert } = await ask(raw("HTTP/1.1 500 No", "set-cookie: a=b; path=/", "content-length: 0", "", ""));
    await eventually(async () => (await received(alert.name, true)).length > 1);
    const got = await received(alert.name, true);
    expect(got.flatMap(({ headers }) => Object.keys(headers)).filter((name) => name === "cookie")).toEqual([]);
  });
});

describe("the recorded answer", () => {
  const cases: [name: string, body: string, shown: string | null][] = [
    ["its text", "no such hook", "no such hook"],
    ["on one line", "one\r\n\ttwo\u2028three", "one two three"],
    ["without control characters", "a\u0000\u0007\u001b[2Jb", "a[2Jb"],
    ["without marks of direction", "a\u202e\u2066b", "ab"],
    ["HTML unchanged, since pages escape it", "<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["its beginning", "é".repeat(250), `${"é".repeat(200)}…`],
    ["not the challenge", "got {challenge}", "got [removed]"],
    ["not the signature", "sig {webhook-signature}", "sig [removed]"],
    [
      "not the confirmation link",
      "{confirm_url}",
      expect.stringMatching(/^https:\/\/wire\.example\/alerts\/al_\w+\/confirm\?code=\[removed\]$/),
    ],
    ["not a token", "Authorization: Bearer abc.def", "Authorization: [removed]"],
    ["not an address of a chat service", "POST https://hooks.slack.com/services/T0/B0/x", "POST https://[removed]"],
    ["not a secret in JSON", '{"api_key":"abc","error":"x"}', '{"api_key":"[removed]","error":"x"}'],
    ["null if nothing is visible", "\u200b \u0000", null],
  ];
  it.each(cases)("%s", async (_, body, shown) => {
    const { confirmation } = await ask(said(500, body));
    expect(confirmation.attempts[0]).toMatchObject({ outcome: "answered", status: 500, answer: shown });
  });

  it("not invalid UTF-8", async () => {
    const { confirmation } = await ask("raw-HTTP%2F1.1%20500%20No%0D%0A%0D%0A%C3%BF%C3%BEok");
    expect(confirmation.attempts[0]).toMatchObject({ status: 500, answer: "\ufffd\ufffdok" });
  });

  it("not a token in the receiver's own address", async () => {
    const echoed = await register("k3jd8s0f2jq9w8e7r6t5", "aleppo", said(500, "unknown: k3jd8s0f2jq9w8e7r6t5"));
    await eventually(async () => ((await show(echoed)).confirmation?.attempts.length ?? 0) > 0);
    expect((await show(echoed)).confirmation?.attempts[0]?.answer).toBe("unknown: [removed]");
  });
});

describe("Retry-After", () => {
  /** Returns the wait until the second attempt in seconds; the planned one if it is long. */
  async function wait(value: string): Promise<number> {
    const { alert } = await ask(`retry-after-${encodeURIComponent(value)}`);
    let confirmation: AlertView["confirmation"] = null;
    await eventually(async () => {
      ({ confirmation } = await show(alert));
      const planned = Date.parse(confirmation?.next_attempt_at ?? "") - Date.now();
      return (confirmation?.attempts.length ?? 0) > 1 || planned > 60_000;
    });
    const { attempts = [], next_attempt_at = null } = confirmation ?? ({} as Partial<Delivery>);
    const [first, second] = attempts;
    return (Date.parse(second?.at ?? next_attempt_at ?? "") - Date.parse(first?.at ?? "")) / 1000;
  }

  const DAY = 86_400;
  const cases: [name: string, value: string, atLeast: number, atMost: number][] = [
    ["seconds", "3", 3, 60],
    ["a fraction of a second", "2.5", 2.5, 60],
    ["an hour", "3600", 3600, 3700],
    ["more than a day is a day", "864000", DAY, DAY + 60],
    ["more than a number can hold is a day", "9".repeat(300), DAY, DAY + 60],
    ["a date far away is a day", "Fri, 31 Dec 9999 23:59:59 GMT", DAY, DAY + 60],
    ["a past date is ignored", "Mon, 05 Sep 2016 12:00:00 GMT", 0.7, 60],
    ["zero is ignored", "0", 0.7, 60],
    ["a negative number is ignored", "-3600", 0.7, 60],
    ["an exponent is ignored", "1e9", 0.7, 60],
    ["words are ignored", "in 3000", 0.7, 60],
    ["a list is ignored", "3600, 7200", 0.7, 60],
    ["a hexadecimal number is ignored", "0xffff", 0.7, 60],
  ];
  it.concurrent.each(cases)("%s", async (_, value, atLeast, atMost) => {
    const seconds = await wait(value);
    expect(seconds).toBeGreaterThanOrEqual(atLeast);
    expect(seconds).toBeLessThanOrEqual(atMost);
  });
});

describe("a message", () => {
  const DELIVERED = [200, 201, 202, 203, 204, 205, 206, 208, 226, 299];
  const RETRIED = [
    ...[300, 301, 302, 303, 304, 305, 307, 308, 399],
    ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424],
    ...[425, 426, 428, 429, 431, 444, 451, 499],
    ...[500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 525, 530, 598, 599],
  ];
  const alerts = new Map<number, Alert>();

  beforeAll(async () => {
    for (const status of [...DELIVERED, ...RETRIED, 410]) {
      alerts.set(
        status,
        await registerConfirmed(`status-${status}-${crypto.randomUUID()}`, "zeppelin", `then-status-${status}`),
      );
    }
    await addArticle("A zeppelin over the harbour.");
  });

  const alertOf = (status: number): Alert => alerts.get(status) ?? expect.fail("there is no such alert");
  const statuses = ({ attempts }: Delivery) => attempts.map((attempt) => attempt.status);

  it.each(DELIVERED)("that is answered with %i is delivered", async (status) => {
    const [delivery, ...more] = await settled(alertOf(status), 1);
    expect(more).toEqual([]);
    expect(delivery).toMatchObject({ status: "delivered", next_attempt_at: null });
    expect(delivery && statuses(delivery)).toEqual([status]);
  });

  it.each(RETRIED)("that is answered with %i is retried and finally given up", async (status) => {
    const [delivery] = await settled(alertOf(status), 1);
    expect(delivery).toMatchObject({ status: "failed", next_attempt_at: null });
    expect(delivery && statuses(delivery)).toEqual([status, status, status, status]);
    expect(await view(alertOf(status))).toMatchObject({ status: "active" });
  });

  it("that is answered with 410 is given up at once, and the alert is paused", async () => {
    const [delivery] = await settled(alertOf(410), 1);
    expect(delivery && [delivery.status, statuses(delivery)]).toEqual(["failed", [410]]);
    expect(await view(alertOf(410))).toMatchObject({
      status: "paused",
      paused_because: expect.stringContaining("410"),
    });
  });

  it("has the same id and body in every attempt, whatever the answer", async () => {
    const { name } = alertOf(500);
    await settled(alertOf(500), 1);
    const got = await received(name);
    expect(got).toHaveLength(4);
    expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
  });

  it("records time, outcome, duration and answer of its attempts", async () => {
    const alert = await registerConfirmed(
      crypto.randomUUID(),
      "dirigible",
      `then-${said(503, "busy: {webhook-signature}")}`,
    );
    await addArticle("A dirigible.");
    await eventually(async () => ((await deliveries(alert))[0]?.attempts.length ?? 0) > 0);
    const attempt = (await deliveries(alert))[0]?.attempts[0];
    expect(attempt).toEqual({
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      outcome: "answered",
      status: 503,
      milliseconds: expect.any(Number),
      answer: "busy: [removed]",
    });
  });
});
