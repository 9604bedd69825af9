/**
 * A message as text, for all services that show text: a heading, paragraphs and a foot. Every string of the record and of the query goes
 * through `line`, and every URL through `webLink`. A service only has to write the runs in its own markup.
 */
import type {
  ArticleMatched,
  Digest,
  DigestItem,
  EventCorrected,
  EventRetracted,
  Message,
} from "../messages/message-schema.ts";
import { CHANGES, changeInWords, digestTitle, reasonInWords, remarksInWords, TEST } from "../messages/wording.ts";
import { highlight } from "./highlight.ts";
import { flat, line, webLink } from "./line.ts";

/** A stretch of a paragraph: text without markup, and the address that it links to. */
export interface Run {
  text: string;
  strong: boolean;
  url: string | null;
}

export type Paragraph = readonly Run[];

export interface MessageText {
  heading: Run;
  /** In reading order. If they do not fit, the last ones are left out. */
  paragraphs: readonly Paragraph[];
  /** Returns the line that replaces a number of paragraphs. */
  omission: (count: number) => string;
  /** Never left out. */
  foot: readonly Paragraph[];
}

/**
 * Maximum lengths in UTF-16 code units. With them, a heading, its link and the foot fit every service, even if every character must be
 * escaped.
 */
const HEADING = 240;
const QUERY = 150;
const SUMMARY = 400;
const SNIPPET = 480;
const TERM = 100;
const NAME = 100;

const plain = (text: string): Run => ({ text, strong: false, url: null });
const strong = (text: string): Run => ({ text, strong: true, url: null });
const link = (text: string, url: string | null): Run => ({ text, strong: false, url: webLink(url) });

type Body = Pick<MessageText, "heading" | "paragraphs"> & Partial<MessageText>;

export const messageText = (message: Message): MessageText => ({
  omission: () => "…",
  foot: footOf(message.data),
  ...bodyOf(message),
});

function bodyOf({ type, data }: Message): Body {
  switch (type) {
    case "alert.confirm":
      return confirmation(data.confirm_url, data.alert.query);
    case "alert.test":
      return { heading: strong(TEST.title), paragraphs: [[plain(TEST.text)]] };
    case "alert.digest":
      return digest(data);
    case "article.matched":
      return matched(data);
    default:
      return changed(CHANGES[type], data);
  }
}

const confirmation = (url: string, query: string): Body => ({
  heading: { text: "Confirm an alert from Parley", strong: true, url: webLink(url) },
  paragraphs: [
    [
      plain("Someone asked Parley, a record of events, to send a message here for every new article that matches "),
      ...quoted(query),
      plain("."),
    ],
    [plain("To agree, open this page and press the button: "), link("confirm the alert", url)],
    [plain("If you did not ask for this, do nothing. The request expires, and no further message is sent.")],
  ],
  foot: [],
});

function matched({ article, events, matches, truncated }: ArticleMatched): Body {
  const origin = originOf(article);
  const summary = line(article.summary ?? "", SUMMARY);
  return {
    heading: { ...titled(article.title, article.url), strong: true },
    paragraphs: [
      ...(origin === "" ? [] : [[plain(origin)]]),
      ...(summary === "" ? [] : [[plain(summary)]]),
      ...matches.map(reason),
      ...events.map((event) => [plain(`Event of ${line(event.date, NAME)}: `), titled(event.title, event.url)]),
      ...(truncated ? [[plain("Some matches or events are left out to keep this message short.")]] : []),
    ],
  };
}

/** Returns "aleppo (place:aleppo in any spelling) in the text: … Trucks burned near Aleppo. …". */
function reason({ term, means, field, text, snippet }: ArticleMatched["matches"][number]): Paragraph {
  const because = reasonInWords({ means: line(means, TERM), field });
  const found = foundRuns(text, snippet);
  return [plain(`${line(term, TERM)} ${because}${found.length === 0 ? "" : ": "}`), ...found];
}

function foundRuns(text: string | null, snippet: string | null): Run[] {
  const words = line(text ?? "", SNIPPET);
  if (snippet === null) return words === "" ? [] : [strong(words)];
  const pieces = highlight(line(snippet, SNIPPET), flat(text ?? ""));
  return pieces
    .map((piece, index) => (index % 2 === 1 ? strong(piece) : plain(piece)))
    .filter((run) => run.text !== "");
}

function changed(heading: string, data: EventCorrected | EventRetracted): Body {
  const { event } = data;
  const summary = line(event.summary, SUMMARY);
  return {
    heading: { text: `${heading}: ${titled(event.title, null).text}`, strong: true, url: webLink(event.url) },
    paragraphs: [
      [plain(line(changeInWords(data), SUMMARY))],
      [plain(`You were sent an article about this event of ${line(event.date, NAME)}.`)],
      ...(summary === "" ? [] : [[plain(summary)]]),
    ],
  };
}

const digest = (data: Digest): Body => ({
  heading: strong(digestTitle(data)),
  paragraphs: data.items.map(itemLine),
  omission: (count) => `and ${count} more`,
});

function itemLine(item: DigestItem): Paragraph {
  if (item.type === "article.matched") {
    const origin = originOf(item.article);
    return [plain("• "), titled(item.article.title, item.article.url), plain(origin === "" ? "" : ` · ${origin}`)];
  }
  const { title, url } = item.event;
  return [plain(`• ${CHANGES[item.type]}: `), titled(title, url), plain(` · ${line(changeInWords(item), SUMMARY)}`)];
}

const titled = (title: string, url: string | null): Run => link(line(title, HEADING) || "(no title)", url);

const originOf = ({ publisher, published_at }: ArticleMatched["article"]): string =>
  [line(publisher ?? "", NAME), line(published_at?.slice(0, 10) ?? "", NAME)].filter((part) => part !== "").join(" · ");

const quoted = (query: string): Run[] => [plain("«"), strong(line(query, QUERY) || "?"), plain("»")];

function footOf(data: Message["data"]): Paragraph[] {
  const which = "sequence" in data ? `Message ${data.sequence} of the alert ` : "The alert ";
  return [
    ...remarksInWords(data).map((remark) => [plain(line(remark, SUMMARY))]),
    [plain(which), ...quoted(data.alert.query)],
  ];
}
