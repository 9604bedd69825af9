/** The page behind the link in `alert.confirm`. */
import type { AlertView } from "../../alerts/alert.ts";
import { findChallenged } from "../../alerts/desk.ts";
import type { Context, Handler } from "../../context.ts";
import { readRecentHead } from "../../record/log.ts";
import { readNames } from "../../record/names.ts";
import { htmlPage } from "../layout.tsx";
import { Moment } from "../moment.tsx";
import { ReadAs, readTyped } from "../reading.tsx";
import { channelInWords } from "./words.ts";

/** GET /alerts/{id}/confirm: asks; it changes nothing, since mail scanners and previews follow links. */
export const confirmPage: Handler = async (_, context) => {
  const { alert } = await findChallenged(context);
  return showConfirmation(context, alert);
};

/** POST /alerts/{id}/confirm: the button. */
export const confirmAlert: Handler = async (_, context) => {
  const { alert, confirm } = await findChallenged(context);
  return showConfirmation(context, (await confirm()) ?? alert);
};

async function showConfirmation({ settings, env }: Context, alert: AlertView): Promise<Response> {
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  const { query, status, channel } = alert;
  const children = (
    <article>
      <h1>{status === "pending" ? "Confirm this alert" : "This alert is confirmed"}</h1>
      {status === "pending" ? (
        <p>
          On <Moment at={alert.created_at} /> somebody registered an alert with {settings.title}, and gave the address
          at which you got this link: {channelInWords(channel)}. Who that was is not known here.
        </p>
      ) : (
        <p>
          {status === "paused" ? "Its owner has paused it: nothing is sent at present." : "You may close this page."}
        </p>
      )}
      <div class="notice">
        <p>
          Sent is every new article that matches <code dir="auto">{query}</code>: its title, link and publisher, our
          summary of it, and why it matches; and corrections of the events that it belongs to.
        </p>
        <ReadAs typed={readTyped(query, names)} names={names} />
      </div>
      {status === "pending" && (
        <>
          <form method="post">
            <button type="submit">Confirm the alert</button>
          </form>
          <p class="quiet">
            You know nothing of it, or do not want it? Close this page: without the button nothing is sent, and the
            alert expires by itself.
          </p>
        </>
      )}
    </article>
  );
  return htmlPage({ wire: settings.title, title: "Confirm an alert", section: "alerts", children }, { private: true });
}
