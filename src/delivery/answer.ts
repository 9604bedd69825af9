/** What a receiver answered, fit to be kept and shown to whoever holds the alert's token. */

/** About so many UTF-16 code units are kept: enough for an error message. */
const MOST_SHOWN = 200;
/** A given string shorter than this is no secret, and would blot out ordinary words. */
const LEAST_SECRET = 8;
const REMOVED = "[removed]";

/**
 * The beginning of an answer's body without its secrets, on one line; null where there is none. `secrets` are strings that
 * must not be shown: of the alert, of this attempt, and of the channel's address (`secretsOf`). Others are known by their form.
 */
export function answerOf({ body }: { body: string }, secrets: readonly string[]): string | null {
  const shown = cut(removeByForm(removeGiven(plain(body), secrets)));
  return shown === "" ? null : shown;
}

/** The parts of an address that may be tokens, as chat services put them into paths and parameters. */
export function secretsOf(address: string): string[] {
  const { pathname, searchParams } = new URL(address);
  const written = pathname.split("/");
  return [...written, ...written.map(decoded), ...searchParams.values()].filter((part) => part.length >= LEAST_TOKEN);
}

/** Words in paths (`notifications`, `incoming-webhook`) are shorter, tokens longer. */
const LEAST_TOKEN = 18;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * What is invisible is gone, since it could hide a secret from what follows or turn a page round: control and format characters
 * (joiners aside, which letters and emoji need), lone surrogates, noncharacters. White space of any kind is one space.
 */
const plain = (text: string): string =>
  text
    .replace(/(?![\t-\r\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Cn}]/gu, "")
    .replace(/\s+/g, " ")
    .trim();

/** Takes out given strings, and of secrets and signatures the part that counts, as they are and as JSON, HTML and URLs write them. */
function removeGiven(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) => [secret, ...secret.split(/(?:^| )(?:v1a?,|whsec_)/)]);
  const spellings = parts
    .filter((part) => part.length >= LEAST_SECRET)
    .flatMap((part) => [part, encodeURIComponent(part), part.replaceAll("/", "\\/"), part.replaceAll("&", "&amp;")]);
  // The longest first: a part must not leave the rest of the whole behind.
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, REMOVED), text);
}

/** A slash as it is, in JSON, in a URL's parameter. */
const SLASH = String.raw`(?:\\?/|%2F)`;
/** Names of values that nobody should read, also as the end of a longer name: `api_key`, `accessToken`. */
const NAME = "(?:token|key|secret|password|passwd|pwd|signature|authorization|credential)s?";
/** What stands between a name and its value: `=`, `: `, `": "`, and the same in JSON that is inside a string. */
const IS = String.raw`(?:\\{0,3}["'])? ?[=:] ?`;

/** Secrets by their form. The order matters: a value's scheme is part of it (`authorization: Bearer …`). */
const FORMS: readonly (readonly [form: RegExp, replacement: string])[] = [
  [/whsec_[\w+/=%-]*/gi, REMOVED],
  [/\bv1a?(?:,|%2C)[\w+/=%\\-]{16,}/gi, REMOVED],
  // JSON Web Tokens: base64url of `{"…`.
  [/eyJ[\w-]{8,}(?:\.[\w-]*)*/g, REMOVED],
  [/hooks\.slack(?:-gov)?\.com[^\s"'<>]*/gi, REMOVED],
  [new RegExp(String.raw`discord(?:app)?\.com${SLASH}api(?:${SLASH}v\d+)?${SLASH}webhooks[^\s"'<>]*`, "gi"), REMOVED],
  // A value in quotes goes up to the same quotation mark, or to the end.
  [new RegExp(String.raw`(${NAME}${IS})(\\{0,3}["'])(?:(?!\2)(?:\\.|.))*`, "gis"), `$1$2${REMOVED}`],
  [new RegExp(String.raw`(${NAME}${IS})(?:(?:bearer|basic) +)?[^\s"'&<>,;{}[\]\\]+`, "gi"), `$1${REMOVED}`],
  [/\b(bearer|basic) +[\w.~+/=%-]+/gi, `$1 ${REMOVED}`],
];

const removeByForm = (text: string): string =>
  FORMS.reduce((rest, [form, replacement]) => rest.replace(form, replacement), text);

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Cuts between grapheme clusters, unless one is longer than all that may be shown. */
function cut(text: string): string {
  if (text.length <= MOST_SHOWN) return text;
  // What follows may belong to the cluster at the cut, and decides whether it does.
  const { index = 0 } = segmenter.segment(text.slice(0, 2 * MOST_SHOWN)).containing(MOST_SHOWN) ?? {};
  const whole = text.slice(0, index || MOST_SHOWN).toWellFormed();
  return `${whole.trimEnd()}…`;
}
