/** The status of an alert in words, and the state of its confirmation. */
import type { AlertView, Delivery } from "../../alerts/alert-answers.ts";
import { Moment } from "../moment.tsx";
import { counted } from "../text-format.ts";
import { channelInWords, DIGESTS, outcomeInWords, troubleInWords } from "./alert-wording.ts";

const TITLES = { pending: "Waiting for confirmation", active: "Active", paused: "Paused" } as const;

/** `alert.client.js` refreshes this section while it has `data-waiting`. */
export function AlertStatusSection({ alert }: { alert: AlertView }) {
  const { status, channel, digest_at, omitted, failing_since, trouble } = alert;
  const how = DIGESTS.find(([digest]) => digest === channel.digest)?.[1];
  return (
    <section id="state" aria-labelledby="state-title" data-waiting={status === "pending" ? "" : undefined}>
      <h2 id="state-title">
        <span class={`badge ${status}`}>{TITLES[status]}</span>
      </h2>
      {status === "pending" && <Pending alert={alert} />}
      {status === "paused" && <p>Nothing is sent. Reason: {alert.paused_because}.</p>}
      {status === "active" &&
        (channel.type === "feed" ? (
          <p>New matches appear in the private feed.</p>
        ) : (
          <p>
            Matches are sent to {channelInWords(channel)}
            {how !== undefined && `: ${how.charAt(0).toLowerCase()}${how.slice(1)}`}.
          </p>
        ))}
      {trouble !== null && status !== "pending" && (
        <p class="warning">
          The last attempt failed: {troubleInWords(trouble)}.
          {failing_since !== null && (
            <>
              {" "}
              No message has arrived since <Moment at={failing_since} />. After five days the alert is paused.
            </>
          )}
        </p>
      )}
      {digest_at !== null && (
        <p>
          The next digest is due on <Moment at={digest_at} />.
        </p>
      )}
      {omitted > 0 && (
        <p class="warning">{`${counted(omitted, "match was", "matches were")} not sent, because the alert reached its daily limit.`}</p>
      )}
    </section>
  );
}

function Pending({ alert: { confirmation, channel, expires_at } }: { alert: AlertView }) {
  return (
    <>
      {confirmation === null ? (
        <p>No confirmation request was sent yet.</p>
      ) : (
        <Asked confirmation={confirmation} to={channelInWords(channel)} />
      )}
      <p>
        The alert becomes active when the answer contains the challenge, or when someone opens the link in the message
        and presses the button
        {expires_at !== null && (
          <>
            , until <Moment at={expires_at} />
          </>
        )}
        . Matches are kept until then.
      </p>
    </>
  );
}

type Confirmation = NonNullable<AlertView["confirmation"]>;

function Asked({
  confirmation: { status, attempts, next_attempt_at },
  to,
}: {
  confirmation: Confirmation;
  to: string;
}) {
  return (
    <>
      {attempts.length === 0 && <p>The confirmation request to {to} is being sent.</p>}
      <Attempts attempts={attempts} />
      {attempts.length > 0 && status === "pending" && next_attempt_at !== null && (
        <p>
          The next attempt is due on <Moment at={next_attempt_at} seconds />.
        </p>
      )}
      {status === "delivered" && <p>The request arrived, but the answer did not contain the challenge.</p>}
      {status === "failed" && (
        <p class="warning">
          The request could not be delivered and is not retried. Check the address, then request confirmation again.
        </p>
      )}
    </>
  );
}

/** The attempts of a message: time, outcome and answer. */
export const Attempts = ({ attempts }: { attempts: Delivery["attempts"] }) =>
  attempts.length === 0 ? null : (
    <ol class="attempts small">
      {attempts.map((attempt) => (
        <li>
          <Moment at={attempt.at} seconds />: {outcomeInWords(attempt)}, after {attempt.milliseconds} ms
          {attempt.answer !== null && (
            <>
              {" "}
              · <samp dir="auto">{attempt.answer}</samp>
            </>
          )}
        </li>
      ))}
    </ol>
  );
