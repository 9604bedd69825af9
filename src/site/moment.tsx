/** A moment as pages tell it: in UTC, since readers are everywhere. */

const MOMENT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** "22 November 2026 at 05:35 UTC", of RFC 3339 in UTC. */
export const Moment = ({ at }: { at: string }) => <time dateTime={at}>{MOMENT.format(new Date(at))} UTC</time>;
