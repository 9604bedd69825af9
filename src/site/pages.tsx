/** The smaller pages: an event, the confirmation of an alert, what went wrong. */
import { findChallenged } from "../alerts/desk.ts";
import type { Handler } from "../context.ts";
import { notFound, type Problem } from "../problem.ts";
import { readEvent } from "../record/events.ts";
import { readRecentHead } from "../record/log.ts";
import { readNames } from "../record/names.ts";
import { EventView } from "./event-view.tsx";
import { ICON } from "./icon.ts";
import { htmlPage } from "./layout.tsx";
import css from "./site.css";

/** GET /events/{id} */
export const eventPage: Handler = async (_, { env, params, settings }) => {
  const event = await readEvent(env.DB, params["id"] ?? "");
  if (event === undefined) throw notFound("There is no such event");
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  return htmlPage({ wire: settings.title, title: event.title, children: <EventView event={event} names={names} /> });
};

/** GET /alerts/{id}/confirm: asks; it changes nothing, since mail scanners and previews follow links. */
export const confirmPage: Handler = async (_, context) => {
  const { alert } = await findChallenged(context);
  return showConfirmation(context.settings.title, alert.query, alert.status);
};

/** POST /alerts/{id}/confirm: the button. */
export const confirmAlert: Handler = async (_, context) => {
  const { alert, confirm } = await findChallenged(context);
  const confirmed = await confirm();
  return showConfirmation(context.settings.title, alert.query, confirmed?.status ?? alert.status);
};

function showConfirmation(wire: string, query: string, status: string): Response {
  const children = (
    <article>
      <h1>{status === "pending" ? "Confirm this alert" : "This alert is confirmed"}</h1>
      <p>
        Articles that match <code>{query}</code> are sent to the address at which you got this link.
      </p>
      {status === "pending" && (
        <form method="post">
          <button type="submit">Confirm the alert</button>
        </form>
      )}
    </article>
  );
  return htmlPage({ wire, title: "Confirm an alert", children });
}

/** A problem as a page, for those who came with a browser. */
export function problemPage(wire: string, { status, title, message, headers }: Problem): Response {
  const children = (
    <article>
      <h1>{title}</h1>
      <p>{message}</p>
      <p>
        <a href="/">To the record</a>
      </p>
    </article>
  );
  return htmlPage({ wire, title, children }, { status, headers });
}

/** What seldom changes. */
const asset = (body: string, type: string): Response =>
  new Response(body, { headers: { "content-type": type, "cache-control": "public, max-age=3600" } });

/** GET /site.css */
export const styleSheet: Handler = () => asset(css, "text/css; charset=utf-8");

/** GET /icon.svg */
export const icon: Handler = () => asset(ICON, "image/svg+xml");
