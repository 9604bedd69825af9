import { describe, expect, it } from "vitest";
import { refuseDestination } from "../../src/delivery/destination.ts";

const own = ["https://wire.example", "http://127.0.0.1:8787"];

/** What is said of an address on the public service, and where private targets are allowed. */
const judged = (address: string) => [
  refuseDestination(address, { allowPrivate: false, own }),
  refuseDestination(address, { allowPrivate: true, own }),
];

type Cases = [name: string, address: string][];

const IP = "must name a host, not an IP address";
const LOCAL = "must name a host on the public Internet";
const PORT = "must use port 443 or 8443";
const SCHEME = "must begin with https://";
const USERINFO = "must not contain a user name or password";
const BLANK = "contains white space or control characters";
const NO_URL = "is not an absolute URL";
const OWN = "is this service itself";
const LONG = "at most 2048 characters";

/** A URL of exactly so many characters. */
const ofLength = (length: number) => "https://hooks.example.com/".padEnd(length, "a");

describe("an address that may be called", () => {
  const cases: Cases = [
    ["a plain one", "https://hooks.example.com/parley"],
    ["a path, a query and a fragment", "https://hooks.example.com/a/b?c=d&e=%20f#g"],
    ["no path", "https://hooks.example.com"],
    ["port 443, written", "https://hooks.example.com:443/"],
    ["port 443, with zeros", "https://hooks.example.com:00443/"],
    ["an empty port", "https://hooks.example.com:/"],
    ["port 8443", "https://hooks.example.com:8443/"],
    ["capitals", "HTTPS://HOOKS.Example.COM/Parley"],
    ["a trailing dot", "https://hooks.example.com./"],
    ["an international name", "https://münchen.example/"],
    ["the same in punycode", "https://xn--mnchen-3ya.example/"],
    ["an Arabic name", "https://حلب.example/"],
    ["fullwidth letters", "https://ｈｏｏｋｓ.example.com/"],
    ["a percent-encoded letter in the host", "https://hook%73.example.com/"],
    ["a backslash for a slash", "https:\\\\hooks.example.com\\parley"],
    ["too few slashes", "https:hooks.example.com/"],
    ["too many slashes", "https:////hooks.example.com/"],
    ["an at sign in the path", "https://hooks.example.com/@127.0.0.1/"],
    ["an at sign behind a backslash", "https://hooks.example.com\\@127.0.0.1/"],
    ["an address in the query", "https://hooks.example.com/?to=https://127.0.0.1"],
    ["an empty user name", "https://@hooks.example.com/"],
    ["a name that begins with digits", "https://127.0.0.1.example.com/"],
    ["a label of digits", "https://2016.example.com/"],
    ["a label that looks hexadecimal", "https://0x7f.example.com/"],
    ["a name that contains localhost", "https://localhost.example.com/"],
    ["a name that ends in -local", "https://hooks.example-local.com/"],
    ["a name that contains ours", "https://wire.example.com/"],
    ["a name below ours", "https://hooks.wire.example/"],
    ["2048 characters", ofLength(2048)],
  ];
  it.each(cases)("%s", (_, address) => expect(judged(address)).toEqual([undefined, undefined]));
});

