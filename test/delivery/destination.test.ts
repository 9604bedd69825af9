import { describe, expect, it } from "vitest";
import { refuseDestination } from "../../src/delivery/destination.ts";
import {
  ALLOWED,
  ALWAYS,
  IP,
  IP_ADDRESSES,
  LOCAL,
  LOCAL_NAMES,
  NO_NAMES,
  OWN,
  PLAIN,
  PORT,
  PORTS,
  SCHEME,
} from "./destination-cases.ts";

const own = ["https://wire.example", "http://127.0.0.1:8787"];

/** Returns the refusals of an address: on the public service, and where private targets are allowed. */
const judged = (address: string) => [
  refuseDestination(address, { allowPrivate: false, own }),
  refuseDestination(address, { allowPrivate: true, own }),
];

describe("an address that may be called", () => {
  it.each(ALLOWED)("%s", (_, address) => expect(judged(address)).toEqual([undefined, undefined]));
});

describe("an IP address is refused unless private targets are allowed", () => {
  it.each(IP_ADDRESSES)("%s", (_, address) => expect(judged(address)).toEqual([IP, undefined]));
});

describe("a local name is refused unless private targets are allowed", () => {
  it.each(LOCAL_NAMES)("%s", (_, address) => expect(judged(address)).toEqual([LOCAL, undefined]));
});

describe("a name that DNS cannot hold is refused unless private targets are allowed", () => {
  it.each(NO_NAMES)("%s", (_, address, refusal) => expect(judged(address)).toEqual([refusal, undefined]));
});

describe("another port is refused unless private targets are allowed", () => {
  it.each(PORTS)("%s", (_, address) => expect(judged(address)).toEqual([PORT, undefined]));
});

describe("plain http is refused unless private targets are allowed", () => {
  it.each(PLAIN)("%s", (_, address) => expect(judged(address)).toEqual([SCHEME, undefined]));
});

describe("always refused", () => {
  it.each(ALWAYS)("%s", (_, address, refusal) => expect(judged(address)).toEqual([refusal, refusal]));
});

describe("our own host", () => {
  const cases: [name: string, address: string, strict: string | undefined, lenient: string | undefined][] = [
    ["on the other port that is allowed", "https://wire.example:8443/", OWN, undefined],
    ["with a trailing dot on that port", "https://wire.example.:8443/", OWN, undefined],
    ["over plain http", "http://wire.example/", SCHEME, OWN],
    ["on loopback", "http://127.0.0.1:8787/", SCHEME, OWN],
    ["on loopback, in another notation", "http://0x7f.1:8787/", SCHEME, OWN],
    ["on loopback, behind another port", "http://127.0.0.1:8788/", SCHEME, undefined],
  ];
  it.each(cases)("%s", (_, address, strict, lenient) => expect(judged(address)).toEqual([strict, lenient]));

  it("may have several origins", () => {
    const two = { allowPrivate: false, own: ["https://parley.example", "https://wire.example"] };
    expect(refuseDestination("https://parley.example/", two)).toBe(OWN);
    expect(refuseDestination("https://wire.example/", two)).toBe(OWN);
  });

  it("may be empty", () => {
    expect(refuseDestination("https://wire.example/", { allowPrivate: false, own: [] })).toBeUndefined();
  });

  it("may have a trailing dot", () => {
    expect(refuseDestination("https://wire.example/", { allowPrivate: false, own: ["https://wire.example."] })).toBe(
      OWN,
    );
  });
});
