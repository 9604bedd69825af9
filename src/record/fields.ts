/**
 * Kinds of values that several schemas share, each with its limit. Checks that what follows them relies on abort: zod would go
 * on to read a malformed time or address otherwise.
 */
import * as z from "zod";

const SLUG =
  "1 to 100 of the characters a-z, 0-9, point, hyphen and underscore, of which the first and the last are a-z or 0-9";

/** An id of an article or event: it stands in URLs and in files' names. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/, SLUG)
  .describe(`Id: ${SLUG}`);

const bytes = new TextEncoder();

/**
 * Text that every format can carry: without what XML 1.0 does not allow (section 2.2), which are control characters, lone
 * surrogates (U+FFFD stands for them), U+FFFE and U+FFFF; with line ends as XML parsers read them (section 2.11).
 */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be removed
  const allowed = text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/g, "");
  return allowed.replace(/\r\n?|[\x85\u2028\u2029]/g, "\n");
}

/**
 * A character that can be seen. Not visible: white space, controls, format characters such as zero-width ones, marks without a base, what
 * Unicode calls default-ignorable (fillers, tags, variation selectors) or never a character, and the blanks among the symbols and letters.
 */
const VISIBLE =
  /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufffc\u{1d159}\u{13441}\u{13442}]/u;

/** Returns false for a text of which a reader would see nothing. */
export const hasVisibleText = (text: string): boolean => VISIBLE.test(text);

/** Text of some length, cleaned, counted in bytes of UTF-8, of which something can be seen. */
export const text = (limit: number) =>
  z
    .string()
    .overwrite(clean)
    .refine(hasVisibleText, "must not be empty, nor hold invisible characters alone")
    .refine((value) => bytes.encode(value).length <= limit, `at most ${limit} bytes of UTF-8`);

const TIME_EXPECTED =
  "a time as RFC 3339 writes it was expected, such as 2016-09-22T18:30:00Z; a leap second cannot be kept";

/** A moment: RFC 3339 with any offset and letters of any case; kept in UTC, to the millisecond. */
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

/** How far ahead of the server's clock a moment on this wire may lie, in ms: clocks differ. */
const AHEAD = 5 * MINUTE;

/** Returns true for a moment, RFC 3339 in UTC, that is too far ahead for anything to have come onto this wire then. */
export const liesAhead = (moment: string): boolean => Date.parse(moment) > Date.now() + AHEAD;

/** When something came onto this wire: no wire is older than Unix time, which feed readers count in. */
export const momentOnWire = moment
  .refine((value) => !liesAhead(value), "at most 5 minutes ahead of the server's clock; this is later")
  .refine((value) => value >= "1970-", "a time in 1970 or later was expected");

/** A day or a moment: what is known of a publication. A publisher east of here may be a day ahead. */
export const publication = z
  .union([moment, z.iso.date({ abort: true })], {
    error: "a time (2016-09-22T18:30:00Z) or a day (2016-09-22) as RFC 3339 writes them was expected",
  })
  .refine((value) => Date.parse(value) <= Date.now() + DAY, "at most 1 day ahead of the server's clock; this is later");

/** A day, month or year of the calendar: as precise as is known (ISO 8601, reduced precision). */
export const reducedDate = z
  .string()
  .regex(/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/, {
    error: "a date such as 2016-09-22, 2016-09 or 2016 was expected",
    abort: true,
  })
  .refine((value) => isCalendarDate(value), "there is no such date");

function isCalendarDate(value: string): boolean {
  const padded = `${value}-01-01`.slice(0, 10);
  const date = new Date(`${padded}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(padded);
}

/** An address that a reader may open. */
export const webAddress = z
  .url({ protocol: /^https?$/, error: "an http or https URL was expected", abort: true })
  .overwrite((value) => new URL(value).href)
  .max(2048, "at most 2048 characters, percent-encoded")
  .refine((value) => !new URL(value).username && !new URL(value).password, "must not contain a user name or password");

/** Whether an entry sets off alerts and stands in feeds. */
export const mode = z
  .enum(["new", "historic", "silent"], { error: "new, historic or silent was expected" })
  .describe(
    "new: in feeds, sets off alerts; historic: in feeds and search, sets off no alert; silent: search and pages only",
  );
export type Mode = z.infer<typeof mode>;

/** Whether something that stood in no feed stands in them from now on. */
export const surfaces = (before: Mode, after: Mode): boolean => before === "silent" && after !== "silent";