describe("an IP address is refused unless private targets are allowed", () => {
  const cases: Cases = [
    ["loopback", "https://127.0.0.1/"],
    ["a private network", "https://10.0.0.1/"],
    ["another private network", "https://192.168.1.1/"],
    ["cloud metadata", "https://169.254.169.254/latest/meta-data/"],
    ["carrier-grade NAT", "https://100.64.0.1/"],
    ["this network", "https://0.0.0.0/"],
    ["broadcast", "https://255.255.255.255/"],
    ["a public one", "https://8.8.8.8/"],
    ["one number", "https://2130706433/"],
    ["one hexadecimal number", "https://0x7f000001/"],
    ["one octal number", "https://017700000001/"],
    ["zero", "https://0/"],
    ["two parts", "https://127.1/"],
    ["three parts", "https://127.0.1/"],
    ["a hexadecimal part", "https://0x7f.1/"],
    ["a hexadecimal part, in capitals", "https://0X7F.1/"],
    ["a hexadecimal part without digits", "https://127.0.0.0x/"],
    ["an octal part", "https://0177.0.0.1/"],
    ["parts of each kind", "https://0xa9.0376.43518/"],
    ["fullwidth digits", "https://１２７.０.０.１/"],
    ["circled digits", "https://①②⑦.⓪.⓪.①/"],
    ["mathematical digits", "https://𝟏𝟐𝟕.𝟎.𝟎.𝟏/"],
    ["superscript digits", "https://¹²⁷.⁰.⁰.¹/"],
    ["ideographic full stops", "https://127。0。0。1/"],
    ["halfwidth full stops", "https://127｡0｡0｡1/"],
    ["fullwidth full stops", "https://127．0．0．1/"],
    ["a soft hyphen", "https://127.0.\u00ad0.1/"],
    ["a zero-width space", "https://127\u200b.0.0.1/"],
    ["percent-encoded digits", "https://%31%32%37.0.0.1/"],
    ["percent-encoded full stops", "https://127%2e0%2e0%2e1/"],
    ["percent-encoded fullwidth digits", "https://%EF%BC%91%EF%BC%92%EF%BC%97.1/"],
    ["backslashes", "https:\\\\127.0.0.1\\"],
    ["a backslash before a host", "https://127.0.0.1\\.example.com/"],
    ["a trailing dot", "https://127.0.0.1./"],
    ["two trailing dots", "https://127.0.0.1../"],
    ["no slashes", "https:127.0.0.1"],
    ["port 8443", "https://127.0.0.1:8443/"],
    ["IPv6 loopback", "https://[::1]/"],
    ["IPv6 loopback in full", "https://[0000:0000:0000:0000:0000:0000:0000:0001]/"],
    ["IPv6 unspecified", "https://[::]/"],
    ["IPv6 link-local", "https://[fe80::1]/"],
    ["IPv6 unique local", "https://[fd00:ec2::254]/"],
    ["IPv6 multicast", "https://[ff02::1]/"],
    ["IPv6 public", "https://[2606:4700:4700::1111]/"],
    ["IPv6 public in capitals", "https://[2606:4700:4700::ABCD]:8443/"],
    ["IPv4 mapped into IPv6", "https://[::ffff:127.0.0.1]/"],
    ["IPv4 mapped into IPv6, in hexadecimal", "https://[::ffff:7f00:1]/"],
    ["IPv4 compatible with IPv6", "https://[::127.0.0.1]/"],
    ["IPv4 behind NAT64", "https://[64:ff9b::10.0.0.1]/"],
    ["IPv4 behind 6to4", "https://[2002:7f00:1::]/"],
  ];
  it.each(cases)("%s", (_, address) => expect(judged(address)).toEqual([IP, undefined]));
});

describe("a local name is refused unless private targets are allowed", () => {
  const cases: Cases = [
    ["localhost", "https://localhost/"],
    ["localhost with a trailing dot", "https://localhost./"],
    ["localhost with an encoded trailing dot", "https://localhost%2e/"],
    ["localhost with two trailing dots", "https://localhost../"],
    ["localhost in capitals", "https://LOCALHOST/"],
    ["localhost in fullwidth letters", "https://ｌｏｃａｌｈｏｓｔ/"],
    ["localhost with a soft hyphen", "https://local\u00adhost/"],
    ["localhost with a percent-encoded letter", "https://loc%61lhost/"],
    ["localhost with a long s", "https://localho\u017ft/"],
    ["below localhost", "https://hooks.localhost/"],
    ["below localhost with a trailing dot", "https://hooks.localhost./"],
    ["localhost.localdomain", "https://localhost.localdomain/"],
    ["localhost6.localdomain6", "https://localhost6.localdomain6/"],
    ["localhost4.localdomain4", "https://localhost4.localdomain4/"],
    ["a single label", "https://metadata/"],
    ["a single label with a trailing dot", "https://metadata./"],
    ["multicast DNS", "https://printer.local/"],
    ["multicast DNS in capitals with a trailing dot", "https://PRINTER.LOCAL./"],
    ["multicast DNS with an ideographic full stop", "https://printer。local/"],
    ["a cluster", "https://kubernetes.default.svc.cluster.local/"],
    ["cloud metadata", "https://metadata.google.internal/"],
    ["a host of a container", "https://host.docker.internal/"],
    ["an intranet", "https://hooks.intranet/"],
    ["a router", "https://router.lan/"],
    ["a home", "https://nas.home/"],
    ["a home as RFC 8375 has it", "https://nas.home.arpa/"],
    ["the zone of homes itself", "https://home.arpa/"],
    ["a company", "https://hooks.corp/"],
    ["a private zone", "https://hooks.private/"],
    ["a test", "https://hooks.test/"],
    ["an invalid name", "https://hooks.invalid/"],
    ["a hidden service", "https://hooks.onion/"],
    ["a reverse name", "https://1.0.0.127.in-addr.arpa/"],
    ["a reverse name of IPv6", "https://1.0.0.0.ip6.arpa/"],
    ["an empty first label", "https://.example.com/"],
    ["an empty label in the middle", "https://hooks..example.com/"],
    ["an empty label at the end", "https://hooks.example.com../"],
    ["a hexadecimal address behind an empty label", "https://0x7f.1../"],
  ];
  it.each(cases)("%s", (_, address) => expect(judged(address)).toEqual([LOCAL, undefined]));
});

