import ICAL from "ical.js";
import { eventDays, inDays, unescaped } from "./calendars.ts";
import { ALL, fetchText, type Parser, seconds, type Told } from "./parser.ts";

export const icalJs: Parser = {
  name: "ical.js",
  extensions: ["ics"],
  available: true,
  tells: ALL.filter((field) => field !== "creator"),
  read: async (address) => (await events(address)).map(told),
  changes: inDays,
};

const events = async (address: string): Promise<ICAL.Component[]> =>
  new ICAL.Component(ICAL.parse(await fetchText(address))).getAllSubcomponents("vevent");

/** The descriptions in plain text, by id. */
export async function readPlain(address: string): Promise<Map<string, string>> {
  const text = (event: ICAL.Component, name: string) => String(event.getFirstPropertyValue(name));
  return new Map((await events(address)).map((event) => [text(event, "uid"), text(event, "description")]));
}

function told(event: ICAL.Component): Told {
  const text = (name: string) => event.getFirstPropertyValue(name)?.toString();
  return {
    id: text("uid"),
    title: text("summary"),
    url: text("url"),
    published: seconds(text("created")),
    updated: seconds(text("last-modified")),
    // A name that begins with X- is unknown to it: such a value stays as it was written (RFC 7265, section 5).
    content: unescaped(text("x-alt-desc") ?? ""),
    categories: event.getAllProperties("categories").flatMap((property) => property.getValues().map(String)),
    happened: eventDays(text("dtstart") ?? "", text("dtend") ?? ""),
  };
}
