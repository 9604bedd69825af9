/** Prepares a receiver's answer for display to anyone who holds the alert's token. */

/** Maximum length of a shown answer, in UTF-16 code units. Enough for an error message. */
const MAX_SHOWN = 200;
/** Minimum length of a string that is removed as a secret. Shorter strings would remove ordinary words. */
const MIN_SECRET = 8;
const REMOVED = "[removed]";

/**
 * Returns the beginning of an answer's body on one line without secrets; null if it is empty. `secrets` are the strings
 * to hide: those of the alert, of this attempt, and of the channel's address (`secretsOf`). Other secrets are
 * recognised by their form.
 */
export function answerOf({ body }: { body: string }, secrets: readonly string[]): string | null {
  const shown = cut(removeByForm(removeGiven(withoutInvisible(body), secrets)));
  return shown === "" ? null : shown;
}

/** Returns the parts of an address that may be tokens. Chat services put tokens into paths and parameters. */
export function secretsOf(address: string): string[] {
  const { pathname, searchParams } = new URL(address);
  const written = pathname.split("/");
  return [...written, ...written.map(decoded), ...searchParams.values()].filter((part) => part.length >= MIN_TOKEN);
}

/** Minimum length of a token. Words in paths (`notifications`, `incoming-webhook`) are shorter. */
const MIN_TOKEN = 18;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Removes invisible characters, which could hide a secret or reverse a page: control and format characters, lone
 * surrogates and noncharacters. Joiners stay, since letters and emoji need them. White space becomes one space.
 */
const withoutInvisible = (text: string): string =>
  text
    .replace(/(?![\t-\r\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Cn}]/gu, "")
    .replace(/\s+/g, " ")
    .trim();

/**
 * Removes given strings, and the significant part of secrets and signatures. Covers plain, JSON, HTML and URL spelling.
 */
function removeGiven(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) => [secret, ...secret.split(/(?:^| )(?:v1a?,|whsec_)/)]);
  const spellings = parts
    .filter((part) => part.length >= MIN_SECRET)
    .flatMap((part) => [part, encodeURIComponent(part), part.replaceAll("/", "\\/"), part.replaceAll("&", "&amp;")]);
  // Longest first, so that removing a part does not leave the rest of the whole.
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, REMOVED), text);
}

/** A slash in plain text, in JSON, and in a URL parameter. */
const SLASH = String.raw`(?:\\?/|%2F)`;
/** Names of secret values, also as the end of a longer name: `api_key`, `accessToken`. */
const NAME = "(?:token|key|secret|password|passwd|pwd|signature|authorization|credential)s?";
/** Separators between a name and its value: `=`, `: `, `": "`, and the same in JSON inside a string. */
const IS = String.raw`(?:\\{0,3}["'])? ?[=:] ?`;

/** Secrets by their form. The order matters: a scheme is part of the value (`authorization: Bearer …`). */
const FORMS: readonly (readonly [form: RegExp, replacement: string])[] = [
  [/whsec_[\w+/=%-]*/gi, REMOVED],
  [/\bv1a?(?:,|%2C)[\w+/=%\\-]{16,}/gi, REMOVED],
  // JSON Web Tokens: base64url of `{"…`.
  [/eyJ[\w-]{8,}(?:\.[\w-]*)*/g, REMOVED],
  [/hooks\.slack(?:-gov)?\.com[^\s"'<>]*/gi, REMOVED],
  [new RegExp(String.raw`discord(?:app)?\.com${SLASH}api(?:${SLASH}v\d+)?${SLASH}webhooks[^\s"'<>]*`, "gi"), REMOVED],
  // A quoted value ends at the same quotation mark or at the end.
  [new RegExp(String.raw`(${NAME}${IS})(\\{0,3}["'])(?:(?!\2)(?:\\.|.))*`, "gis"), `$1$2${REMOVED}`],
  [new RegExp(String.raw`(${NAME}${IS})(?:(?:bearer|basic) +)?[^\s"'&<>,;{}[\]\\]+`, "gi"), `$1${REMOVED}`],
  [/\b(bearer|basic) +[\w.~+/=%-]+/gi, `$1 ${REMOVED}`],
];

const removeByForm = (text: string): string =>
  FORMS.reduce((rest, [form, replacement]) => rest.replace(form, replacement), text);

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Cuts between grapheme clusters, unless one cluster exceeds the limit. */
function cut(text: string): string {
  if (text.length <= MAX_SHOWN) return text;
  // The text after the cut decides whether a cluster spans the cut.
  const { index = 0 } = segmenter.segment(text.slice(0, 2 * MAX_SHOWN)).containing(MAX_SHOWN) ?? {};
  const whole = text.slice(0, index || MAX_SHOWN).toWellFormed();
  return `${whole.trimEnd()}…`;
}