describe("another port is refused unless private targets are allowed", () => {
  const cases: Cases = [
    ["80", "https://hooks.example.com:80/"],
    ["22", "https://hooks.example.com:22/"],
    ["0", "https://hooks.example.com:0/"],
    ["8080", "https://hooks.example.com:8080/"],
    ["65535", "https://hooks.example.com:65535/"],
    ["of a private address", "https://127.0.0.1:8788/"],
  ];
  it.each(cases)("%s", (_, address) => expect(judged(address)).toEqual([PORT, undefined]));
});

describe("plain http is refused unless private targets are allowed", () => {
  const cases: Cases = [
    ["a public host", "http://hooks.example.com/"],
    ["in capitals", "HTTP://hooks.example.com/"],
    ["on port 443", "http://hooks.example.com:443/"],
    ["localhost", "http://localhost:8788/"],
    ["loopback", "http://127.1:8788/"],
    ["IPv6 loopback", "http://[::1]:8788/"],
  ];
  it.each(cases)("%s", (_, address) => expect(judged(address)).toEqual([SCHEME, undefined]));
});

describe("always refused", () => {
  const cases: [name: string, address: string, refusal: string][] = [
    ["ftp", "ftp://hooks.example.com/", SCHEME],
    ["a web socket", "wss://hooks.example.com/", SCHEME],
    ["a file", "file:///etc/passwd", SCHEME],
    ["a file on another machine", "file://hooks.example.com/etc/passwd", SCHEME],
    ["a script", "javascript:alert(1)", SCHEME],
    ["data", "data:text/plain,parley", SCHEME],
    ["a blob", "blob:https://hooks.example.com/1", SCHEME],
    ["mail", "mailto:hooks@example.com", SCHEME],
    ["a scheme of our own making", "https-://hooks.example.com/", SCHEME],
    ["a host and a port without a scheme", "localhost:8788", SCHEME],
    ["user name and password", "https://user:password@hooks.example.com/", USERINFO],
    ["a user name", "https://user@hooks.example.com/", USERINFO],
    ["a password", "https://:password@hooks.example.com/", USERINFO],
    ["a host as the user name", "https://hooks.example.com@127.0.0.1/", USERINFO],
    ["a host and a port as user name and password", "https://hooks.example.com:443@127.0.0.1/", USERINFO],
    ["a percent-encoded slash in the user name", "https://hooks.example.com%2f@127.0.0.1/", USERINFO],
    ["a backslash in front of the at sign's host", "https:\\\\user@127.0.0.1\\", USERINFO],
    ["two at signs", "https://a@b@hooks.example.com/", USERINFO],
    ["a tab in the host", "https://127.0\t.0.1/", BLANK],
    ["a tab in the scheme", "ht\ttps://hooks.example.com/", BLANK],
    ["a newline in the host", "https://hooks.exam\nple.com/", BLANK],
    ["a newline in the path", "https://hooks.example.com/a\r\nhost: 127.0.0.1", BLANK],
    ["a newline at the end", "https://hooks.example.com/\n", BLANK],
    ["a space at the beginning", " https://hooks.example.com/", BLANK],
    ["a space at the end", "https://hooks.example.com/ ", BLANK],
    ["a space in the path", "https://hooks.example.com/a b", BLANK],
    ["a null character", "https://hooks.example.com\0/", BLANK],
    ["a control character at the beginning", "\u0001https://hooks.example.com/", BLANK],
    ["a delete character", "https://hooks.example.com/\u007f", BLANK],
    ["a space alone", " ", BLANK],
    ["nothing", "", NO_URL],
    ["a host alone", "hooks.example.com", NO_URL],
    ["a path", "/parley", NO_URL],
    ["no scheme", "//hooks.example.com/", NO_URL],
    ["no host", "https://", NO_URL],
    ["a user name and no host", "https://user@/", NO_URL],
    ["a port and no host", "https://:443/", NO_URL],
    ["a port that is too high", "https://hooks.example.com:65536/", NO_URL],
    ["a port that is no number", "https://hooks.example.com:https/", NO_URL],
    ["a fullwidth port", "https://hooks.example.com:４４３/", NO_URL],
    ["an IPv4 address of five parts", "https://127.0.0.0.1/", NO_URL],
    ["an IPv4 address that is too high", "https://256.0.0.1/", NO_URL],
    ["a number that is too high", "https://4294967296/", NO_URL],
    ["a name that ends in a number", "https://hooks.example.1/", NO_URL],
    ["a name that ends in a hexadecimal number", "https://hooks.example.0x1/", NO_URL],
    ["an IPv6 address without its end", "https://[::1/", NO_URL],
    ["an IPv6 address without brackets", "https://::1/", NO_URL],
    ["an IPv6 address with a zone", "https://[fe80::1%25eth0]/", NO_URL],
    ["an IPv6 address with two gaps", "https://[::1::]/", NO_URL],
    ["an IPv4 address in brackets", "https://[127.0.0.1]/", NO_URL],
    ["a percent-encoded slash in the host", "https://127.0.0.1%2f.example.com/", NO_URL],
    ["a percent-encoded newline in the host", "https://hooks%0a.example.com/", NO_URL],
    ["a percent-encoded null in the host", "https://hooks%00.example.com/", NO_URL],
    ["an ideographic space in the host", "https://hooks\u3000.example.com/", NO_URL],
    ["malformed punycode", "https://xn--\u00fc.example/", NO_URL],
    ["a soft hyphen alone", "https://\u00ad/", NO_URL],
    ["a lone surrogate in the host", "https://\ud800.example.com/", NO_URL],
    ["our own host", "https://wire.example/", OWN],
    ["our own host in capitals", "https://WIRE.EXAMPLE/api/alerts", OWN],
    ["our own host in fullwidth letters", "https://ｗｉｒｅ.example/", OWN],
    ["our own host with its port", "https://wire.example:443/", OWN],
    ["our own host with a trailing dot", "https://wire.example./", OWN],
    ["our own host with an ideographic trailing dot", "https://wire.example。/", OWN],
    ["2049 characters", ofLength(2049), LONG],
    ["2049 characters of nothing", "a".repeat(2049), LONG],
    ["2049 characters of white space", " ".repeat(2049), LONG],
  ];
  it.each(cases)("%s", (_, address, refusal) => expect(judged(address)).toEqual([refusal, refusal]));
});

