/** Addresses of a server, as a browser takes them. */
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

type Interface = Pick<NetworkInterfaceInfo, "address" | "family" | "internal">;

/** Families of the addresses that a wildcard host stands for. On IPv6 it takes IPv4 connections, too. */
const WILDCARDS: Readonly<Record<string, readonly string[]>> = { "0.0.0.0": ["IPv4"], "::": ["IPv4", "IPv6"] };

/**
 * Returns the addresses at which a server can be reached that listens on `host`: this machine's own first. A wildcard host is no
 * address, so that the addresses of the machine's network interfaces follow instead.
 */
export function addressesOf(
  host: string,
  port: number,
  interfaces: readonly Interface[] = Object.values(networkInterfaces()).flatMap((each) => each ?? []),
): [own: string, ...others: string[]] {
  const families = WILDCARDS[host];
  if (families === undefined) return [addressOf(host === "127.0.0.1" ? "localhost" : host, port)];
  const others = interfaces.filter(
    // A link-local address only works together with the name of an interface.
    ({ family, internal, address }) => families.includes(family) && !internal && !/^fe[89ab]/i.test(address),
  );
  return [addressOf("localhost", port), ...others.map(({ address }) => addressOf(address, port))];
}

/** RFC 3986, section 3.2.2: an IPv6 address is in brackets. */
const addressOf = (host: string, port: number): string => `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
