/** Who may change the record: everyone who has the curators' token. */
import { noteOperator } from "../alerts/origins.ts";
import { bearerToken, hash, sameHash } from "../http/auth.ts";
import type { Context } from "../http/context.ts";
import type { Access } from "../http/operation.ts";
import { Problem } from "../http/problem.ts";
import { callerOf, countRegistration } from "../http/rate-limit.ts";

/** Maximum wrong tokens per caller and hour, at the API and the sign-in page together. */
const WRONG_TOKENS = 20;

/**
 * Returns true for the curators' token, and false if none is configured. Counts each wrong token, and throws a 429
 * Problem past the limit. A right token is neither counted nor refused, so nobody can lock curators out by guessing.
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

/** Only curators may make the call. */
export const curators: Access<undefined> = {
  security: [{ curator: [] }],
  problems: [401, 429],
  read: async (request, context) => {
    if (await isCurator(request, context)) return undefined;
    throw new Problem(401, "Unauthorized", "This call takes the curators' token: Authorization: Bearer …", {
      headers: { "www-authenticate": "Bearer" },
    });
  },
};

/** Everyone may make the call, and curators see more. Reads whether the caller is a curator. */
export const curatorsSeeMore: Access<boolean> = {
  security: [{}, { curator: [] }],
  problems: [429],
  read: isCurator,
};