describe("our own host", () => {
  const cases: [name: string, address: string, strict: string | undefined, lenient: string | undefined][] = [
    ["on the other port that is allowed", "https://wire.example:8443/", OWN, undefined],
    ["with a trailing dot on that port", "https://wire.example.:8443/", OWN, undefined],
    ["over plain http", "http://wire.example/", SCHEME, OWN],
    ["on loopback", "http://127.0.0.1:8787/", SCHEME, OWN],
    ["on loopback, written otherwise", "http://0x7f.1:8787/", SCHEME, OWN],
    ["on loopback, behind another port", "http://127.0.0.1:8788/", SCHEME, undefined],
  ];
  it.each(cases)("%s", (_, address, strict, lenient) => expect(judged(address)).toEqual([strict, lenient]));

  it("is any of several", () => {
    const two = { allowPrivate: false, own: ["https://parley.example", "https://wire.example"] };
    expect(refuseDestination("https://parley.example/", two)).toBe(OWN);
    expect(refuseDestination("https://wire.example/", two)).toBe(OWN);
  });

  it("may be none", () => {
    expect(refuseDestination("https://wire.example/", { allowPrivate: false, own: [] })).toBeUndefined();
  });

  it("may itself be written with a trailing dot", () => {
    expect(refuseDestination("https://wire.example/", { allowPrivate: false, own: ["https://wire.example."] })).toBe(
      OWN,
    );
  });
});
