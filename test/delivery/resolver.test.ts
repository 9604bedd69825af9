import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { judgeDestination } from "../../src/delivery/destination.ts";
import { isPublicAddress } from "../../src/delivery/ip-address.ts";
import { OutOfRequests } from "../../src/delivery/request.ts";
import { resolve, UnresolvableName } from "../../src/delivery/resolver.ts";
import type { Received } from "../receiver.ts";
import { stopTimeouts } from "../timeouts.ts";
import { type Answer, a, aaaa, NONE, record, resolverOf } from "./resolvers.ts";

beforeEach(stopTimeouts);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Returns the questions that a resolver received. */
async function questions(
  name: string,
): Promise<{ name: string | null; type: string | null; accept: string | undefined }[]> {
  const asked: Received[] = await (await fetch(`${inject("receiver")}/${name}`)).json();
  return asked.map(({ body, headers }) => {
    const { searchParams } = new URL(body, "http://resolver");
    return { name: searchParams.get("name"), type: searchParams.get("type"), accept: headers["accept"] };
  });
}

describe("a name is resolved to all its addresses", () => {
  const cases: [name: string, A: Answer, AAAA: Answer, addresses: string[]][] = [
    ["IPv4 alone", a("192.0.2.1"), NONE, ["192.0.2.1"]],
    ["IPv6 alone", NONE, aaaa("2001:db8::1"), ["2001:db8::1"]],
    ["both", a("192.0.2.1", "192.0.2.2"), aaaa("2001:db8::1"), ["192.0.2.1", "192.0.2.2", "2001:db8::1"]],
    ["an empty list for no address", a("192.0.2.1"), aaaa(), ["192.0.2.1"]],
    [
      "behind an alias",
      { Status: 0, Answer: [record(5, "elsewhere.example."), record(1, "192.0.2.1")] },
      { Status: 0, Answer: [record(5, "elsewhere.example.")] },
      ["192.0.2.1"],
    ],
    [
      "signed, with unknown fields",
      { Status: 0, AD: true, Comment: "x", Answer: [record(1, "192.0.2.1"), record(46, "a 13 2")] } as Answer,
      NONE,
      ["192.0.2.1"],
    ],
  ];
  it.each(cases)("%s", async (_, A, AAAA, addresses) => {
    expect((await resolve("hooks.example.com", resolverOf(A, AAAA))).sort()).toEqual(addresses);
  });
});

describe("a name that cannot be resolved", () => {
  const GOOD = a("192.0.2.1");
  const cases: [name: string, A: Answer | string, AAAA: Answer | string, message: RegExp][] = [
    ["does not exist", { Status: 3 }, { Status: 3 }, /^there is no such name$/],
    ["has servers that fail", { Status: 2 }, { Status: 2 }, /^its name servers fail$/],
    ["is refused by the resolver", { Status: 5 }, { Status: 5 }, /^the resolver says 5$/],
    ["has no address", NONE, NONE, /^it has no address$/],
    ["leads to an alias and no further", { Status: 0, Answer: [record(5, "a.example.")] }, NONE, /^it has no address$/],
    ["fails for IPv6 alone: an address may be missing", GOOD, { Status: 2 }, /^its name servers fail$/],
    ["fails for IPv4 alone", { Status: 2 }, aaaa("2001:db8::1"), /^its name servers fail$/],
    ["has a truncated answer", { ...GOOD, TC: true }, NONE, /malformed$/],
    ["has an answer without a status", { Answer: [record(1, "192.0.2.1")] }, NONE, /malformed$/],
    ["has a status that is not a number", { ...GOOD, Status: "0" }, NONE, /malformed$/],
    ["has answers that are not a list", { Status: 0, Answer: record(1, "192.0.2.1") }, NONE, /malformed$/],
    ["has an answer without data", { Status: 0, Answer: [{ type: 1, TTL: 60 }] }, NONE, /malformed$/],
    [
      "has an answer without a time to live",
      { Status: 0, Answer: [{ type: 1, data: "192.0.2.1" }] },
      NONE,
      /malformed$/,
    ],
    ["has a negative time to live", { Status: 0, Answer: [record(1, "192.0.2.1", -1)] }, NONE, /malformed$/],
    ["has an address that is a number", { Status: 0, Answer: [record(1, "2130706433")] }, NONE, /malformed$/],
    ["has an address that is short", a("127.1"), NONE, /malformed$/],
    ["has an address that is octal", a("0177.0.0.1"), NONE, /malformed$/],
    ["has an address that is a name", a("hooks.example.com"), NONE, /malformed$/],
    ["has an address with a zone", NONE, aaaa("fe80::1%eth0"), /malformed$/],
    ["has an empty address beside a good one", a("192.0.2.1", ""), NONE, /malformed$/],
    ["has an answer that is not JSON", "<html>", NONE, /malformed$/],
    ["has an answer that is not an object", "[]", "[]", /malformed$/],
    ["has an empty answer", "", "", /malformed$/],
  ];
  it.each(cases)("%s", async (_, A, AAAA, message) => {
    const failed = await resolve("hooks.example.com", resolverOf(A, AAAA)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UnresolvableName);
    expect(String(failed)).toMatch(new RegExp(message.source.replace("^", "Error: ")));
  });

  it.each([302, 400, 404, 429, 500])("because the resolver answers %i, whatever its body", async (status) => {
    const resolver = resolverOf(GOOD, NONE, { status });
    await expect(resolve("hooks.example.com", resolver)).rejects.toThrow(`the resolver answers ${status}`);
  });

  it("because nobody listens", async () => {
    await expect(resolve("hooks.example.com", "http://127.0.0.1:1/")).rejects.toThrow("cannot be reached");
  });

  it("because the resolver hangs up", async () => {
    const resolver = resolverOf(GOOD, NONE, { path: "drop" });
    await expect(resolve("hooks.example.com", resolver)).rejects.toThrow("cannot be reached");
  });

  it("because the answer never ends: 64 KB are read", async () => {
    const resolver = resolverOf(GOOD, NONE, { path: "endless" });
    await expect(resolve("hooks.example.com", resolver)).rejects.toThrow("malformed");
  });

  it.concurrent.each(["hang", "drip", "drip-head"])(
    "because the resolver takes more than three seconds: %s",
    async (path) => {
      vi.restoreAllMocks();
      const resolver = resolverOf(GOOD, NONE, { path });
      await expect(resolve("hooks.example.com", resolver)).rejects.toThrow("takes too long");
    },
  );
});

