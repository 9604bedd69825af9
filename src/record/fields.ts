/**
 * Schemas of fields that articles, events and names share, each with its limit. A check aborts if later checks rely on it; otherwise zod would
 * go on to parse a malformed time or address.
 */
import * as z from "zod";
import { LIMITS, QueryError } from "../query/grammar.ts";

const SLUG =
  "1 to 100 of the characters a-z, 0-9, point, hyphen and underscore, of which the first and the last are a-z or 0-9";

/** The id of an article or event. Ids are used in URLs and in names of files. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/, SLUG)
  .describe(`Id: ${SLUG}`);

const bytes = new TextEncoder();

/**
 * Returns text that every format can hold. Removes what XML 1.0 does not allow (section 2.2): control characters, U+FFFE and U+FFFF. Replaces
 * lone surrogates by U+FFFD, and line ends by those that XML parsers return (section 2.11).
 */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be removed
  const allowed = text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/g, "");
  return allowed.replace(/\r\n?|[\x85\u2028\u2029]/g, "\n");
}

/**
 * Matches a visible character. Invisible are white space, control and format characters, marks without a base, noncharacters, what Unicode calls
 * default-ignorable (fillers, tags, variation selectors), and the blanks among symbols and letters.
 */
const VISIBLE =
  /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufffc\u{1d159}\u{13441}\u{13442}]/u;

/** Returns false for a text without any visible character. */
export const hasVisibleText = (text: string): boolean => VISIBLE.test(text);

/** Cleaned text with a visible character and at most `limit` bytes of UTF-8. */
export const text = (limit: number) =>
  z
    .string()
    .overwrite(clean)
    .refine(hasVisibleText, "must not be empty, nor hold invisible characters alone")
    .refine((value) => bytes.encode(value).length <= limit, `at most ${limit} bytes of UTF-8`)
    // JSON Schema counts characters, and cannot say "visible".
    .meta({ minLength: 1, maxLength: limit, pattern: "\\S" });

const TIME_EXPECTED =
  "a time as RFC 3339 writes it was expected, such as 2016-09-22T18:30:00Z; a leap second cannot be kept";

/** A moment: RFC 3339 with any offset, in letters of any case. It is stored in UTC, to the millisecond. */
export const moment = z
  .string({ error: TIME_EXPECTED })
  .overwrite((value) => value.toUpperCase())
  .check(
    z.iso.datetime({
      offset: true,
      error: TIME_EXPECTED,
      abort: true,
    }),
  )
  .overwrite((value) => new Date(value).toISOString())
  .refine((value) => /^\d{4}-/.test(value), {
    error: "a time in the years 0000 to 9999 of UTC was expected",
    abort: true,
  });

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** How far a moment on this wire may be ahead of the server's clock, in ms. Clocks differ. */
const AHEAD = 5 * MINUTE;

/** Returns true if a moment (RFC 3339 in UTC) is too far in the future to be a moment on this wire. */
export const liesAhead = (moment: string): boolean => Date.parse(moment) > Date.now() + AHEAD;

/** When something came onto this wire. Feed readers count in Unix time, so no wire is older. */
export const momentOnWire = moment
  .refine((value) => !liesAhead(value), "at most 5 minutes ahead of the server's clock; this is later")
  .refine((value) => value >= "1970-", "a time in 1970 or later was expected");

/** When something was published: a day or a moment. A publisher in the east may be a day ahead. */
export const publication = z
  .union([moment, z.iso.date({ abort: true })], {
    error: "a time (2016-09-22T18:30:00Z) or a day (2016-09-22) as RFC 3339 writes them was expected",
  })
  .refine((value) => Date.parse(value) <= Date.now() + DAY, "at most 1 day ahead of the server's clock; this is later");

/** A day, month or year, as precise as it is known (ISO 8601, reduced precision). */
export const reducedDate = z
  .string()
  .regex(/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/, {
    error: "a date such as 2016-09-22, 2016-09 or 2016 was expected",
    abort: true,
  })
  .refine((value) => isCalendarDate(value), "there is no such date")
  .meta({ pattern: "^[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?$" });

function isCalendarDate(value: string): boolean {
  const padded = `${value}-01-01`.slice(0, 10);
  const date = new Date(`${padded}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(padded);
}

/** A web address that readers can open. */
export const webAddress = z
  .url({ protocol: /^https?$/, error: "an http or https URL was expected", abort: true })
  .overwrite((value) => new URL(value).href)
  .max(2048, "at most 2048 characters, percent-encoded")
  .refine((value) => !new URL(value).username && !new URL(value).password, "must not contain a user name or password")
  .meta({ pattern: "^https?:" });

/** Whether an article or event sets off alerts, and whether it is in feeds. */
export const mode = z
  .enum(["new", "historic", "silent"], { error: "new, historic or silent was expected" })
  .describe(
    "new: in feeds, sets off alerts; historic: in feeds and search, sets off no alert; silent: search and pages only",
  );
export type Mode = z.infer<typeof mode>;

/** Returns whether a change of mode brings an article or event into the feeds. */
export const surfaces = (before: Mode, after: Mode): boolean => before === "silent" && after !== "silent";

/** A query as a caller writes it. Its length is checked with its grammar, which counts characters. */
const queryOf = (error?: string) =>
  z.string(error).meta({ description: "A query; see /help", minLength: 1, maxLength: LIMITS.characters });

export const queryText = queryOf();

/** A query among the parameters of an address. Without one, the error is the same as for an empty one. */
export const queryParameter = queryOf(
  new QueryError("This query has no word in it", "write aleppo convoy", "", 0).message,
);
