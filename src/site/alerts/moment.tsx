/** A moment, to the second, in UTC. */

const FORMAT = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** `at` is RFC 3339. */
export const Moment = ({ at }: { at: string }) => <time dateTime={at}>{FORMAT.format(new Date(at))} UTC</time>;
