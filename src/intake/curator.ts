/** Who may change the record: whoever has the curators' token. */
import { bearerToken, hash, sameHash } from "../alerts/secrets.ts";
import type { Context, Handler } from "../context.ts";
import { Problem } from "../problem.ts";

/** Whether this is the curators' token; never where none is configured. */
export async function isCuratorsToken(token: string, { settings }: Context): Promise<boolean> {
  if (settings.curatorToken === undefined) return false;
  return sameHash(await hash(token), await hash(settings.curatorToken));
}

/** Whether a call of the API bears it. */
export async function isCurator(request: Request, context: Context): Promise<boolean> {
  const token = bearerToken(request);
  return token !== undefined && isCuratorsToken(token, context);
}

/** Lets the curators' calls through, and nobody else's. */
export const forCurators =
  (handler: Handler): Handler =>
  async (request, context) => {
    if (!(await isCurator(request, context))) {
      throw new Problem(401, "Unauthorized", "This call takes the curators' token: Authorization: Bearer …", {
        headers: { "www-authenticate": "Bearer" },
      });
    }
    return handler(request, context);
  };
