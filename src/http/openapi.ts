/** OpenAPI 3.1 of every URL, its schemas made from those that check the input. A test holds it against routes.ts. */
import * as z from "zod";
import { alertInput, alertPatch, replayInput } from "../alerts/alert.ts";
import { PROBED, pathOf, STANDING } from "../feeds/feed-address.ts";
import { FORMATS } from "../feeds/feed-formats.ts";
import { articleInput } from "../record/articles/article.ts";
import { eventInput, retraction } from "../record/events/event.ts";
import { nameInput } from "../record/names/name.ts";
import { hubForm } from "../websub/hub/hub.ts";

interface Operation {
  summary: string;
  /** The security scheme that it takes. */
  token?: "curator" | "alert";
  body?: z.ZodType;
  /** Media type of the body; JSON unless said. */
  bodyType?: string;
  parameters?: readonly (keyof typeof PARAMETERS)[];
  /** Media type of the answer; JSON unless said; null where it has no body. */
  type?: string | null;
  /** Status of success; 200 unless said. */
  success?: number;
}

const PARAMETERS = {
  q: { description: "A query, of at most 512 characters", schema: { type: "string", maxLength: 512 } },
  limit: { description: "Items in a page", schema: { type: "integer", minimum: 1, maximum: 200, default: 50 } },
  before: { description: "Opaque cursor from the next link", schema: { type: "integer", minimum: 1 } },
  after: { description: "Only messages with a higher number", schema: { type: "integer", minimum: 0, default: 0 } },
  key: { description: "The key in the alert's feed_url", schema: { type: "string" } },
  code: { description: "The challenge in the confirmation's link", schema: { type: "string" } },
} as const;

const LISTING = ["q", "limit", "before"] as const;
const HTML = "text/html";
const XML = "application/xml";

