/** The secrets that sign an alert's messages: the present one, and for a day those that it replaced. */
import { MAX_OLD_SECRETS } from "../../alerts/alert.ts";

export interface SecretColumns {
  secret: string;
  /** JSON. */
  old_secrets: string;
}

/** A replaced secret, and until when it signs, in milliseconds of Unix time. */
interface OldSecret {
  secret: string;
  until: number;
}

/** How long a replaced secret signs, in milliseconds. */
const OLD_SECRET_SIGNS = 24 * 60 * 60 * 1000;

/** Returns all secrets that sign now, the present one first. Throws if the list is broken. */
export const signingSecrets = ({ secret, old_secrets }: SecretColumns, now: number): string[] => [
  secret,
  ...signingOld(old_secrets, now).map(({ secret }) => secret),
];

const signingOld = (list: string, now: number): OldSecret[] =>
  (JSON.parse(list) as OldSecret[]).filter(({ until }) => until > now);

/** Returns the columns with another secret. If too many replaced ones sign already: the time until which the first does. */
export function rotated({ secret, old_secrets }: SecretColumns, next: string, now: number): SecretColumns | number {
  const signing = signingOld(old_secrets, now);
  if (signing.length >= MAX_OLD_SECRETS) return Math.min(...signing.map(({ until }) => until));
  const old = [{ secret, until: now + OLD_SECRET_SIGNS }, ...signing];
  return { secret: next, old_secrets: JSON.stringify(old) };
}
