/** The forms that change an alert. Each is closed until the user opens it or it has an error to show. */
import type { ComponentChildren } from "preact";
import { CALLED_TYPES } from "../../channels/channel-kinds.ts";
import { Field, messagesAt } from "../form.tsx";
import { QueryInput } from "../query-input.tsx";
import type { Action } from "./actions.ts";
import { AlertForm } from "./alert-form.tsx";
import type { AlertPageState } from "./alert-page-state.ts";
import { ChannelFields, readChannelFields } from "./channel-fields.tsx";
import { Found, LIVE, Reading } from "./query-preview.tsx";

export const Manage = (props: AlertPageState) => (
  <section aria-labelledby="manage">
    <h2 id="manage">Change this alert</h2>
    <ChangeQuery {...props} />
    <ChangeChannel {...props} />
    {props.alert.status === "active" && <Replay {...props} />}
    <Rotate {...props} />
    <Delete {...props} />
  </section>
);

function Folded({
  id,
  title,
  open,
  children,
}: {
  id: string;
  title: string;
  open: boolean;
  children: ComponentChildren;
}) {
  return (
    <details class="folded" id={id} open={open}>
      <summary>
        <h3>{title}</h3>
      </summary>
      {children}
    </details>
  );
}

/** Returns true if this action was requested and failed. */
const failed = ({ action, errors }: AlertPageState, ...actions: Action[]): boolean =>
  actions.includes(action) && errors.length > 0;

function ChangeQuery(props: AlertPageState) {
  const { alert, token, action, errors, tried } = props;
  const { source, problem } = tried.typed;
  const previewed = tried.preview !== undefined;
  const missing = action === "query" && problem === undefined ? messagesAt(errors, "query")[0] : undefined;
  return (
    <Folded id="change-query" title="Query" open={action === "preview" || failed(props, "query")}>
      <AlertForm id={alert.id} token={token} live={LIVE}>
        <label for="q">Search for</label>
        <QueryInput source={source} wrong={problem !== undefined || missing !== undefined} />
        <Reading tried={tried} {...(missing !== undefined && { missing })} />
        <div class="actions">
          <button type="submit" name="action" value="preview" class="second">
            Preview the change
          </button>
          <button type="submit" name="action" value="query" class={previewed ? undefined : "scripted"}>
            Change the query
          </button>
        </div>
      </AlertForm>
      <Found tried={tried} />
    </Folded>
  );
}

function ChangeChannel(props: AlertPageState) {
  const { alert, token, action, errors, form } = props;
  const { channel } = alert;
  const now = { type: channel.type, url: channel.type === "feed" ? "" : channel.url, digest: channel.digest ?? "" };
  const open = failed(props, "channel");
  return (
    <Folded id="change-channel" title="Channel" open={open}>
      <p>We send a confirmation request to a new URL. Matches are kept until it is confirmed.</p>
      <AlertForm id={alert.id} token={token} action="channel">
        <ChannelFields
          typed={open ? readChannelFields(form) : now}
          errors={action === "channel" ? errors : []}
          types={[...CALLED_TYPES, "feed"]}
        />
        <button type="submit">Change the channel</button>
      </AlertForm>
    </Folded>
  );
}

function Replay(props: AlertPageState) {
  const { alert, token, errors, form } = props;
  const open = failed(props, "replay");
  const field = (name: string) => ({
    name,
    type: "date" as const,
    value: open ? (form.get(name) ?? "") : "",
    errors: open ? messagesAt(errors, name) : [],
  });
  return (
    <Folded id="replay" title="Past matches" open={open}>
      <p>Sends the matches among articles published here on these days (UTC), as new messages.</p>
      <AlertForm id={alert.id} token={token} action="replay">
        <div class="days">
          <Field {...field("since")} label="From" required />
          <Field {...field("until")} label="To" hint="Optional." />
        </div>
        <button type="submit">Send past matches</button>
      </AlertForm>
    </Folded>
  );
}

function Rotate({ alert, token }: AlertPageState) {
  return (
    <Folded id="rotate" title="Secret" open={false}>
      <p>
        The new secret is shown once. For 24 hours, messages carry both signatures, so no message is lost while you
        switch.
      </p>
      <AlertForm id={alert.id} token={token} action="rotate">
        <button type="submit">Create a new secret</button>
      </AlertForm>
    </Folded>
  );
}

function Delete(props: AlertPageState) {
  const { alert, token, errors } = props;
  const open = failed(props, "delete");
  const wrong = open ? messagesAt(errors, "sure") : [];
  return (
    <Folded id="delete" title="Delete" open={open}>
      <AlertForm id={alert.id} token={token} action="delete">
        <p>This also deletes its messages and its feed. It cannot be undone.</p>
        <label class="check">
          <input type="checkbox" name="sure" required aria-describedby={wrong.length > 0 ? "sure-error" : undefined} />
          Yes, delete this alert
        </label>
        {wrong.length > 0 && (
          <p class="error" id="sure-error">
            {wrong.join(" · ")}
          </p>
        )}
        <button type="submit" class="danger">
          Delete the alert
        </button>
      </AlertForm>
    </Folded>
  );
}
