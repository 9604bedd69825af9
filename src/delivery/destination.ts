/**
 * Is this URL safe to call? Asked when an alert is registered and again before every attempt.
 *
 * Judged is the host as the WHATWG URL parser reads it, which turns `0x7f.1`, `2130706433`, `127.1`, fullwidth digits and
 * backslashes into plain addresses. A name that resolves to a private address cannot be seen from here: on Workers,
 * outgoing requests do not reach private networks.
 */

/** Why a URL may not be called, in words for the one who gave it; undefined where it may. */
export function refuseDestination(
  address: string,
  { allowPrivate, own }: { allowPrivate: boolean; own: readonly string[] },
): string | undefined {
  if (address.length > MAX_LENGTH) return `at most ${MAX_LENGTH} characters`;
  // The parser drops tabs and newlines, and trims; what was written is then not what would be called.
  if (/[\0-\x20\x7f]/.test(address)) return "contains white space or control characters";
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) return "is not an absolute URL";
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) return "must begin with https://";
  if (url.username || url.password) return "must not contain a user name or password";
  const refusal = allowPrivate ? undefined : (refusePort(url.port) ?? refuseHost(url.hostname));
  const isOwn = own.some((origin) => isSameService(url, new URL(origin), allowPrivate));
  return refusal ?? (isOwn ? "is this service itself" : undefined);
}

const MAX_LENGTH = 2048;
const PORTS = ["", "443", "8443"];

/** The dot that ends a name in full changes nothing but its spelling. */
const withoutDot = (hostname: string): string => hostname.replace(/\.$/, "");

/** On the public Internet all ports of our host lead to the Worker; on a private machine each leads to a program of its own. */
const isSameService = (a: URL, b: URL, portsDiffer: boolean): boolean =>
  withoutDot(a.hostname) === withoutDot(b.hostname) && (!portsDiffer || a.port === b.port);

/** Names that never leave a machine or a local network (RFC 6761, RFC 6762, RFC 8375, RFC 9476 and the usual ones). */
const LOCAL_SUFFIXES = [
  "localhost",
  "local",
  "localdomain",
  "localdomain4",
  "localdomain6",
  "internal",
  "intranet",
  "lan",
  "home",
  "corp",
  "private",
  "home.arpa",
  "alt",
  "test",
  "invalid",
  "onion",
  "in-addr.arpa",
  "ip6.arpa",
];

const refusePort = (port: string): string | undefined =>
  PORTS.includes(port) ? undefined : "must use port 443 or 8443";

function refuseHost(hostname: string): string | undefined {
  const host = withoutDot(hostname);
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return "must name a host, not an IP address";
  const labels = host.split(".");
  // An empty label is in no public name, but lets `0x7f.1..` and `localhost..` pass the parser as names.
  if (labels.length === 1 || labels.includes("")) return "must name a host on the public Internet";
  if (LOCAL_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`))) {
    return "must name a host on the public Internet";
  }
  return undefined;
}
