/**
 * Addresses at registration, where private targets are not allowed: everything the address check knows, through the
 * Worker.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { call, ORIGIN } from "../client.ts";
import {
  ALLOWED,
  ALWAYS,
  IP,
  IP_ADDRESSES,
  LOCAL,
  LOCAL_NAMES,
  NO_NAMES,
  PLAIN,
  PORT,
  PORTS,
  SCHEME,
} from "../delivery/destination-cases.ts";
import { type Answer, a, aaaa, NONE, resolverOf } from "../delivery/resolvers.ts";
import { stopTimeouts } from "../timeouts.ts";
import { callWith, expectRefusal, jsonOf, type Registered } from "./support.ts";

const register = (channel: unknown, DNS_RESOLVER = "") =>
  callWith({ ALLOW_PRIVATE_TARGETS: "false", DNS_RESOLVER }, "/api/alerts", {
    method: "POST",
    body: JSON.stringify({ query: "aleppo", channel }),
  });

/** Registers an alert and deletes it at once, so that nobody is called. */
async function expectRegistered(channel: unknown, resolver?: string): Promise<void> {
  const { id, token } = await jsonOf<Registered>(register(channel, resolver), 201);
  const headers = { authorization: `Bearer ${token}` };
  expect((await call(`/api/alerts/${id}`, { method: "DELETE", headers })).status).toBe(204);
}

const withMessage = (cases: readonly (readonly [string, string])[], message: string) =>
  cases.map(([name, address]) => [name, address, message] as const);

/**
 * JSON cannot carry a lone surrogate unchanged: TextEncoder and JSON.stringify write another character or an escape.
 */
const REFUSED = [
  ...withMessage(IP_ADDRESSES, IP),
  ...withMessage(LOCAL_NAMES, LOCAL),
  ...withMessage(PORTS, PORT),
  ...withMessage(PLAIN, SCHEME),
  ...NO_NAMES,
  ...ALWAYS,
];

describe("refused with a reason, at channel.url", () => {
  it.each(REFUSED)("%s", (_, url, message) =>
    expectRefusal(register({ type: "webhook", url }), "channel.url", message),
  );
});

describe("refused for every kind of channel that is called", () => {
  it.each(["webhook", "slack", "discord", "ntfy"])("%s", async (type) => {
    await expectRefusal(register({ type, url: "https://169.254.169.254/" }), "channel.url", IP);
    await expectRefusal(register({ type, url: `${ORIGIN}/hook` }), "channel.url", "itself");
  });
});

describe("accepted", () => {
  // Only a few, all in a zone that nobody owns, since registered addresses are called.
  const cases = ALLOWED.filter(([, address]) => /example\.com|example\//.test(decodeURIComponent(address))).slice(0, 6);
  it.each(cases)("%s", (_, url) => expectRegistered({ type: "webhook", url }));
});

describe("by the addresses of its name, with a resolver", () => {
  beforeEach(stopTimeouts);
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const PUBLIC = a("93.184.215.14");
  const INSIDE = /must lead to the public Internet/;
  const LATER = /cannot be resolved just now/;
  const cases: [name: string, A: Answer | string, AAAA: Answer | string, message: RegExp | undefined][] = [
    ["the public Internet", PUBLIC, aaaa("2606:2800:21f::1"), undefined],
    ["loopback", a("127.0.0.1"), NONE, INSIDE],
    ["cloud metadata", a("169.254.169.254"), NONE, INSIDE],
    ["a private network", a("10.1.2.3"), NONE, INSIDE],
    ["carrier-grade NAT", a("100.100.100.200"), NONE, INSIDE],
    ["this network", a("0.0.0.0"), NONE, INSIDE],
    ["the public Internet and a private network", a("93.184.215.14", "192.168.0.1"), NONE, INSIDE],
    ["loopback over IPv6", PUBLIC, aaaa("::1"), INSIDE],
    ["IPv4 mapped into IPv6", PUBLIC, aaaa("::ffff:169.254.169.254"), INSIDE],
    ["NAT64", PUBLIC, aaaa("64:ff9b::a9fe:a9fe"), INSIDE],
    ["6to4", PUBLIC, aaaa("2002:a9fe:a9fe::"), INSIDE],
    ["nothing", { Status: 3 }, { Status: 3 }, LATER],
    ["servers that fail", { Status: 2 }, { Status: 2 }, LATER],
    ["no address", NONE, NONE, LATER],
    ["an invalid answer", "<html>", "<html>", LATER],
    ["an invalid address", a("127.1"), NONE, LATER],
  ];
  it.each(cases)("%s", async (_, A, AAAA, message) => {
    const channel = { type: "webhook", url: "https://hooks.example.com/" };
    if (message === undefined) await expectRegistered(channel, resolverOf(A, AAAA));
    else await expectRefusal(register(channel, resolverOf(A, AAAA)), "channel.url", message);
  });
});
