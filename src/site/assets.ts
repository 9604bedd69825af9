/**
 * Style sheet, scripts and pictures of the pages. Each address carries a digest of the file, so browsers may cache
 * the file forever.
 */
import { createHash } from "node:crypto";
import type { Handler } from "../http/context.ts";
import favicon from "./favicon.ico";
import iconPng from "./icon.png";
import icon from "./icon.svg";
import borders from "./map/borders.svg";
import alert from "./scripts/alert.client.js";
import copy from "./scripts/copy.client.js";
import live from "./scripts/live.client.js";
import typed from "./scripts/typed.client.js";
import unsaved from "./scripts/unsaved.client.js";
import alerts from "./styles/alerts.css";
import base from "./styles/base.css";
import curate from "./styles/curate.css";
import events from "./styles/events.css";
import forms from "./styles/forms.css";
import help from "./styles/help.css";
import map from "./styles/map.css";
import names from "./styles/name-pages.css";
import overview from "./styles/overview.css";
import print from "./styles/print.css";
import status from "./styles/status.css";
import timeline from "./styles/timeline.css";

const CSS = "text/css; charset=utf-8";
const JAVASCRIPT = "text/javascript; charset=utf-8";
const SVG = "image/svg+xml";

const FILES = {
  "/site.css": [
    [base, forms, timeline, overview, map, events, names, alerts, curate, help, status, print].join("\n"),
    CSS,
  ],
  "/icon.svg": [icon, SVG],
  "/icon.png": [iconPng, "image/png"],
  "/favicon.ico": [favicon, "image/vnd.microsoft.icon"],
  "/map.svg": [borders, SVG],
  "/scripts/alert.js": [alert, JAVASCRIPT],
  "/scripts/copy.js": [copy, JAVASCRIPT],
  "/scripts/live.js": [live, JAVASCRIPT],
  "/scripts/typed.js": [typed, JAVASCRIPT],
  "/scripts/unsaved.js": [unsaved, JAVASCRIPT],
} as const;

export type Asset = keyof typeof FILES;
export type Script = Extract<Asset, `/scripts/${string}`>;

const digests = new Map(
  Object.entries(FILES).map(([path, [body]]) => [
    path,
    createHash("sha256")
      .update(typeof body === "string" ? body : new Uint8Array(body))
      .digest("hex")
      .slice(0, 12),
  ]),
);

/** Returns the address of an asset, with the digest of its present content. */
export const assetUrl = (path: Asset): string => `${path}?${digests.get(path)}`;

const serveAsset =
  (path: Asset): Handler =>
  (_, { url }) => {
    const [body, type] = FILES[path];
    // An address without the digest, or with an old one, may return other content later.
    const kept = url.search === `?${digests.get(path)}` ? "public, max-age=31536000, immutable" : "public, max-age=300";
    return new Response(body, { headers: { "content-type": type, "cache-control": kept } });
  };

/** The routes of all assets, for routes.ts. */
export const ASSETS: readonly (readonly ["GET", Asset, Handler])[] = (Object.keys(FILES) as Asset[]).map(
  (path) => ["GET", path, serveAsset(path)] as const,
);
