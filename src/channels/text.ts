/**
 * What a message says in words, written once for all services that show text: a heading, paragraphs, and a foot. Every string of the
 * record and of the query goes through `line`, every URL through `webLink`; a service has only to write the runs in its own markup.
 */
import type { Message } from "../alerts/alert.ts";
import {
  type Told,
  type ToldChanged,
  type ToldDigest,
  type ToldMatch,
  type ToldMatched,
  type ToldOfAlert,
  told,
  toldOfAlert,
} from "../messages/told.ts";
import { highlight } from "./highlight.ts";
import { flat, line, webLink } from "./line.ts";

/** A stretch of a paragraph: text without markup, and where it leads. */
export interface Run {
  text: string;
  strong: boolean;
  url: string | null;
}

export type Paragraph = readonly Run[];

export interface Telling {
  heading: Run;
  /** In the order of reading. Where they do not fit, they are left out from the end. */
  paragraphs: readonly Paragraph[];
  /** What is said in its place, of so many that were left out. */
  omission: (count: number) => string;
  /** Said in any case. */
  foot: readonly Paragraph[];
}

/** Lengths in UTF-16 code units, so that a heading, its link and the foot fit every service even if every sign must be escaped. */
const HEADING = 240;
const QUERY = 150;
const SUMMARY = 400;
const SNIPPET = 480;
const TERM = 100;
const NAME = 100;

const plain = (text: string): Run => ({ text, strong: false, url: null });
const strong = (text: string): Run => ({ text, strong: true, url: null });
const link = (text: string, url: string | null): Run => ({ text, strong: false, url: webLink(url) });

type Body = Pick<Telling, "heading" | "paragraphs"> & Partial<Telling>;

/** A message in words. A message that is not of the form expected is still announced. */
export function tell({ type, data }: Message): Telling {
  const about = toldOfAlert.safeParse(data).data;
  const read = told.safeParse({ ...data, type }).data;
  const body = read
    ? tellBody(read, about)
    : { heading: strong(`A message of type ${line(type, NAME)}`), paragraphs: [] };
  return { omission: () => "…", foot: about ? footOf(about) : [], ...body };
}

function tellBody(read: Told, about: ToldOfAlert | undefined): Body {
  switch (read.type) {
    case "alert.confirm":
      return tellConfirmation(read.confirm_url, about?.alert.query ?? "");
    case "alert.test":
      return {
        heading: strong("A test message"),
        paragraphs: [[plain("Somebody who manages this alert asked for it. Messages arrive here as they should.")]],
      };
    case "article.matched":
      return tellMatched(read);
    case "alert.digest":
      return tellDigest(read);
    default:
      return tellChanged(read);
  }
}

const tellConfirmation = (url: string, query: string): Body => ({
  heading: { text: "Confirm an alert of Parley", strong: true, url: webLink(url) },
  paragraphs: [
    [
      plain("Somebody asked Parley, a record of events, to send a message here for every new article that matches "),
      ...quoted(query),
      plain("."),
    ],
    [plain("To agree, open this page and press the button: "), link("confirm the alert", url)],
    [plain("If you did not ask for it, do nothing: the request expires, and no further message comes.")],
  ],
  foot: [],
});

function tellMatched({ article, events, matches, truncated }: ToldMatched): Body {
  const origin = originOf(article);
  const summary = line(article.summary ?? "", SUMMARY);
  return {
    heading: { ...titled(article.title, article.url), strong: true },
    paragraphs: [
      ...(origin === "" ? [] : [[plain(origin)]]),
      ...(summary === "" ? [] : [[plain(summary)]]),
      ...matches.map(tellMatch),
      ...events.map((event) => [plain(`Event of ${line(event.date, NAME)}: `), titled(event.title, event.url)]),
      ...(truncated ? [[plain("Some of what matched is left out here.")]] : []),
    ],
  };
}

const WHERE = {
  title: "in the title",
  text: "in the text",
  publisher: "in the publisher’s name",
  event: "named by an event of the article",
  language: "the language of the article",
  absent: "does not occur",
} as const;

