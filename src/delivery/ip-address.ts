/** Decides which IP addresses are on the public Internet. */
import ipaddr from "ipaddr.js";

/**
 * Returns whether an address, as DNS answers write it, can belong to a receiver on the public Internet. Returns false
 * for text that is not an address and for every block in the IANA special-purpose registries (RFC 6890). This includes
 * globally reachable blocks: no webhook receiver has an anycast relay or tunnel address, and some of these contain a
 * private IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).range() === "unicast";
  if (!isAddress(address)) return false;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.range() === "unicast" && parsed.match(GLOBAL_UNICAST);
}

/** Returns whether a text is an address as DNS answers write it. */
export const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes("%"));

/**
 * The part of IPv6 that is assigned to hosts (RFC 4291, section 2.4, and the IANA address space registry). `ipaddr.js`
 * reports unknown blocks as unicast: IPv4 inside IPv6 without a mark (`::7f00:1`), `100:0:0:1::/64`, and unassigned
 * space.
 */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");
