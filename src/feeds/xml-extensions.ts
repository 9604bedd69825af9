/** Elements from other XML vocabularies that RSS and Atom share: when and where an event happened. */
import type { XmlObject } from "xml";
import { clean } from "../record/fields.ts";
import type { FeedItem } from "./feed.ts";

/** GeoRSS Simple (OGC 17-002r1), the RSS 1.0 module "event", feed history (RFC 5005). */
export const NAMESPACES = {
  georss: "http://www.georss.org/georss",
  ev: "http://purl.org/rss/1.0/modules/event/",
  fh: "http://purl.org/syndication/history/1.0",
};

/** Returns the elements of an event; none for other items. */
export function extensions({ happened }: FeedItem): XmlObject[] {
  if (happened === undefined) return [];
  const { date, end_date, places } = happened;
  return [
    { "ev:startdate": date },
    ...(end_date === null ? [] : [{ "ev:enddate": end_date }]),
    ...(places.length === 0 ? [] : [{ "ev:location": clean(places.map(({ name }) => name).join("; ")) }]),
    // "Latitude longitude" (OGC 17-002r1, section 8.2).
    ...places.flatMap(({ latitude, longitude }) =>
      latitude === null || longitude === null ? [] : [{ "georss:point": `${latitude} ${longitude}` }],
    ),
  ];
}
