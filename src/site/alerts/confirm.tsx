/** The page behind the link in `alert.confirm`. */
import type { AlertView } from "../../alerts/alert-answers.ts";
import { findChallenged } from "../../alerts/alerts-api.ts";
import type { Context, Handler } from "../../http/context.ts";
import { readRecentHead } from "../../record/log.ts";
import { type Names, readNames } from "../../record/names/read-names.ts";
import { htmlPage } from "../layout.tsx";
import { Moment } from "../moment.tsx";
import { capitalised } from "../text-format.ts";
import { ReadAs, readTyped } from "../typed-query.tsx";
import { channelInWords } from "./alert-wording.ts";

/**
 * GET /alerts/{id}/confirm: shows the button. It changes nothing, because mail scanners and link previews open links.
 */
export const confirmPage: Handler = async (_, context) => {
  const { alert } = await findChallenged(context);
  return showConfirmation(context, alert);
};

/** POST /alerts/{id}/confirm: confirms the alert. */
export const confirmAlert: Handler = async (_, context) => {
  const { alert, confirm } = await findChallenged(context);
  return showConfirmation(context, (await confirm()) ?? alert);
};

/** The status is 410 if the link has expired: the alert is paused and its channel was never confirmed. */
async function showConfirmation({ settings, env }: Context, alert: AlertView): Promise<Response> {
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  const expired = alert.status === "paused" && alert.confirmed_at === null;
  const children = (
    <article>
      {expired ? (
        <Expired alert={alert} />
      ) : alert.status === "pending" ? (
        <Pending alert={alert} wire={settings.title} names={names} />
      ) : (
        <Confirmed alert={alert} names={names} />
      )}
    </article>
  );
  const page = { wire: settings.title, title: "Confirm an alert", section: "alerts", children } as const;
  return htmlPage(page, { private: true, status: expired ? 410 : 200 });
}

const Expired = ({ alert }: { alert: AlertView }) => (
  <>
    <h1>This confirmation link has expired</h1>
    <p>
      {capitalised(channelInWords(alert.channel))} was not confirmed within 24 hours, so the alert is paused and nothing
      is sent there.
    </p>
    <p>If the alert is yours, resume it on its page. We then send a new link.</p>
  </>
);

const Confirmed = ({ alert, names }: { alert: AlertView; names: Names }) => (
  <>
    <h1>This alert is confirmed</h1>
    <p>{alert.status === "paused" ? `The alert is paused: ${alert.paused_because}.` : "You can close this page."}</p>
    <Contents alert={alert} names={names} />
  </>
);

const Pending = ({ alert, wire, names }: { alert: AlertView; wire: string; names: Names }) => (
  <>
    <h1>Confirm this alert</h1>
    <p>
      On <Moment at={alert.created_at} /> somebody created an alert at {wire} and gave the address that received this
      link: {channelInWords(alert.channel)}. We do not know who that was.
    </p>
    <Contents alert={alert} names={names} />
    <form method="post">
      <button type="submit">Confirm the alert</button>
    </form>
    <p class="quiet">
      Did you not ask for this? Close this page. Nothing is sent unless you press the button, and the alert expires by
      itself.
    </p>
  </>
);

/** What the alert sends. */
const Contents = ({ alert: { query }, names }: { alert: AlertView; names: Names }) => (
  <div class="notice">
    <p>
      The alert sends every new article that matches <code dir="auto">{query}</code>: its title, link and publisher, our
      summary, and why it matches. It also sends corrections of the events that the article reports.
    </p>
    <ReadAs typed={readTyped(query, names)} names={names} />
  </div>
);
