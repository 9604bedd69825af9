/** What pages load beside themselves: style sheet, scripts, pictures. Their addresses change with what they say, so that they may be kept for ever. */
import { createHash } from "node:crypto";
import type { Handler } from "../context.ts";
import { ICON } from "./icon.ts";
import live from "./scripts/live.client.js";
import alerts from "./styles/alerts.css";
import base from "./styles/base.css";
import curate from "./styles/curate.css";
import events from "./styles/events.css";
import help from "./styles/help.css";
import map from "./styles/map.css";
import names from "./styles/names.css";
import timeline from "./styles/timeline.css";

const CSS = "text/css; charset=utf-8";
const JAVASCRIPT = "text/javascript; charset=utf-8";
const SVG = "image/svg+xml";

const FILES = {
  "/site.css": [[base, timeline, map, events, names, alerts, curate, help].join("\n"), CSS],
  "/icon.svg": [ICON, SVG],
  "/scripts/live.js": [live, JAVASCRIPT],
} as const;

export type Asset = keyof typeof FILES;
export type Script = Extract<Asset, `/scripts/${string}`>;

const digests = new Map(
  Object.entries(FILES).map(([path, [body]]) => [path, createHash("sha256").update(body).digest("hex").slice(0, 12)]),
);

/** The address of an asset as it is now. */
export const assetUrl = (path: Asset): string => `${path}?${digests.get(path)}`;

const serveAsset =
  (path: Asset): Handler =>
  (_, { url }) => {
    const [body, type] = FILES[path];
    // At an address without its digest, or with an old one, it may change.
    const kept = url.search === `?${digests.get(path)}` ? "public, max-age=31536000, immutable" : "public, max-age=300";
    return new Response(body, { headers: { "content-type": type, "cache-control": kept } });
  };

/** Each with its handler, for routes.ts. */
export const ASSETS: readonly (readonly ["GET", Asset, Handler])[] = (Object.keys(FILES) as Asset[]).map(
  (path) => ["GET", path, serveAsset(path)] as const,
);