/** By method and path, as in routes.ts. */
export const operations: Readonly<Record<string, Operation>> = {
  ...Object.fromEntries(
    STANDING.map(([listing, extension]) => [
      `GET ${pathOf(listing, extension)}`,
      {
        summary: `${listing.label}, newest on the wire first, as ${FORMATS[extension].name}`,
        parameters: LISTING,
        type: FORMATS[extension].type,
      },
    ]),
  ),
  ...Object.fromEntries(
    PROBED.map(([path, extension]) => [
      `GET ${path}`,
      {
        summary: `The same as /feed.${extension}, where readers look for it`,
        parameters: LISTING,
        type: FORMATS[extension].type,
      },
    ]),
  ),
  "GET /feeds.opml": {
    summary: "The standing feeds, or those of a query, for a reader's import",
    parameters: ["q"],
    type: "text/x-opml",
  },
  "POST /hub": {
    summary: "Subscribe a callback to a feed, or end that (WebSub); the callback is asked to confirm it",
    body: hubForm,
    bodyType: "application/x-www-form-urlencoded",
    type: null,
    success: 202,
  },
  "GET /alerts/:id.rss": {
    summary: "An alert's matches as RSS 2.0",
    parameters: ["key", "limit"],
    type: FORMATS.rss.type,
  },
  "GET /alerts/:id.json": {
    summary: "An alert's matches as JSON Feed 1.1",
    parameters: ["key", "limit"],
    type: FORMATS.json.type,
  },
  "GET /api/preview": {
    summary: "What a query would do: how it is read, warnings, and what it finds on record",
    parameters: ["q"],
  },
  "POST /api/alerts": { summary: "Register an alert", body: alertInput, success: 201 },
  "GET /api/alerts/:id": { summary: "An alert", token: "alert" },
  "PATCH /api/alerts/:id": {
    summary: "Change an alert: its query, its channel (which has to confirm), paused or active",
    token: "alert",
    body: alertPatch,
  },
  "DELETE /api/alerts/:id": {
    summary: "Remove an alert; nothing is sent after it",
    token: "alert",
    type: null,
    success: 204,
  },
  "GET /api/alerts/:id/deliveries": {
    summary: "An alert's messages by number, with every attempt",
    token: "alert",
    parameters: ["after", "limit"],
  },
  "POST /api/alerts/:id/deliveries/:sequence/redeliver": {
    summary: "Send a message again, under the same id",
    token: "alert",
    success: 202,
  },
  "POST /api/alerts/:id/replay": {
    summary: "Send what matches among past articles, as new messages marked so",
    token: "alert",
    body: replayInput,
    success: 202,
  },
  "POST /api/alerts/:id/test": { summary: "Send a message of type alert.test", token: "alert", success: 202 },
  "POST /api/alerts/:id/rotate": {
    summary: "A new secret; for 24 hours messages bear both signatures",
    token: "alert",
  },
  "GET /api/articles": { summary: "Articles", parameters: LISTING },
  "POST /api/articles": { summary: "Add an article", token: "curator", body: articleInput, success: 201 },
  "GET /api/articles/:id": { summary: "An article; its text with the curators' token only" },
  "PUT /api/articles/:id": {
    summary: "Put or correct an article; a correction sets off alerts only where it makes the article new",
    token: "curator",
    body: articleInput,
  },
  "GET /api/events": { summary: "Events", parameters: LISTING },
  "GET /api/events/:id": { summary: "An event" },
  "PUT /api/events/:id": { summary: "Put or correct an event", token: "curator", body: eventInput },
  "DELETE /api/events/:id": { summary: "Retract an event; a tombstone stays", token: "curator", body: retraction },
  "GET /api/names": { summary: "The names on record, with their spellings" },
  "PUT /api/names/:id": { summary: "Put a name", token: "curator", body: nameInput },
  "GET /": { summary: "Latest events, search, registration", parameters: ["q", "before"], type: HTML },
  "GET /alerts": { summary: "Leads to /alerts/new", type: null, success: 303 },
  "POST /alerts": { summary: "The form that registers an alert", type: HTML },
  "GET /alerts/new": {
    summary: "Registering an alert: what a query would have sent so far, and where to",
    parameters: ["q"],
    type: HTML,
  },
  "GET /alerts/:id": { summary: "An alert's page, which asks for its token", type: HTML },
  "POST /alerts/:id": { summary: "An alert's page, or what is done on it, with its token in the form", type: HTML },
  "GET /alerts/:id/confirm": { summary: "Asks whether to confirm an alert", parameters: ["code"], type: HTML },
  "POST /alerts/:id/confirm": { summary: "Confirms an alert", parameters: ["code"], type: HTML },
  "GET /events/:id": { summary: "An event's page", type: HTML },
  "GET /articles/:id": { summary: "An article's page, without its text", type: HTML },
  "GET /status": { summary: "How the wire is doing, for people", type: HTML },
  "GET /help": {
    summary: "Query language, feeds, webhooks and API, with live examples",
    parameters: ["q"],
    type: HTML,
  },
  "GET /topics": { summary: "All topics, actors and places", type: HTML },
  "GET /topics/:id": { summary: "A topic's page", type: HTML },
  "GET /actors/:id": { summary: "An actor's page", type: HTML },
  "GET /places/:id": { summary: "A place's page", type: HTML },
  "GET /curate": { summary: "The curators' desk", parameters: ["q"], type: HTML },
  "GET /curate/session": { summary: "Asks for the curators' token", type: HTML },
  "POST /curate/session": { summary: "Signs a curator in, by a cookie", type: HTML, success: 303 },
  "POST /curate/sign-out": { summary: "Ends the session in this browser", type: null, success: 303 },
  "GET /curate/articles": { summary: "The form for a new article", type: HTML },
  "POST /curate/articles": { summary: "Previews a new article, or adds it", type: HTML },
  "GET /curate/articles/:id": { summary: "The form that corrects an article", type: HTML },
  "POST /curate/articles/:id": { summary: "Previews a correction of an article, or makes it", type: HTML },
  "GET /curate/events": { summary: "The form for a new event", type: HTML },
  "POST /curate/events": { summary: "Previews a new event, or puts it on record", type: HTML },
  "GET /curate/events/:id": { summary: "The form that corrects an event", type: HTML },
  "POST /curate/events/:id": { summary: "Previews a correction of an event, or makes it", type: HTML },
  "POST /curate/events/:id/retract": { summary: "Retracts an event", type: null, success: 303 },
  "GET /site.css": { summary: "Style sheet", type: "text/css" },
  "GET /icon.svg": { summary: "Icon", type: "image/svg+xml" },
  "GET /favicon.ico": {
    summary: "Icon, 32 pixels wide, for browsers that look for it there",
    type: "image/vnd.microsoft.icon",
  },
  "GET /robots.txt": { summary: "What crawlers may fetch", type: "text/plain" },
  "GET /sitemap.xml": { summary: "All pages, or an index of the sitemap's files if they are many", type: XML },
  "GET /sitemap-:part.xml": { summary: "One of the sitemap's files", type: XML },
  "GET /map.svg": { summary: "Land and borders, for maps", type: "image/svg+xml" },
  "GET /icon.png": { summary: "Icon, 512 pixels wide, for previews of links and for home screens", type: "image/png" },
  "GET /scripts/alert.js": { summary: "Script: an alert's page at one address", type: "text/javascript" },
  "GET /scripts/copy.js": { summary: "Script: buttons that copy", type: "text/javascript" },
  "GET /scripts/typed.js": { summary: "Script: what is registered is what was typed", type: "text/javascript" },
  "GET /scripts/live.js": { summary: "Script: forms that answer as one types", type: "text/javascript" },
  "GET /scripts/unsaved.js": {
    summary: "Script: asks before a form that was not sent is left",
    type: "text/javascript",
  },
  "GET /healthz": { summary: "Is it up" },
  "GET /api/status": { summary: "The log's head, the record's counts, and what waits in each shard" },
  "GET /openapi.json": { summary: "This description" },
};

/** The description as JSON. */
export function describeApi(origin: string, version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [key, operation] of Object.entries(operations)) {
    const [method = "", path = ""] = key.split(" ");
    const template = path.replace(/:(\w+)/g, "{$1}");
    paths[template] = { ...paths[template], [method.toLowerCase()]: describe(template, operation) };
  }
  const bearer = { type: "http", scheme: "bearer" };
  return {
    openapi: "3.1.0",
    info: { title: "Parley", version, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: origin }],
    paths,
    components: {
      securitySchemes: { curator: bearer, alert: bearer },
      responses: {
        Problem: { description: "A problem", content: { "application/problem+json": { schema: PROBLEM } } },
      },
    },
  };
}

/** RFC 9457. */
const PROBLEM = {
  type: "object",
  required: ["title", "status", "detail"],
  properties: {
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

function describe(
  template: string,
  {
    summary,
    token,
    body,
    bodyType = "application/json",
    parameters = [],
    type = "application/json",
    success = 200,
  }: Operation,
): object {
  const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = parameters.map((name) => ({ name, in: "query", ...PARAMETERS[name] }));
  return {
    summary,
    parameters: [...inPath, ...inQuery],
    ...(token && { security: [{ [token]: [] }] }),
    ...(body && {
      requestBody: {
        required: true,
        content: { [bodyType]: { schema: z.toJSONSchema(body, { io: "input" }) } },
      },
    }),
    responses: {
      [success]: { description: "Success", ...(type !== null && { content: { [type]: {} } }) },
      default: { $ref: "#/components/responses/Problem" },
    },
  };
}
