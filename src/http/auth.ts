/** Tokens and keys. They are stored as hashes and compared in constant time. */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { sha256 } from "../platform/digest.ts";

/** The hash of a token. Tokens are random, so a hash without salt is enough. */
export const hash = sha256;

/** Returns true for equal hashes. The time it takes does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Returns the token of an `Authorization: Bearer …` header (RFC 6750, section 2.1), or undefined. */
export function bearerToken(request: Request): string | undefined {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}
