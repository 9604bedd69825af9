/** Addresses that users ask Parley to call: of channels and of WebSub callbacks. */

import { judgeDestination } from "../delivery/destination.ts";
import type { Context } from "../http/context.ts";
import { badRequest } from "../http/problem.ts";

/** Throws a Problem at `path` if an address may not be called. */
export async function checkTarget(address: string, path: string, { settings, origin, url }: Context): Promise<void> {
  const refusal = await judgeDestination(address, {
    allowPrivate: settings.allowPrivateTargets,
    own: [origin, url.origin],
    resolver: settings.dnsResolver,
  });
  if (refusal) throw badRequest([{ path, message: refusal.because }]);
}

/** Returns the host name without trailing dots, which mean the same host. */
export const hostNameOf = (address: string): string => new URL(address).hostname.replace(/(?<!\.)\.+$/, "");
