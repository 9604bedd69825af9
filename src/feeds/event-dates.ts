/** Dates of events in words, as precise as they are known. */
import type { Precision } from "../record/events/event.ts";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

interface Dated {
  date: string;
  end_date: string | null;
  precision: Precision;
}

/** Returns "22 September 2016", "September 2016", "3 September 2016 to 4 September 2016" or "On a day from … to …". */
export function dateInWords({ date, end_date, precision }: Dated): string {
  if (end_date === null || end_date === date) return inWords(date);
  const span = `${inWords(date)} to ${inWords(end_date)}`;
  return precision === "within" ? `On a day from ${span}` : span;
}

function inWords(date: string): string {
  const [year, month, day] = date.split("-");
  const words = [day && Number(day), month && MONTHS[Number(month) - 1], year];
  return words.filter((word) => word !== undefined).join(" ");
}
