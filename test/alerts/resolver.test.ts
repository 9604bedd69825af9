/**
 * Where a resolver is configured, every address of a receiver's name is looked at: when the alert is registered, and again before each
 * attempt, since a name may lead elsewhere by then.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { json } from "../client.ts";
import { type Answer, a, aaaa, NONE, resolverOf } from "../delivery/resolvers.ts";
import { stopTimeouts } from "../timeouts.ts";
import { ask, look, patch, rawAt, refusal, registerFor, settings, startClock } from "./owner.ts";
import {
  type Alert,
  addArticle,
  call,
  deliveries,
  eventually,
  putNames,
  quiet,
  ring,
  settled,
  stopClock,
  view,
} from "./support.ts";

const DAY = 24 * 60 * 60 * 1000;
/** The log's time never goes back, so that each test has days of its own, and finds no look-up of another one. */
let day = Math.ceil(Date.now() / DAY) * DAY;
/** The bodies that were sent to public hosts, by their URLs. */
const sent = new Map<string, string[]>();

beforeAll(putNames);
beforeEach(() => {
  day += 10 * DAY;
  stopClock(day);
  playReceivers();
  stopTimeouts();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(startClock);

/** What the resolver at `dns.example.com` says of every name. */
let played: Answer = NONE;

/** Plays the hosts of `example.com`: a resolver, and receivers, which answer the challenge; all others are called. */
function playReceivers(): void {
  const real = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation((target, init) => {
    const url = new URL(target instanceof Request ? target.url : target);
    if (!url.hostname.endsWith("example.com")) return real(target, init);
    if (url.hostname === "dns.example.com") return Promise.resolve(Response.json(played));
    const body = String(init?.body);
    sent.set(url.href, [...(sent.get(url.href) ?? []), body]);
    const { challenge }: { challenge?: string } = JSON.parse(body).data;
    return Promise.resolve(new Response(challenge ?? ""));
  });
}

const sentTo = (url: string): string[] => sent.get(url) ?? [];

/** From now on this is what the resolver says; where its questions are kept. */
function resolving(
  A: Answer | string,
  AAAA: Answer | string = NONE,
  more: { path?: string; status?: number } = {},
): string {
  const name = crypto.randomUUID();
  settings({ ALLOW_PRIVATE_TARGETS: "false", DNS_RESOLVER: resolverOf(A, AAAA, { name, ...more }) });
  return name;
}

const PUBLIC = a("93.184.216.34");
const urlOf = (name: string): string => `https://${name}.example.com/hook`;
const register = (query: string, url: string): Promise<Response> =>
  call("POST", "/api/alerts", { query, channel: { type: "webhook", url } });

/** An alert whose receiver's name led to the public Internet when it was registered and confirmed. */
async function registerPublic(name: string, query: string): Promise<Alert> {
  resolving(PUBLIC);
  const alert = await registerFor(query, { type: "webhook", url: urlOf(name) }, name);
  await eventually(async () => (await view(alert)).status === "active");
  return alert;
}

describe("a registration", () => {
  const refused: [name: string, A: Answer | string, AAAA: Answer | string, message: RegExp][] = [
    ["leads to a private address", a("192.168.1.7"), NONE, /must lead to the public Internet/],
    ["leads to loopback", a("127.0.0.1"), NONE, /must lead to the public Internet/],
    ["leads to the metadata service of a cloud", a("169.254.169.254"), NONE, /must lead to the public Internet/],
    ["leads to a private IPv6 address", NONE, aaaa("fd00::1"), /must lead to the public Internet/],
    ["leads to IPv4 inside IPv6", NONE, aaaa("::ffff:10.0.0.1"), /must lead to the public Internet/],
    ["leads to public addresses and a private one", a("93.184.216.34", "10.0.0.1"), NONE, /must lead to the public/],
    ["leads to a public IPv4 and a private IPv6 address", PUBLIC, aaaa("fe80::1"), /must lead to the public Internet/],
    ["has no address", NONE, NONE, /cannot be resolved just now: it has no address/],
    ["is not there", { Status: 3 }, { Status: 3 }, /cannot be resolved just now: there is no such name/],
    [
      "is answered by what is no answer",
      "<html>",
      "<html>",
      /cannot be resolved just now: the resolver's answer is malf/,
    ],
  ];
  it.each(refused)("is refused where the name %s", async (name, A, AAAA, message) => {
    const asked = resolving(A, AAAA);
    const url = urlOf(`refused-${name.replaceAll(" ", "-").toLowerCase()}`.slice(0, 60));
    const { errors = [] } = await refusal(register("x-resolver", url), 400);
    expect(errors).toEqual([{ path: "channel.url", message: expect.stringMatching(message) }]);
    // One bad answer is enough: the other question may not even leave.
    expect((await rawAt(asked)).length).toBeGreaterThan(0);
    expect(sentTo(url)).toEqual([]);
  });

  it("is accepted where all addresses are public, and the confirmation is sent", async () => {
    const asked = resolving(a("93.184.216.34", "93.184.216.35"), aaaa("2606:2800:220:1::1"));
    const alert = await registerFor("accepted", { type: "webhook", url: urlOf("accepted") });
    await eventually(async () => (await view(alert)).status === "active");
    expect(sentTo(urlOf("accepted"))).toHaveLength(1);
    // Both kinds of address are asked for, and the answer is good for a while.
    const questions = (await rawAt(asked)).map(({ body }) => new URL(body, "https://resolver.example").searchParams);
    expect(questions.map((question) => question.get("name"))).toEqual(["accepted.example.com", "accepted.example.com"]);
    expect(questions.map((question) => question.get("type")).sort()).toEqual(["A", "AAAA"]);
  });

  it("is refused while the resolver is down: rather no alert than one that nobody has looked at", async () => {
    resolving("", "", { path: "drop" });
    const { errors = [] } = await refusal(register("x-resolver", urlOf("resolver-down")), 400);
    expect(errors).toEqual([
      {
        path: "channel.url",
        message: expect.stringMatching(/cannot be resolved just now: the resolver cannot be reached/),
      },
    ]);
  });

  it("asks nobody about an address that is refused for its form", async () => {
    const asked = resolving(PUBLIC);
    await refusal(register("x-resolver", "https://127.0.0.1/hook"), 400);
    await refusal(register("x-resolver", "https://printer.local/hook"), 400);
    expect(await rawAt(asked)).toEqual([]);
  });
});

describe("another channel", () => {
  it("is looked up as well", async () => {
    const alert = await registerPublic("patched-resolver", "patched-resolver");
    resolving(a("10.0.0.1"));
    const channel = { type: "ntfy", url: urlOf("patched-elsewhere") };
    const { errors = [] } = await refusal(patch(alert, { channel }), 400);
    expect(errors).toEqual([{ path: "channel.url", message: "must lead to the public Internet" }]);
    expect(await view(alert)).toMatchObject({ status: "active" });
  });
});

describe("an attempt", () => {
  it("is made where the name still leads to the public Internet", async () => {
    const alert = await registerPublic("still", "still public");
    await addArticle("Still public.");
    expect(await settled(alert, 1)).toMatchObject([{ status: "delivered" }]);
    expect(sentTo(urlOf("still"))).toHaveLength(2);
  });

  it("is refused where the name has turned private since: the message has failed, and nothing was sent", async () => {
    const alert = await registerPublic("turned", "turned private");
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    resolving(a("10.0.0.1"));
    await addArticle("Turned private.");
    const [delivery] = await settled(alert, 1);
    expect(delivery).toMatchObject({
      status: "failed",
      next_attempt_at: null,
      attempts: [{ outcome: "refused", status: null, answer: "must lead to the public Internet" }],
    });
    expect(sentTo(urlOf("turned"))).toHaveLength(1);
    const failed = log.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(failed).toMatchObject([
      { event: "message.failed", message: `msg_${alert.id}_1`, because: "the address may not be called" },
    ]);
    // It leads to the public Internet again: what has failed can be sent again.
    resolving(PUBLIC);
    await json(ask(alert, "POST", "/deliveries/1/redeliver"), 202);
    expect(await settled(alert, 1)).toMatchObject([{ status: "delivered" }]);
  });

  it("sees that the name has turned private once the look-up before is no longer good", async () => {
    settings({ ALLOW_PRIVATE_TARGETS: "false", DNS_RESOLVER: "https://dns.example.com/dns-query" });
    played = PUBLIC;
    const alert = await registerFor("rebound", { type: "webhook", url: urlOf("rebound") });
    await eventually(async () => (await view(alert)).status === "active");
    played = a("10.0.0.1");
    vi.setSystemTime(day + 59_000);
    await addArticle("Rebound within the minute that the answer was good for.");
    expect(await settled(alert, 1)).toMatchObject([{ status: "delivered" }]);
    vi.setSystemTime(day + 61_000);
    await addArticle("Rebound after it.");
    expect(await settled(alert, 2)).toMatchObject([{}, { status: "failed", attempts: [{ outcome: "refused" }] }]);
    expect(sentTo(urlOf("rebound"))).toHaveLength(2);
  });

  it("waits while the resolver is down, and is made when it is back", async () => {
    const alert = await registerPublic("down", "down and back");
    resolving("", "", { status: 503 });
    await addArticle("Down and back.");
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    const [waiting] = await deliveries(alert);
    expect(waiting).toMatchObject({
      status: "pending",
      attempts: [
        {
          outcome: "unresolved",
          status: null,
          answer: "the name cannot be resolved just now: the resolver answers 503",
        },
      ],
    });
    expect(await look(alert)).toMatchObject({ status: "active", trouble: "unresolved" });
    expect(sentTo(urlOf("down"))).toHaveLength(1);
    resolving(PUBLIC);
    vi.setSystemTime(day + 2_000);
    await ring();
    await quiet();
    expect(await settled(alert, 1)).toMatchObject([{ status: "delivered", attempts: [{}, { outcome: "answered" }] }]);
  });

  it("is refused where the setting that allows private targets has been taken back", async () => {
    settings({ ALLOW_PRIVATE_TARGETS: "true" });
    const alert = await registerFor("taken back", { type: "webhook", url: "http://hooks.example.com:8080/taken" });
    await eventually(async () => (await view(alert)).status === "active");
    settings({ ALLOW_PRIVATE_TARGETS: "false" });
    await addArticle("Taken back.");
    expect(await settled(alert, 1)).toMatchObject([
      { status: "failed", attempts: [{ outcome: "refused", answer: "must begin with https://" }] },
    ]);
    expect(sentTo("http://hooks.example.com:8080/taken")).toHaveLength(1);
  });
});
