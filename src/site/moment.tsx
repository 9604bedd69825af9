/** A time as pages show it, in UTC. */

const FORM = {
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
} as const;
const TO_THE_MINUTE = new Intl.DateTimeFormat("en-GB", FORM);
const TO_THE_SECOND = new Intl.DateTimeFormat("en-GB", { ...FORM, second: "2-digit" });

/** Returns "22 November 2026 at 05:35 UTC" for an RFC 3339 time, with the seconds if asked. */
export const Moment = ({ at, seconds = false }: { at: string; seconds?: boolean }) => (
  <time dateTime={at}>{(seconds ? TO_THE_SECOND : TO_THE_MINUTE).format(new Date(at))} UTC</time>
);
