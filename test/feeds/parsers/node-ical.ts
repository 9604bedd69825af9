import nodeIcal, { type ParameterValue } from "node-ical";
import { eventDays, inDays } from "./calendars.ts";
import { ALL, fetchText, type Item, type Parser, seconds } from "./parser.ts";

export const nodeIcalParser: Parser = {
  name: "node-ical",
  extensions: ["ics"],
  available: true,
  tells: ALL.filter((field) => field !== "creator"),
  read: async (address) => {
    const parsed = await nodeIcal.async.parseICS(await fetchText(address));
    return Object.values(parsed)
      .filter((component) => component?.type === "VEVENT")
      .map((event) => ({
        id: event.uid,
        title: plain(event.summary),
        url: plain(event.url),
        published: seconds(event.created),
        updated: seconds(event.lastmodified),
        content: plain((event as { "ALT-DESC"?: ParameterValue })["ALT-DESC"]),
        categories: event.categories ?? [],
        happened: eventDays(localDay(event.start), localDay(event.end)),
      }));
  },
  changes: (item) => withMistakenNewlines(inDays(item)),
};

/** It undoes escapes one kind after the other, and so reads a backslash and an n, which are written as `\\\\n`, as a backslash and a newline. */
function withMistakenNewlines(item: Item): Item {
  const read = (text: string) => text.replaceAll("\\n", "\\\n");
  return {
    ...item,
    title: read(item.title),
    content: read(item.content),
    categories: item.categories.map(read),
  };
}

/** The value of a property, which the package gives with its parameters where it has some. */
const plain = (value: ParameterValue | undefined): string | undefined =>
  typeof value === "object" ? value.val : value;

/** The package makes of a day the midnight at which it begins here. */
function localDay(date: Date | undefined): string {
  if (date === undefined) return "";
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}