function tellMatch({ term, means, field, text, snippet }: ToldMatch): Paragraph {
  const meaning = means.includes(":") && means !== term ? ` (${line(means, TERM)})` : "";
  const found = foundRuns(text, snippet);
  return [plain(`${line(term, TERM)}${meaning}, ${WHERE[field]}${found.length === 0 ? "" : ": "}`), ...found];
}

function foundRuns(text: string | null, snippet: string | null): Run[] {
  const words = line(text ?? "", SNIPPET);
  if (snippet === null) return words === "" ? [] : [strong(words)];
  const pieces = highlight(line(snippet, SNIPPET), flat(text ?? ""));
  return pieces
    .map((piece, index) => (index % 2 === 1 ? strong(piece) : plain(piece)))
    .filter((run) => run.text !== "");
}

function tellChanged(told: ToldChanged): Body {
  const { event } = told;
  const { heading, because } = tellChange(told);
  const summary = line(event.summary, SUMMARY);
  return {
    heading: { text: `${heading}: ${titled(event.title, null).text}`, strong: true, url: webLink(event.url) },
    paragraphs: [
      [plain(because)],
      [plain(`It is about an event of ${line(event.date, NAME)}, of which you were sent an article.`)],
      ...(summary === "" ? [] : [[plain(summary)]]),
    ],
  };
}

function tellChange({ type, changed = [], reason = "" }: Pick<ToldChanged, "type" | "changed" | "reason">) {
  if (type === "event.retracted") {
    return { heading: "Retracted", because: `Reason: ${line(reason, SUMMARY) || "none given"}` };
  }
  const fields = changed.map((field) => (field === "retracted" ? "no longer retracted" : field.replaceAll("_", " ")));
  return { heading: "Corrected", because: `What changed: ${line(fields.join(", "), SUMMARY)}` };
}

function tellDigest({ digest, part, items }: ToldDigest): Body {
  const count = `${items.length} ${items.length === 1 ? "message" : "messages"}`;
  const which = part === undefined ? "" : `, part ${part.number} of ${part.of}`;
  return {
    heading: strong(`${digest === "daily" ? "Daily" : "Hourly"} digest: ${count}${which}`),
    paragraphs: items.map(tellItem),
    omission: (left) => `and ${left} more`,
  };
}

function tellItem(item: ToldDigest["items"][number]): Paragraph {
  if (item.type === "article.matched") {
    const origin = originOf(item.article);
    return [plain("• "), titled(item.article.title, item.article.url), plain(origin === "" ? "" : ` · ${origin}`)];
  }
  const { heading, because } = tellChange(item);
  return [plain(`• ${heading}: `), titled(item.event.title, item.event.url), plain(` · ${because}`)];
}

const titled = (title: string, url: string | null): Run => link(line(title, HEADING) || "(no title)", url);

const originOf = ({ publisher, published_at }: ToldMatched["article"]): string =>
  [line(publisher ?? "", NAME), line(published_at?.slice(0, 10) ?? "", NAME)].filter((part) => part !== "").join(" · ");

const quoted = (query: string): Run[] => [plain("«"), strong(line(query, QUERY) || "?"), plain("»")];

function footOf({ alert, sequence, replay, limit, omitted }: ToldOfAlert): Paragraph[] {
  const remarks = [
    ...(replay ? ["A replay that was asked for: the article is not new."] : []),
    ...(omitted
      ? [`Not sent since ${time(omitted.since)}, because they were too many for a day: ${omitted.count}.`]
      : []),
    ...(limit
      ? [`The last one for today, after ${limit.per_day}: what matches until ${time(limit.until)} is not sent.`]
      : []),
  ];
  const number = sequence === undefined ? "" : `Message ${sequence} of the `;
  return [...remarks.map((remark) => [plain(remark)]), [plain(`${number || "The "}alert `), ...quoted(alert.query)]];
}

/** RFC 3339 in UTC, to the minute. */
const time = (instant: string): string =>
  line(instant, NAME).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC");
