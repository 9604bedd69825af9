/** Addresses that somebody wants to be called: a channel's, a WebSub callback's. */

import { judgeDestination } from "../delivery/destination.ts";
import type { Context } from "../http/context.ts";
import { badRequest } from "../http/problem.ts";

/** Throws a Problem at `path` where an address may not be called. */
export async function checkTarget(address: string, path: string, { settings, origin, url }: Context): Promise<void> {
  const refusal = await judgeDestination(address, {
    allowPrivate: settings.allowPrivateTargets,
    own: [origin, url.origin],
    resolver: settings.dnsResolver,
  });
  if (refusal) throw badRequest([{ path, message: refusal.because }]);
}

/** The name of its host, without the dots that may end a name and change nothing. */
export const hostNameOf = (address: string): string => new URL(address).hostname.replace(/(?<!\.)\.+$/, "");
