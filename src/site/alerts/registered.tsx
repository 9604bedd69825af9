/** The page after an alert was created. It shows token and secret, once. */
import { type HeldAlert, holderOf, viewAlert } from "../../alerts/holder.ts";
import type { Registered } from "../../alerts/registration.ts";
import type { Context } from "../../http/context.ts";
import { alertPath } from "../../http/links.ts";
import { htmlPage } from "../layout.tsx";
import { AlertStatusSection } from "./alert-status.tsx";
import { Copyable } from "./copyable.tsx";
import { RefreshButton } from "./refresh-button.tsx";

const readAlert = async ({ id, token }: Registered, context: Context): Promise<HeldAlert> =>
  viewAlert(await holderOf(id, token, context), context);

/** Returns the page. It reads the alert again, because the channel may have confirmed by now. */
export async function registeredPage(context: Context, registered: Registered): Promise<Response> {
  const { id, token, secret, query, feed_url } = registered;
  // Token and secret must be shown even if reading the alert fails.
  const alert = await readAlert(registered, context).catch(() => undefined);
  const page = `${context.origin}${alertPath(id)}#${token}`;
  const children = (
    <article class="registered">
      <h1>The alert is registered</h1>
      <p>
        Every new article that matches <code dir="auto">{query}</code> is a message from now on.
      </p>
      <div class="notice">
        <p>
          <strong>Keep these now.</strong> Token and secret are not shown again.
        </p>
      </div>
      <div class="sides">
        <dl class="credentials">
          <dt>Its page</dt>
          <dd>
            <p class="hint">
              Keep this link: it opens the alert. What follows the # is the token; browsers never send it along.
            </p>
            <Copyable id="page" what="link to its page" text={page} />
            <a href={page}>Open the alert's page</a>
          </dd>
          <dt>Token</dt>
          <dd>
            <p class="hint">Manages the alert, here and by the API. Keep it as you would a password.</p>
            <Copyable id="token" what="token" text={token} />
          </dd>
          <dt>Secret</dt>
          <dd>
            <p class="hint">
              Verifies that messages come from here: <a href="/help#webhooks">how to verify them</a>.
            </p>
            <Copyable id="secret" what="secret" text={secret} />
          </dd>
          <dt>Private feed</dt>
          <dd>
            <p class="hint">Its matches for a feed reader. Whoever has the address can read them.</p>
            <Copyable id="feed" what="feed's address" text={feed_url} />
            <a href={feed_url}>Open the feed</a>
          </dd>
          <dt>Id</dt>
          <dd>
            <code>{id}</code>
          </dd>
        </dl>
        <div>
          <div aria-live="polite">
            {alert === undefined ? <section id="state" data-waiting="" /> : <AlertStatusSection alert={alert} />}
          </div>
          {alert?.status !== "active" && <RefreshButton id={id} token={token} watch="state" elsewhere />}
        </div>
      </div>
    </article>
  );
  return htmlPage(
    {
      wire: context.settings.title,
      title: "Alert registered",
      section: "alerts",
      wide: true,
      scripts: ["/scripts/copy.js", "/scripts/alert.js"],
      children,
    },
    { private: true },
  );
}