describe("the questions", () => {
  it("cover both types, as JSON", async () => {
    const name = crypto.randomUUID();
    await resolve("hooks.example.com", resolverOf(a("192.0.2.1"), NONE, { name }));
    const question = { name: "hooks.example.com", accept: "application/dns-json" };
    expect((await questions(name)).sort((x, y) => String(x.type).localeCompare(String(y.type)))).toEqual([
      { ...question, type: "A" },
      { ...question, type: "AAAA" },
    ]);
  });

  it.each([
    "a&type=TXT&name=b.example",
    "../../elsewhere",
    "x#y",
    "a?b",
    "a b",
    "%26type=TXT",
    "a\r\nhost: elsewhere",
    "http://127.0.0.1:1/",
    "@127.0.0.1:1",
  ])("cannot be turned elsewhere by the name %j", async (hostile) => {
    const name = crypto.randomUUID();
    expect(await resolve(hostile, resolverOf(a("192.0.2.1"), NONE, { name }))).toEqual(["192.0.2.1"]);
    expect((await questions(name)).map(({ name, type }) => [name, type]).sort()).toEqual([
      [hostile, "A"],
      [hostile, "AAAA"],
    ]);
  });
});

describe("addresses are cached", () => {
  /** Returns the number of questions if the same name is looked up again after this many seconds. */
  async function asked(TTLs: readonly number[], seconds: number): Promise<number> {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2016, 8, 5, 12) });
    const name = crypto.randomUUID();
    const Answer = TTLs.map((TTL, i) => record(i === 0 ? 1 : 5, i === 0 ? "192.0.2.1" : "alias.example.", TTL));
    const resolver = resolverOf({ Status: 0, Answer }, NONE, { name });
    await resolve("hooks.example.com", resolver);
    vi.setSystemTime(Date.now() + seconds * 1000);
    await resolve("hooks.example.com", resolver);
    return (await questions(name)).length;
  }

  const cases: [name: string, TTLs: number[], seconds: number, asked: number][] = [
    ["for as long as DNS says", [60], 59, 2],
    ["and not longer", [60], 60, 4],
    ["as long as the alias that led to them", [120, 30], 29, 2],
    ["and not longer than the alias", [120, 30], 30, 4],
    ["for at least ten seconds", [0], 9, 2],
    ["and not longer, if DNS says less", [0], 10, 4],
    ["for at most five minutes", [86_400], 299, 2],
    ["and not longer, if DNS says more", [86_400], 300, 4],
  ];
  it.each(cases)("%s", async (_, TTLs, seconds, expected) => expect(await asked(TTLs, seconds)).toBe(expected));

  it("separately for each name and resolver", async () => {
    const names = [crypto.randomUUID(), crypto.randomUUID()];
    const [one = "", other = ""] = names.map((name) => resolverOf(a("192.0.2.1"), NONE, { name }));
    await resolve("one.example", one);
    await resolve("other.example", one);
    await resolve("one.example", other);
    expect([(await questions(names[0] ?? "")).length, (await questions(names[1] ?? "")).length]).toEqual([4, 2]);
  });

  it("not after a failure", async () => {
    const name = crypto.randomUUID();
    const resolver = resolverOf(a("192.0.2.1"), { Status: 2 }, { name });
    for (let i = 0; i < 2; i++) await expect(resolve("hooks.example.com", resolver)).rejects.toThrow(UnresolvableName);
    expect(await questions(name)).toHaveLength(4);
  });

  it("for the latest thousand names", async () => {
    const answer = JSON.stringify(a("192.0.2.1"));
    const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(answer));
    for (let i = 0; i <= 1000; i++) await resolve(`${i}.example`, "https://resolver.example/");
    await resolve("1.example", "https://resolver.example/");
    expect(fetched).toHaveBeenCalledTimes(2002);
    await resolve("0.example", "https://resolver.example/");
    expect(fetched).toHaveBeenCalledTimes(2004);
  });
});

