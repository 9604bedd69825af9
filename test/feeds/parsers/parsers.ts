/** All parsers that read the same feeds. */
import { feedparser } from "./feedparser.ts";
import { feedsmith } from "./feedsmith.ts";
import { icalJs } from "./ical-js.ts";
import { newsboat } from "./newsboat.ts";
import { nodeIcalParser } from "./node-ical.ts";
import type { Parser } from "./parser.ts";
import { rssParser } from "./rss-parser.ts";
import { universal } from "./universal.ts";

export const PARSERS: readonly Parser[] = [
  feedsmith,
  feedparser,
  rssParser,
  universal,
  newsboat,
  icalJs,
  nodeIcalParser,
];
