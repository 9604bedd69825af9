/** Which IP addresses are on the public Internet. */
import ipaddr from "ipaddr.js";

/**
 * Whether an address, written as DNS answers write it, is one that a receiver on the public Internet can have. False for what
 * is no address, and for whatever the IANA special-purpose registries list (RFC 6890), the blocks that are globally reachable
 * included: no receiver of webhooks lives at an anycast relay or in a tunnel's prefix, and some of these hold a private IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).range() === "unicast";
  if (!isAddress(address)) return false;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.range() === "unicast" && parsed.match(GLOBAL_UNICAST);
}

/** Whether a text is an address as DNS answers write it. */
export const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes("%"));

/**
 * All of IPv6 that is given to hosts so far (RFC 4291, section 2.4, and IANA's registry of the address space). `ipaddr.js` takes for
 * unicast what it has no name for: IPv4 inside IPv6 without a mark (`::7f00:1`), `100:0:0:1::/64`, and all that is not assigned.
 */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");
