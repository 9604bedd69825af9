/**
 * Every URL of Parley. Paths are written as itty-router reads them. An operation says beside its handler what OpenAPI
 * describes; a page is a plain handler, and OpenAPI leaves it out.
 */

import { serveAlertFeed } from "./alerts/alert-feed.tsx";
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
} from "./alerts/alerts-api.ts";
import { previewAlert } from "./alerts/preview-api.ts";
import {
  deleteEvent,
  getArticle,
  getArticles,
  getEvent,
  getEvents,
  getNames,
  postArticle,
  putArticleById,
  putEventById,
  putNameById,
} from "./curation/record-api.ts";
import { PROBED, pathOf, STANDING } from "./feeds/feed-address.ts";
import { FORMATS } from "./feeds/feed-formats.ts";
import { serveFeed } from "./feeds/feed-handler.ts";
import { EVENTS } from "./feeds/listing.ts";
import { serveOpml } from "./feeds/opml.ts";
import type { Route } from "./http/operation.ts";
import { describeRoutes } from "./operation/api-description.ts";
import { health, status } from "./operation/status.ts";
import { alertPage, postAlertPage } from "./site/alerts/alert-page.tsx";
import { confirmAlert, confirmPage } from "./site/alerts/confirm.tsx";
import { newAlertPage, postAlertForm, toNewAlert } from "./site/alerts/new-page.tsx";
import { showArticle } from "./site/articles/article-page.tsx";
import { ASSETS } from "./site/assets.ts";
import { articlePage, postArticleForm } from "./site/curate/article-edit.tsx";
import { newArticlePage, postNewArticle } from "./site/curate/article-new.tsx";
import { deskPage } from "./site/curate/desk-page.tsx";
import {
  eventDeskPage,
  newEventPage,
  postEventForm,
  postNewEvent,
  postRetraction,
} from "./site/curate/event-pages.tsx";
import { forSignedIn, signIn, signInPage, signOut } from "./site/curate/sign-in.tsx";
import { eventPage } from "./site/events/event-page.tsx";
import { helpPage } from "./site/help/help-page.tsx";
import { namePage } from "./site/names/name-page.tsx";
import { topicsPage } from "./site/names/topics-page.tsx";
import { robots, sitemap, sitemapPart } from "./site/sitemap.ts";
import { statusPage } from "./site/status/status-page.tsx";
import { timelinePage } from "./site/timeline/timeline-page.tsx";
import { askHub } from "./websub/hub/hub.ts";

export const routes: readonly Route[] = [
  // Feeds
  ...STANDING.map(
    ([listing, extension]) => ["GET", pathOf(listing, extension), serveFeed(listing, extension)] as const,
  ),
  ["GET", "/feeds.opml", serveOpml],
  ["POST", "/hub", askHub],
  ...PROBED.map(([path, extension]) => ["GET", path, serveFeed(EVENTS, extension, path)] as const),
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
  ["POST", "/api/articles", postArticle],
  ["GET", "/api/articles/:id", getArticle],
  ["PUT", "/api/articles/:id", putArticleById],
  ["GET", "/api/events", getEvents],
  ["GET", "/api/events/:id", getEvent],
  ["PUT", "/api/events/:id", putEventById],
  ["DELETE", "/api/events/:id", deleteEvent],
  ["GET", "/api/names", getNames],
  ["PUT", "/api/names/:id", putNameById],

  // Pages
  ["GET", "/", timelinePage],
  ["GET", "/alerts", toNewAlert],
  ["POST", "/alerts", postAlertForm],
  ["GET", "/alerts/new", newAlertPage],
  ["GET", "/alerts/:id", alertPage],
  ["POST", "/alerts/:id", postAlertPage],
  ["GET", "/alerts/:id/confirm", confirmPage],
  ["POST", "/alerts/:id/confirm", confirmAlert],
  ["GET", "/events/:id", eventPage],
  ["GET", "/articles/:id", showArticle],
  ["GET", "/status", statusPage],
  ["GET", "/help", helpPage],
  ["GET", "/topics", topicsPage],
  ["GET", "/topics/:id", namePage("topic")],
  ["GET", "/actors/:id", namePage("actor")],
  ["GET", "/places/:id", namePage("place")],
  ["GET", "/curate", forSignedIn(deskPage)],
  ["GET", "/curate/session", signInPage],
  ["POST", "/curate/session", signIn],
  ["POST", "/curate/sign-out", signOut],
  ["GET", "/curate/articles", forSignedIn(newArticlePage)],
  ["POST", "/curate/articles", forSignedIn(postNewArticle)],
  ["GET", "/curate/articles/:id", forSignedIn(articlePage)],
  ["POST", "/curate/articles/:id", forSignedIn(postArticleForm)],
  ["GET", "/curate/events", forSignedIn(newEventPage)],
  ["POST", "/curate/events", forSignedIn(postNewEvent)],
  ["GET", "/curate/events/:id", forSignedIn(eventDeskPage)],
  ["POST", "/curate/events/:id", forSignedIn(postEventForm)],
  ["POST", "/curate/events/:id/retract", forSignedIn(postRetraction)],
  ...ASSETS,
  ["GET", "/robots.txt", robots],
  ["GET", "/sitemap.xml", sitemap],
  ["GET", "/sitemap-:part.xml", sitemapPart],

  // Operation
  ["GET", "/healthz", health],
  ["GET", "/api/status", status],
  ["GET", "/openapi.json", describeRoutes(() => routes)],
];
