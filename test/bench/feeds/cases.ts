/** What readers ask of a feed, case by case. */
import { get, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

export type Format = "rss" | "json";
export const FORMATS: readonly Format[] = ["rss", "json"];

export interface Case {
  name: string;
  format: Format;
  /** Asked for in turn, or once each. */
  paths: readonly string[] | "distinct";
  headers: Readonly<Record<string, string>>;
  status: number;
}

const FILTER = "q=aleppo+ceasefire";

/** The cases of a format; `etag` is that of its feed. */
export const casesOf = (format: Format, etag: string): Case[] => {
  const feed = { format, paths: [`/feed.${format}`], headers: {}, status: 200 };
  return [
    { ...feed, name: "warm feed" },
    { ...feed, name: "warm feed, gzip accepted", headers: { "accept-encoding": "gzip" } },
    { ...feed, name: "304", headers: { "if-none-match": etag }, status: 304 },
    { ...feed, name: "filter that repeats", paths: [`/feed.${format}?${FILTER}`] },
    { ...feed, name: "filters all different", paths: "distinct" },
  ];
};

export const filterPath = (format: Format, query: string): string =>
  `/feed.${format}?${new URLSearchParams({ q: query })}`;

/** An answer as it was sent. */
export interface Answer {
  status: number;
  etag: string;
  compressed: boolean;
  body: Buffer;
}

/** Asks as a reader does, by a client that undoes no compression. */
export function ask(origin: string, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const take = async (response: IncomingMessage): Promise<Answer> => ({
      status: response.statusCode ?? 0,
      etag: response.headers.etag ?? "",
      compressed: response.headers["content-encoding"] === "gzip",
      body: await buffer(response),
    });
    get(origin + path, { headers, agent: false }, (response) => take(response).then(resolve, reject)).on(
      "error",
      reject,
    );
  });
}
