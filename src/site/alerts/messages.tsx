/** The messages of an alert, newest first, with the outcome of each. */
import type { Delivery, HeldAlert } from "../../alerts/alert-answers.ts";
import { messageItem } from "../../alerts/alert-feed.tsx";
import { Foreign } from "../../feeds/item-html.tsx";
import { MESSAGE_TYPES } from "../../messages/wording.ts";
import { Moment } from "../moment.tsx";
import { counted } from "../text-format.ts";
import { AlertForm } from "./alert-form.tsx";
import { Attempts } from "./alert-status.tsx";

/** Messages shown on one page. */
export const MESSAGES_SHOWN = 20;

/** One page of messages: those with a number above `after`, in ascending order. */
export interface MessagePage {
  after: number;
  deliveries: Delivery[];
}

interface MessagesProps extends MessagePage {
  alert: HeldAlert;
  token: string;
}

/** `alert.client.js` refreshes this section while it has `data-waiting`. */
export function Messages({ alert, token, after, deliveries }: MessagesProps) {
  const waiting = deliveries.some(({ status }) => status === "pending") && alert.status === "active";
  return (
    <section id="messages" aria-labelledby="messages-title" data-waiting={waiting ? "" : undefined}>
      <h2 id="messages-title">Messages</h2>
      {deliveries.length === 0 && (
        <p>{alert.latest === 0 ? "No messages yet. Matches will be listed here." : "No messages here."}</p>
      )}
      <ol class="messages">
        {deliveries.toReversed().map((delivery) => (
          <li id={`message-${delivery.sequence}`}>
            <Message delivery={delivery} alert={alert} token={token} after={after} />
          </li>
        ))}
      </ol>
      <Pages alert={alert} token={token} after={after} shown={deliveries.length} />
    </section>
  );
}

interface MessageProps {
  delivery: Delivery;
  alert: HeldAlert;
  token: string;
  after: number;
}

function Message({ delivery, alert, token, after }: MessageProps) {
  const { sequence, type, status, attempts, next_attempt_at, message } = delivery;
  const { title, url, language } = messageItem(delivery);
  const called = alert.channel.type !== "feed";
  return (
    <>
      <h3>
        <span class="number">{sequence}</span>{" "}
        <Foreign language={language === "und" ? null : language}>
          {url === undefined ? title : <a href={url}>{title}</a>}
        </Foreign>
      </h3>
      <p class="small">
        <span class={`badge ${status}`}>{statusInWords(delivery, alert)}</span>{" "}
        <span class="quiet">
          {MESSAGE_TYPES[type].name}
          {"replay" in message.data && ", replayed"} · <Moment at={message.timestamp} seconds />
        </span>
      </p>
      {attempts.length > 1 ? (
        <details id={`attempts-${sequence}`}>
          <summary class="small">{counted(attempts.length, "attempt")}</summary>
          <Attempts attempts={attempts} />
        </details>
      ) : (
        <Attempts attempts={attempts} />
      )}
      {next_attempt_at !== null && alert.status === "active" && attempts.length > 0 && (
        <p class="small">
          The next attempt is due on <Moment at={next_attempt_at} seconds />.
        </p>
      )}
      {called && alert.status === "active" && (
        <AlertForm
          id={alert.id}
          token={token}
          action="redeliver"
          fields={{ sequence: String(sequence), after: String(after) }}
        >
          <button type="submit" class="second small" aria-label={`Send again: message ${sequence}`}>
            Send again
          </button>
        </AlertForm>
      )}
    </>
  );
}

function statusInWords({ status }: Delivery, { channel, status: state }: HeldAlert): string {
  if (status === "delivered") return channel.type === "feed" ? "In the feed" : "Delivered";
  if (status === "failed") return "Not delivered";
  return state === "active" ? "Sending" : "Held";
}

/** Links to the previous and the next page of messages, with their numbers. */
function Pages({ alert, token, after, shown }: { alert: HeldAlert; token: string; after: number; shown: number }) {
  const { latest, oldest } = alert;
  const older = after > 0 && after >= oldest;
  const newer = after + MESSAGES_SHOWN < latest;
  if (!older && !newer) return null;
  const to = (number: number) => ({ after: String(Math.max(0, number)) });
  return (
    <nav aria-label="Pages of messages" class="actions">
      {older && (
        <AlertForm id={alert.id} token={token} action="show" fields={to(after - MESSAGES_SHOWN)}>
          <button type="submit" class="second">
            Older
          </button>
        </AlertForm>
      )}
      {newer && (
        <AlertForm id={alert.id} token={token} action="show" fields={to(after + MESSAGES_SHOWN)}>
          <button type="submit" class="second">
            Newer
          </button>
        </AlertForm>
      )}
      <span class="small quiet">{shown > 0 && `${after + 1} to ${after + shown} of ${latest}`}</span>
    </nav>
  );
}