it("a limit of the platform is not the name's fault", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("Too many subrequests by single Worker invocation."));
  await expect(resolve("limit.example", "https://resolver.example/")).rejects.toThrow(OutOfRequests);
  const rules = { allowPrivate: false, own: [], resolver: "https://resolver.example/" };
  await expect(judgeDestination("https://limit.example/", rules)).rejects.toThrow(OutOfRequests);
});

describe("an address on the public Internet", () => {
  it.each([
    "1.1.1.1",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2001:200::1",
    "2a00:1450:4001::",
    "2001:db7::",
    "2001:db9::",
    "2001:4860:4860:0000:0000:0000:0000:8888",
  ])("%s", (address) => expect(isPublicAddress(address)).toBe(true));
});

describe("not an address on the public Internet", () => {
  // Blocks of the IANA special-purpose registries for IPv4 and IPv6, with their first or last address, and unassigned
  // space.
  const cases: [name: string, address: string][] = [
    ["this network", "0.0.0.0"],
    ["this network, its end", "0.255.255.255"],
    ["private, 10/8", "10.0.0.0"],
    ["private, 10/8, its end", "10.255.255.255"],
    ["shared address space", "100.64.0.0"],
    ["shared address space, its end", "100.127.255.255"],
    ["loopback", "127.0.0.1"],
    ["loopback, its end", "127.255.255.255"],
    ["link-local", "169.254.0.0"],
    ["cloud metadata", "169.254.169.254"],
    ["private, 172.16/12", "172.16.0.0"],
    ["private, 172.16/12, its end", "172.31.255.255"],
    ["protocol assignments", "192.0.0.0"],
    ["DS-Lite", "192.0.0.2"],
    ["PCP anycast", "192.0.0.9"],
    ["NAT64 discovery", "192.0.0.170"],
    ["cloud metadata of Oracle", "192.0.0.192"],
    ["documentation 1", "192.0.2.255"],
    ["AS112", "192.31.196.1"],
    ["AMT", "192.52.193.1"],
    ["6to4 relays", "192.88.99.1"],
    ["private, 192.168/16", "192.168.0.0"],
    ["AS112, direct", "192.175.48.1"],
    ["benchmarking", "198.18.0.0"],
    ["benchmarking, its end", "198.19.255.255"],
    ["documentation 2", "198.51.100.1"],
    ["documentation 3", "203.0.113.255"],
    ["multicast", "224.0.0.1"],
    ["multicast, its end", "239.255.255.255"],
    ["reserved", "240.0.0.0"],
    ["broadcast", "255.255.255.255"],
    ["IPv6 unspecified", "::"],
    ["IPv6 loopback", "::1"],
    ["IPv6 loopback in full", "0:0:0:0:0:0:0:1"],
    ["IPv4 compatible", "::127.0.0.1"],
    ["IPv4 compatible, public", "::808:808"],
    ["IPv4 mapped", "::ffff:127.0.0.1"],
    ["IPv4 mapped, public", "::ffff:8.8.8.8"],
    ["IPv4 translated", "::ffff:0:7f00:1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["NAT64, public", "64:ff9b::8.8.8.8"],
    ["NAT64, local use", "64:ff9b:1::1"],
    ["discard only", "100::1"],
    ["dummy prefix", "100:0:0:1::1"],
    ["protocol assignments of IPv6", "2001:1ff:ffff::"],
    ["Teredo", "2001::1"],
    ["PCP anycast of IPv6", "2001:1::1"],
    ["TURN anycast of IPv6", "2001:1::2"],
    ["benchmarking of IPv6", "2001:2::1"],
    ["AMT of IPv6", "2001:3::1"],
    ["AS112 of IPv6", "2001:4:112::1"],
    ["ORCHID", "2001:10::1"],
    ["ORCHID, version 2", "2001:20::1"],
    ["drone remote identification", "2001:30::1"],
    ["documentation of IPv6", "2001:db8::1"],
    ["6to4", "2002:7f00:1::"],
    ["6to4 of a public address", "2002:808:808::1"],
    ["AS112 of IPv6, direct", "2620:4f:8000::1"],
    ["documentation of IPv6, the longer one", "3fff:fff:ffff::"],
    ["segment routing", "5f00::1"],
    ["unique local", "fc00::1"],
    ["cloud metadata over IPv6", "fd00:ec2::254"],
    ["link-local of IPv6", "fe80::1"],
    ["link-local of IPv6, its end", "febf:ffff::"],
    ["site-local", "fec0::1"],
    ["multicast of IPv6", "ff02::1"],
    ["not assigned, low", "200::1"],
    ["not assigned, 4000::/3", "4000::1"],
    ["not assigned, high", "e000::1"],
    ["with a zone", "2606:4700:4700::1111%eth0"],
    ["one number", "2130706433"],
    ["octal", "0177.0.0.1"],
    ["with a leading zero", "08.8.8.8"],
    ["two parts", "8.8"],
    ["in brackets", "[2606:4700:4700::1111]"],
    ["with a port", "8.8.8.8:443"],
    ["with a prefix length", "8.8.8.8/32"],
    ["with a space", " 8.8.8.8"],
    ["a name", "hooks.example.com"],
    ["nothing", ""],
  ];
  it.each(cases)("%s", (_, address) => expect(isPublicAddress(address)).toBe(false));
});

describe("a destination is checked by the addresses of its name", () => {
  const PUBLIC = "93.184.215.14";
  const INSIDE = { because: "must lead to the public Internet", lasting: true };
  const cases: [name: string, A: Answer, AAAA: Answer, refusal: { because: string; lasting: boolean } | undefined][] = [
    ["public addresses", a(PUBLIC), aaaa("2606:2800:21f::1"), undefined],
    ["loopback, as under 127.0.0.1.nip.io and localtest.me", a("127.0.0.1"), NONE, INSIDE],
    ["loopback over IPv6 alone", NONE, aaaa("::1"), INSIDE],
    ["cloud metadata", a("169.254.169.254"), NONE, INSIDE],
    ["a private address among public ones", a(PUBLIC, "10.0.0.1"), NONE, INSIDE],
    ["a private address of one family, a public one of the other", a(PUBLIC), aaaa("fd00::1"), INSIDE],
    ["IPv4 mapped into IPv6", a(PUBLIC), aaaa("::ffff:10.0.0.1"), INSIDE],
    [
      "no address",
      { Status: 3 },
      { Status: 3 },
      { because: "the name cannot be resolved just now: there is no such name", lasting: false },
    ],
    [
      "a failure",
      a(PUBLIC),
      { Status: 2 },
      { because: "the name cannot be resolved just now: its name servers fail", lasting: false },
    ],
  ];
  const judge = (address: string, resolver: string | undefined, allowPrivate = false) =>
    judgeDestination(address, { allowPrivate, own: ["https://wire.example"], resolver });

  it.each(cases)("%s", async (_, A, AAAA, refusal) => {
    expect(await judge("https://hooks.example.com/", resolverOf(A, AAAA))).toEqual(refusal);
  });

  it.each([
    ["international", "https://münchen.example/", "xn--mnchen-3ya.example"],
    ["with a trailing dot", "https://hooks.example.com./", "hooks.example.com"],
    ["in capitals, on another port", "https://HOOKS.example.com:8443/x?name=other#y", "hooks.example.com"],
  ])("asked for is the name as it is called: %s", async (_, address, asked) => {
    const name = crypto.randomUUID();
    expect(await judge(address, resolverOf(a(PUBLIC), NONE, { name }))).toBeUndefined();
    expect((await questions(name)).map((question) => question.name)).toEqual([asked, asked]);
  });

  it("not if its form is refused, private targets are allowed, or there is no resolver", async () => {
    const name = crypto.randomUUID();
    const resolver = resolverOf(a("10.0.0.1"), NONE, { name });
    const refused = { because: "must name a host, not an IP address", lasting: true };
    expect(await judge("https://127.0.0.1/", resolver)).toEqual(refused);
    expect(await judge("http://hooks.example.com/", resolver, true)).toBeUndefined();
    expect(await judge("https://hooks.example.com/", undefined)).toBeUndefined();
    expect(await questions(name)).toEqual([]);
  });
});
