/**
 * Decides whether a URL is safe to call. Checked when an alert is registered and again before every attempt.
 *
 * The host is checked as the WHATWG URL parser reads it. The parser turns `0x7f.1`, `2130706433`, `127.1`, fullwidth
 * digits and backslashes into plain addresses. Only a resolver can tell that a public name leads to a private address
 * (`127.0.0.1.nip.io`, `localtest.me`, or a name whose owner changes it). Without a resolver the platform protects:
 * outgoing requests of Workers do not reach private networks. Workers cannot pin an address, so a name may change
 * between look-up and request.
 */
import { isPublicAddress } from "./ip-address.ts";
import { resolve, UnresolvableName } from "./resolver.ts";

/** Rules for checking a destination. */
export interface DestinationRules {
  /** Whether loopback and private addresses, plain http and any port are allowed. */
  allowPrivate: boolean;
  /** Origins of this service, which must not call itself. */
  own: readonly string[];
  /** Resolver for names (DNS over HTTPS, JSON). Without it, names are checked by their form only. */
  resolver?: string | undefined;
}

/** The reason why a URL may not be called. */
export interface DestinationRefusal {
  /** The reason in words for the person who gave the URL. */
  because: string;
  /** Whether the refusal is permanent. If not, try again later. */
  lasting: boolean;
}

/**
 * Checks a URL by its form. With a resolver, and unless private targets are allowed, also checks every address of its
 * name. Returns undefined if the URL may be called. Throws `OutOfRequests` if the platform did not allow the look-up.
 */
export async function judgeDestination(
  address: string,
  rules: DestinationRules,
): Promise<DestinationRefusal | undefined> {
  const because = refuseDestination(address, rules);
  if (because !== undefined) return { because, lasting: true };
  if (rules.resolver === undefined || rules.allowPrivate) return undefined;
  try {
    const addresses = await resolve(withoutDot(new URL(address).hostname), rules.resolver);
    return addresses.every(isPublicAddress)
      ? undefined
      : { because: "must lead to the public Internet", lasting: true };
  } catch (error) {
    if (!(error instanceof UnresolvableName)) throw error;
    return { because: `the name cannot be resolved just now: ${error.message}`, lasting: false };
  }
}

/**
 * Returns why the form of a URL rules it out, in words for the person who gave it; undefined if the form is allowed.
 */
export function refuseDestination(address: string, { allowPrivate, own }: DestinationRules): string | undefined {
  if (address.length > MAX_LENGTH) return `at most ${MAX_LENGTH} characters`;
  // The parser trims and drops tabs and newlines, so the URL called would differ from the URL written.
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

/** Removes the final dot of a fully qualified name. */
const withoutDot = (hostname: string): string => hostname.replace(/\.$/, "");

/**
 * On the public Internet all ports of our host lead to the Worker. On a private machine each port is another program.
 */
const isSameService = (a: URL, b: URL, portsDiffer: boolean): boolean =>
  withoutDot(a.hostname) === withoutDot(b.hostname) && (!portsDiffer || a.port === b.port);

/** Names that never leave a machine or local network (RFC 6761, RFC 6762, RFC 8375, RFC 9476 and common ones). */
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

/** A public name once the parser has made it ASCII. The parser itself accepts `*`, `'`, `;` and the like. */
const NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;
/** Maximum length of a name and of a label in characters (RFC 1035, section 2.3.4). */
const MAX_NAME = 253;
const MAX_LABEL = 63;

const NOT_PUBLIC = "must name a host on the public Internet";

function refuseHost(hostname: string): string | undefined {
  const host = withoutDot(hostname);
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return "must name a host, not an IP address";
  // A single label is a local name. An empty label is in no real name, but lets `0x7f.1..` and `localhost..` pass the
  // parser.
  if (!NAME.test(host)) return NOT_PUBLIC;
  if (host.length > MAX_NAME || host.split(".").some((label) => label.length > MAX_LABEL)) {
    return `must name a host: a name has at most ${MAX_NAME} characters, ${MAX_LABEL} between its dots`;
  }
  return LOCAL_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`)) ? NOT_PUBLIC : undefined;
}
