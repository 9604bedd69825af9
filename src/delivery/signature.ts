/** Signatures as Standard Webhooks 1.0.0 describes them (https://www.standardwebhooks.com). */

const PREFIX = "whsec_";
/** Within the 24 to 64 bytes that the specification asks for. */
const SECRET_BYTES = 32;

/** A new secret: `whsec_` and 32 random bytes in base64. */
export function makeSecret(): string {
  return PREFIX + base64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

const base64 = (bytes: Uint8Array<ArrayBuffer>): string => btoa(String.fromCharCode(...bytes));

/**
 * The three headers of a signed message. `id` must hold no full stop; `seconds` is the time of the attempt, as Unix time;
 * a message may bear several signatures, separated by spaces (section "Signature scheme").
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
