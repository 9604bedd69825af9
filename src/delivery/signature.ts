/** Signs messages as Standard Webhooks 1.0.0 describes (https://www.standardwebhooks.com). */

const PREFIX = "whsec_";
/** Length of a secret in bytes. The specification asks for 24 to 64. */
const SECRET_BYTES = 32;

/** Returns a new secret: `whsec_` and 32 random bytes in base64. */
export function makeSecret(): string {
  return PREFIX + base64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

const base64 = (bytes: Uint8Array<ArrayBuffer>): string => btoa(String.fromCharCode(...bytes));

/**
 * Returns the three headers of a signed message. `id` must not contain a full stop. `seconds` is the time of the
 * attempt as Unix time. A message may have several signatures, separated by spaces (section "Signature scheme").
 */
export async function signatureHeaders(
  secrets: readonly string[],
  id: string,
  seconds: number,
  body: string,
): Promise<Record<string, string>> {
  const content = Uint8Array.from(new TextEncoder().encode(`${id}.${seconds}.${body}`));
  const signatures = await Promise.all(secrets.map((secret) => sign(secret, content)));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signatures.map((signature) => `v1,${signature}`).join(" "),
  };
}

async function sign(secret: string, content: Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.slice(PREFIX.length)), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return base64(new Uint8Array(await crypto.subtle.sign("HMAC", key, content)));
}
