/** Who may change the record: whoever has the curators' token. */

import { noteOperator } from "../alerts/origins.ts";
import { bearerToken, hash, sameHash } from "../http/auth.ts";
import type { Context, Handler } from "../http/context.ts";
import { Problem } from "../http/problem.ts";
import { callerOf, countRegistration } from "../http/rate-limit.ts";

/** Wrong tokens that one caller may send in an hour, to the API and to the sign-in page together. */
const WRONG_TOKENS = 20;

/**
 * Returns true for the curators' token; never where none is configured. Counts each wrong token, and throws a 429 Problem past the bound.
 * A right token is neither counted nor refused, so that nobody can lock curators out by guessing.
 */
export async function isCuratorsToken(token: string, request: Request, context: Context): Promise<boolean> {
  const { env, settings } = context;
  const { curatorToken } = settings;
  if (curatorToken === undefined) return false;
  if (sameHash(await hash(token), await hash(curatorToken))) {
    await noteOperator(context);
    return true;
  }
  await countRegistration(env.DB, [`token-caller:${callerOf(request)}`, "token-total:"], WRONG_TOKENS);
  return false;
}

/** Returns true if a call of the API bears the curators' token. Throws as `isCuratorsToken` does. */
export async function isCurator(request: Request, context: Context): Promise<boolean> {
  const token = bearerToken(request);
  return token !== undefined && isCuratorsToken(token, request, context);
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
