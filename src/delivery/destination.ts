/**
 * Is this URL safe to call? Asked when an alert is registered and again before every attempt.
 *
 * Judged is the host as the WHATWG URL parser reads it, which turns `0x7f.1`, `2130706433`, `127.1`, fullwidth digits and
 * backslashes into plain addresses. That a public name leads to a private address (`127.0.0.1.nip.io`, `localtest.me`, or one
 * whose owner changes it) only a resolver can tell; without one, what protects is the platform: on Workers, outgoing requests
 * do not reach private networks. Nor can an address be pinned there: between the look-up and the request, the name may change.
 */
import { isPublicAddress } from "./address.ts";
import { resolve, Unresolvable } from "./resolver.ts";

/** What a destination is judged by. */
export interface Rules {
  /** Loopback and private addresses, plain http and any port may be called. */
  allowPrivate: boolean;
  /** Origins of this service, which must not call itself. */
  own: readonly string[];
  /** Where names are looked up (DNS over HTTPS, JSON); without it they are judged by their form alone. */
  resolver?: string | undefined;
}

/** Why a URL may not be called. */
export interface Refusal {
  /** In words for the one who gave it. */
  because: string;
  /** It will not be otherwise later; where it is not lasting, ask again. */
  lasting: boolean;
}

/**
 * Judges a URL by its form and, where there is a resolver and private targets are not allowed, by every address that its name
 * has. Undefined where it may be called. Throws `OutOfRequests` where the name could not be asked for that reason.
 */
export async function judgeDestination(address: string, rules: Rules): Promise<Refusal | undefined> {
  const because = refuseDestination(address, rules);
  if (because !== undefined) return { because, lasting: true };
  if (rules.resolver === undefined || rules.allowPrivate) return undefined;
  try {
    const addresses = await resolve(withoutDot(new URL(address).hostname), rules.resolver);
    return addresses.every(isPublicAddress)
      ? undefined
      : { because: "must lead to the public Internet", lasting: true };
  } catch (error) {
    if (!(error instanceof Unresolvable)) throw error;
    return { because: `the name cannot be resolved just now: ${error.message}`, lasting: false };
  }
}

/** Why a URL may not be called as far as its form tells, in words for the one who gave it; undefined where it may. */
export function refuseDestination(address: string, { allowPrivate, own }: Rules): string | undefined {
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

/** What a public name consists of, once the parser has made it ASCII: it lets `*`, `'`, `;` and the like pass. */
const NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;
/** RFC 1035, section 2.3.4. */
const MAX_NAME = 253;
const MAX_LABEL = 63;

const NOT_PUBLIC = "must name a host on the public Internet";

function refuseHost(hostname: string): string | undefined {
  const host = withoutDot(hostname);
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return "must name a host, not an IP address";
  // A single label is a name of the local network. An empty one is in no name, but lets `0x7f.1..` and `localhost..` pass the parser.
  if (!NAME.test(host)) return NOT_PUBLIC;
  if (host.length > MAX_NAME || host.split(".").some((label) => label.length > MAX_LABEL)) {
    return `must name a host: a name has at most ${MAX_NAME} characters, ${MAX_LABEL} between its dots`;
  }
  return LOCAL_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`)) ? NOT_PUBLIC : undefined;
}
