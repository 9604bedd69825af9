/** The page after an alert was created. It shows token and secret, once. */

import type { HeldAlert, Registered } from "../../alerts/alert-answers.ts";
import { holderOf, viewAlert } from "../../alerts/holder.ts";
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
      <h1>Alert created</h1>
      <p>
        It sends every new article that matches <code dir="auto">{query}</code>.
      </p>
      <div class="notice">
        <p>
          <strong>Save these now.</strong> Token and secret are shown only once.
        </p>
      </div>
      <div class="sides">
        <dl class="credentials">
          <dt>Page of this alert</dt>
          <dd>
            <p class="hint">
              Save this link to open the alert again. It contains the token after the #, which browsers never send.
            </p>
            <Copyable id="page" what="link to the alert's page" text={page} />
            <a href={page}>Open the alert's page</a>
          </dd>
          <dt>Token</dt>
          <dd>
            <p class="hint">Manages the alert, here and through the API. Keep it like a password.</p>
            <Copyable id="token" what="token" text={token} />
          </dd>
          <dt>Secret</dt>
          <dd>
            <p class="hint">
              Verifies that messages come from us: <a href="/help#webhooks">how to verify messages</a>.
            </p>
            <Copyable id="secret" what="secret" text={secret} />
          </dd>
          <dt>Private feed</dt>
          <dd>
            <p class="hint">All matches, for a feed reader. Anyone with the address can read them.</p>
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
      title: "Alert created",
      section: "alerts",
      wide: true,
      scripts: ["/scripts/copy.js", "/scripts/alert.js"],
      children,
    },
    { private: true },
  );
}
