/** An alert as its page shows it to the holder of its token. */
import type { HeldAlert } from "../../alerts/alert-answers.ts";
import { CHANNELS } from "../../channels/channel-kinds.ts";
import { Moment } from "../moment.tsx";
import { capitalised } from "../text-format.ts";
import type { Action } from "./actions.ts";
import { AlertForm } from "./alert-form.tsx";
import type { AlertPageState } from "./alert-page-state.ts";
import { AlertStatusSection } from "./alert-status.tsx";
import { DIGESTS } from "./alert-wording.ts";
import { Copyable } from "./copyable.tsx";
import { Manage } from "./manage.tsx";
import { MESSAGES_SHOWN, Messages } from "./messages.tsx";
import { RefreshButton } from "./refresh-button.tsx";

export function AlertView(props: AlertPageState) {
  const { alert, token, page } = props;
  return (
    <article class="alert">
      <h1>
        Alert: <code dir="auto">{alert.query}</code>
      </h1>
      <Result {...props} />
      <div aria-live="polite">
        <AlertStatusSection alert={alert} />
      </div>
      <Actions alert={alert} token={token} after={page.after} />
      <Facts alert={alert} />
      <Messages alert={alert} token={token} {...page} />
      <Manage {...props} />
    </article>
  );
}

/** The result of the action. It receives the focus. */
function Result({ alert: { id }, token, done: { said, secret, rest }, errors }: AlertPageState) {
  if (errors.length > 0) {
    return (
      <div class="error" role="alert" id="result" tabIndex={-1}>
        {errors.map(({ message }) => (
          <p>{capitalised(message)}.</p>
        ))}
      </div>
    );
  }
  if (said === "") return null;
  return (
    <div class="notice" role="status" id="result" tabIndex={-1}>
      <p>{said}</p>
      {secret !== undefined && <Copyable id="secret" what="new secret" text={secret} />}
      {rest && (
        <AlertForm id={id} token={token} action="replay" fields={rest}>
          <button type="submit">Continue with older matches</button>
        </AlertForm>
      )}
    </div>
  );
}

function Actions({
  alert: { id, status, channel, latest },
  token,
  after,
}: {
  alert: HeldAlert;
  token: string;
  after: number;
}) {
  const button = (action: Action, words: string) => (
    <AlertForm id={id} token={token} action={action}>
      <button type="submit" class="second">
        {words}
      </button>
    </AlertForm>
  );
  return (
    <div class="actions">
      {status === "active" && button("test", "Send a test message")}
      {status === "active" && button("pause", "Pause")}
      {status === "paused" && button("resume", "Resume")}
      {status === "pending" && channel.type !== "feed" && button("ask", "Request confirmation again")}
      <RefreshButton id={id} token={token} watch="state messages" {...(after + MESSAGES_SHOWN < latest && { after })} />
    </div>
  );
}

function Facts({ alert: { id, channel, created_at, confirmed_at, feed_url } }: { alert: HeldAlert }) {
  return (
    <dl class="facts">
      <dt>Channel</dt>
      <dd>
        {CHANNELS[channel.type].name}
        {channel.type !== "feed" && (
          <>
            : <code>{channel.url}</code>
          </>
        )}
      </dd>
      <dt>How often</dt>
      <dd>{DIGESTS.find(([digest]) => digest === (channel.digest ?? ""))?.[1]}</dd>
      <dt>Created</dt>
      <dd>
        <Moment at={created_at} />
        {confirmed_at !== null && channel.type !== "feed" && (
          <>
            , confirmed <Moment at={confirmed_at} />
          </>
        )}
      </dd>
      <dt>Private feed</dt>
      <dd>
        <a href={feed_url}>All matches as a feed</a>
      </dd>
      <dt>Id</dt>
      <dd>
        <code>{id}</code>
      </dd>
    </dl>
  );
}
