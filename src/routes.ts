/** Every URL of Parley, on one screen. Paths are written as itty-router takes them. */
import {
  changeAlert,
  listDeliveries,
  postAlert,
  redeliverMessage,
  removeAlert,
  replayAlert,
  rotateSecret,
  showAlert,
  testAlert,
} from "./alerts/desk.ts";
import { serveAlertFeed } from "./alerts/feed.tsx";
import { askHub } from "./alerts/hub.ts";
import { previewAlert } from "./alerts/preview.ts";
import type { Handler } from "./context.ts";
import { PROBED, pathOf, STANDING } from "./feeds/address.ts";
import { serveFeed } from "./feeds/desk.ts";
import { FORMATS } from "./feeds/formats.ts";
import { EVENTS } from "./feeds/listing.ts";
import { serveOpml } from "./feeds/opml.ts";
import {
  deleteEvent,
  forCurators,
  getArticle,
  getArticles,
  getEvent,
  getEvents,
  getNames,
  postArticle,
  putArticleById,
  putEventById,
  putNameById,
} from "./intake/desk.ts";
import { confirmAlert, confirmPage } from "./site/alerts/confirm.tsx";
import { ASSETS } from "./site/assets.ts";
import { eventPage } from "./site/events/event-page.tsx";
import { home, postAlertForm } from "./site/timeline/home.tsx";
import { health, openApi, status } from "./status.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export const routes: readonly (readonly [Method, path: string, Handler])[] = [
  // Feeds
  ...STANDING.map(
    ([listing, extension]) => ["GET", pathOf(listing, extension), serveFeed(listing, extension)] as const,
  ),
  ["GET", "/feeds.opml", serveOpml],
  ["POST", "/hub", askHub],
  ...PROBED.map(([path, extension]) => ["GET", path, serveFeed(EVENTS, extension)] as const),
  ["GET", "/alerts/:id.rss", serveAlertFeed(FORMATS.rss)],
  ["GET", "/alerts/:id.json", serveAlertFeed(FORMATS.json)],

  // Alerts
  ["GET", "/api/preview", previewAlert],
  ["POST", "/api/alerts", postAlert],
  ["GET", "/api/alerts/:id", showAlert],
  ["PATCH", "/api/alerts/:id", changeAlert],
  ["DELETE", "/api/alerts/:id", removeAlert],
  ["GET", "/api/alerts/:id/deliveries", listDeliveries],
  ["POST", "/api/alerts/:id/deliveries/:sequence/redeliver", redeliverMessage],
  ["POST", "/api/alerts/:id/replay", replayAlert],
  ["POST", "/api/alerts/:id/test", testAlert],
  ["POST", "/api/alerts/:id/rotate", rotateSecret],

  // The record
  ["GET", "/api/articles", getArticles],
  ["POST", "/api/articles", forCurators(postArticle)],
  ["GET", "/api/articles/:id", getArticle],
  ["PUT", "/api/articles/:id", forCurators(putArticleById)],
  ["GET", "/api/events", getEvents],
  ["GET", "/api/events/:id", getEvent],
  ["PUT", "/api/events/:id", forCurators(putEventById)],
  ["DELETE", "/api/events/:id", forCurators(deleteEvent)],
  ["GET", "/api/names", getNames],
  ["PUT", "/api/names/:id", forCurators(putNameById)],

  // Pages
  ["GET", "/", home],
  ["POST", "/alerts", postAlertForm],
  ["GET", "/alerts/:id/confirm", confirmPage],
  ["POST", "/alerts/:id/confirm", confirmAlert],
  ["GET", "/events/:id", eventPage],
  ...ASSETS,

  // Operation
  ["GET", "/healthz", health],
  ["GET", "/api/status", status],
  ["GET", "/openapi.json", openApi],
];
