/** All pages of the site, and how to request them. */
import type { Stage } from "./stage.ts";

export interface PageRow {
  /** Name of the screenshot. */
  name: string;
  /** Method and path, as in routes.ts. */
  route: string;
  /** How to request the page. */
  ask: Ask | ((stage: Stage) => Ask);
  /** Expected status; 200 by default. */
  status?: number;
  /** The page is public: it is small and has a description and a canonical URL. */
  open?: true;
}

export interface Ask {
  /** Path with parameters. */
  path: string;
  /** Fields of the form to send; without them it is a GET. */
  form?: Readonly<Record<string, string>>;
  cookie?: string;
}

const ARTICLE = {
  title: "Harbour talks go on",
  text: "The envoy spoke of Aleppo and of a ceasefire that might hold.",
  publisher: "The Stage Courier",
  published_at: "2016-09-16",
  language: "en",
  mode: "new",
};

const EVENT = {
  date: "2016-09-16",
  title: "Harbour talks go on",
  summary: "The envoy spoke of Aleppo and of a ceasefire that might hold.",
  places: "Aleppo",
  actors: "Russia",
  topics: "ceasefire",
  articles: "staged-meridian",
  mode: "new",
};

const open = true as const;
const alerts = (name: string, form: Record<string, string>, status = 200): PageRow => ({
  name: `alert, ${name}`,
  route: "POST /alerts/:id",
  ask: ({ active: { id, token } }) => ({ path: `/alerts/${id}`, form: { token, ...form } }),
  status,
});
/** A page for signed-in curators. */
const desk = (name: string, route: string, path: string, form?: Record<string, string>, status = 200): PageRow => ({
  name: `desk, ${name}`,
  route,
  ask: ({ cookie }) => ({ path, cookie, ...(form && { form }) }),
  status,
});

export const PAGES: readonly PageRow[] = [
  { name: "timeline", route: "GET /", ask: { path: "/" }, open },
  { name: "timeline, a query", route: "GET /", ask: { path: "/?q=aleppo+ceasefire" }, open },
  { name: "timeline, a month", route: "GET /", ask: { path: "/?q=topic%3Aceasefire&month=2016-09" }, open },
  { name: "timeline, a query that cannot be read", route: "GET /", ask: { path: "/?q=aleppo+%22safe" } },
  { name: "timeline, nothing found", route: "GET /", ask: { path: "/?q=zeppelin" }, open },
  { name: "event", route: "GET /events/:id", ask: { path: "/events/2016-09-22-issg-new-york" }, open },
  {
    name: "event, corrected",
    route: "GET /events/:id",
    ask: ({ corrected }) => ({ path: `/events/${corrected}` }),
    open,
  },
  { name: "event, retracted", route: "GET /events/:id", ask: ({ retracted }) => ({ path: `/events/${retracted}` }) },
  { name: "article", route: "GET /articles/:id", ask: { path: "/articles/issg-in-new-york" }, open },
  { name: "topics", route: "GET /topics", ask: { path: "/topics" }, open },
  { name: "place", route: "GET /places/:id", ask: { path: "/places/aleppo" }, open },
  { name: "actor", route: "GET /actors/:id", ask: { path: "/actors/issg" }, open },
  { name: "topic", route: "GET /topics/:id", ask: { path: "/topics/ceasefire" }, open },
  { name: "status", route: "GET /status", ask: { path: "/status" }, open },
  { name: "help", route: "GET /help", ask: { path: "/help?q=isis+-geneva" }, open },
  { name: "new alert", route: "GET /alerts/new", ask: { path: "/alerts/new" }, open },
  { name: "new alert, a query", route: "GET /alerts/new", ask: { path: "/alerts/new?q=aleppo" }, open },
  { name: "new alert, a query that cannot be read", route: "GET /alerts/new", ask: { path: "/alerts/new?q=(aleppo" } },
  {
    name: "new alert, mistakes",
    route: "POST /alerts",
    ask: { path: "/alerts", form: { query: "aleppo", type: "webhook", url: "ftp://bot.example" } },
    status: 400,
  },
  {
    name: "alert registered, private feed",
    route: "POST /alerts",
    ask: { path: "/alerts", form: { query: "aleppo", type: "feed" } },
  },
  {
    name: "alert registered, webhook",
    route: "POST /alerts",
    ask: ({ receiver }) => ({ path: "/alerts", form: { query: "aleppo", type: "webhook", url: receiver } }),
  },
  {
    name: "alert, before its token",
    route: "GET /alerts/:id",
    ask: ({ active: { id } }) => ({ path: `/alerts/${id}` }),
  },
  alerts("a wrong token", { token: "wrong" }, 404),
  alerts("with its token", {}),
  alerts("another query tried", { action: "preview", q: "geneva OR vienna" }),
  alerts("paused", { action: "pause" }),
  alerts("a new secret", { action: "rotate" }),
  {
    name: "alert, pending",
    route: "POST /alerts/:id",
    ask: ({ pending: { id, token } }) => ({ path: `/alerts/${id}`, form: { token } }),
  },
  {
    name: "confirmation",
    route: "GET /alerts/:id/confirm",
    ask: ({ confirmation }) => ({ path: confirmation }),
  },
  {
    name: "confirmed",
    route: "POST /alerts/:id/confirm",
    ask: ({ confirmation }) => ({ path: confirmation, form: {} }),
  },
  { name: "sign in", route: "GET /curate/session", ask: { path: "/curate/session?to=/curate" } },
  {
    name: "sign in, a wrong token",
    route: "POST /curate/session",
    ask: { path: "/curate/session", form: { token: "wrong" } },
    status: 401,
  },
  desk("first page", "GET /curate", "/curate"),
  desk("new article", "GET /curate/articles", "/curate/articles"),
  desk("new article, preview", "POST /curate/articles", "/curate/articles", { ...ARTICLE, step: "preview" }),
  desk("new article, mistakes", "POST /curate/articles", "/curate/articles", { language: "English" }, 400),
  desk("article", "GET /curate/articles/:id", "/curate/articles/staged-meridian"),
  desk("article, preview", "POST /curate/articles/:id", "/curate/articles/staged-meridian", {
    ...ARTICLE,
    step: "preview",
  }),
  desk("new event", "GET /curate/events", "/curate/events"),
  desk("new event, preview", "POST /curate/events", "/curate/events", {
    ...EVENT,
    id: "2016-09-16-harbour-talks",
    step: "preview",
  }),
  desk("new event, mistakes", "POST /curate/events", "/curate/events", { ...EVENT, places: "Atlantis" }, 400),
  desk("event", "GET /curate/events/:id", "/curate/events/staged-corrected"),
  desk("event, preview", "POST /curate/events/:id", "/curate/events/staged-corrected", {
    ...EVENT,
    revision: "2",
    step: "preview",
  }),
  desk(
    "retract, not sure",
    "POST /curate/events/:id/retract",
    "/curate/events/staged-corrected/retract",
    {
      revision: "2",
      reason: "",
    },
    400,
  ),
  { name: "not found", route: "GET /events/:id", ask: { path: "/events/nothing" }, status: 404 },
  { name: "error", route: "GET /", ask: { path: "/?before=yesterday" }, status: 400 },
];
