/** Makes data for all pages: a corrected and a retracted event, alerts in each state, and a signed-in curator. */
import { api, type Hook, startHook, TOKEN, until } from "../cli/programs.ts";

export interface StagedAlert {
  id: string;
  token: string;
}

export interface Stage {
  /** The site's origin. */
  url: string;
  /** The address of a receiver that answers challenges. */
  receiver: string;
  /** Ids of events. */
  corrected: string;
  retracted: string;
  /** An alert that nobody confirms. */
  pending: StagedAlert;
  /** An alert with messages. */
  active: StagedAlert;
  /** The path and parameters of the link in `alert.confirm`. */
  confirmation: string;
  /** The cookie of a curator who is signed in. */
  cookie: string;
  close: () => void;
}

export async function setStage(url: string, hook: Hook): Promise<Stage> {
  const silent = await startHook();
  silent.hold = true;
  const active = await register(url, "meridian", hook.url);
  const pending = await register(url, "aleppo ceasefire", silent.url);
  await until(
    async () => (await api(url, "GET", `/api/alerts/${active.id}`, undefined, active.token))["status"] === "active",
  );
  await api(url, "POST", "/api/articles", {
    id: "staged-meridian",
    title: "A line on the map, and the talks that follow it",
    text: "The meridian divides the harbour, an envoy said in Geneva, and nobody knows for how long the truce will hold.",
    publisher: "The Stage Courier",
    url: "https://courier.example/meridian",
    published_at: "2016-09-14T10:00:00Z",
    language: "en",
  });
  await putEvents(url);
  await until(async () => {
    const { deliveries } = await api(url, "GET", `/api/alerts/${active.id}/deliveries`, undefined, active.token);
    return Array.isArray(deliveries) && deliveries[0]?.status === "delivered";
  });
  await until(() => silent.bodies.length > 0);
  const { pathname, search } = new URL(String(silent.bodies[0]?.data["confirm_url"]));
  return {
    url,
    receiver: hook.url,
    corrected: "staged-corrected",
    retracted: "staged-retracted",
    pending,
    active,
    confirmation: pathname + search,
    cookie: await signIn(url),
    close: silent.close,
  };
}

async function register(url: string, query: string, receiver: string): Promise<StagedAlert> {
  const alert = await api(url, "POST", "/api/alerts", { query, channel: { type: "webhook", url: receiver } });
  return { id: String(alert["id"]), token: String(alert["token"]) };
}

async function putEvents(url: string): Promise<void> {
  const event = {
    date: "2016-09-14",
    title: "A line is drawn through the harbour",
    summary: "Envoys met in Geneva and drew a line through the harbour. Each side keeps what it holds.",
    places: ["geneva"],
    actors: ["russia", "united-states"],
    topics: ["ceasefire"],
    articles: ["staged-meridian"],
    claims: [{ by: "russia", says: "The line was agreed by all." }],
  };
  await api(url, "PUT", "/api/events/staged-corrected", event);
  await api(url, "PUT", "/api/events/staged-corrected", {
    ...event,
    date: "2016-09-15",
    summary:
      "Envoys met in Geneva and drew a line through the eastern harbour. Each side keeps what it holds for a week.",
    topics: ["ceasefire", "peace-talks"],
    claims: [{ by: "russia", says: "The line was agreed by both." }],
  });
  await api(url, "PUT", "/api/events/staged-retracted", {
    ...event,
    title: "A second line is drawn through the harbour",
  });
  await api(url, "DELETE", "/api/events/staged-retracted", { reason: "The report was of the same meeting." });
}

/** Returns the cookie of a curators' session; empty if the site gave none. */
async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/curate/session`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: url, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: TOKEN }),
  });
  return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}
