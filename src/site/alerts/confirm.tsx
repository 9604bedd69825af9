/** The page behind the link in `alert.confirm`. */
import { findChallenged } from "../../alerts/desk.ts";
import type { Handler } from "../../context.ts";
import { htmlPage } from "../layout.tsx";

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
  return htmlPage({ wire, title: "Confirm an alert", section: "alerts", children }, { private: true });
}
