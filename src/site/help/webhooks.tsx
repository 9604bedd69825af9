/** Help on alerts: how to create and confirm one, what its messages contain, and how to verify them. */
import { SAMPLE_SECRET, type SampleRequest } from "../../alerts/sample.ts";
import { CHANNELS, KINDS } from "../../channels/channel-kinds.ts";
import { MESSAGE_TYPES } from "../../messages/wording.ts";
import type { Settings } from "../../platform/settings.ts";
import { Code, Scrolls } from "../scrolls.tsx";
import { listed } from "../text-format.ts";
import { spanInWords } from "../time-spans.ts";
import type { CountedExample } from "./examples.ts";
import { RECEIVER } from "./receiver.ts";

/** A signed sample message, and the example query that it matches. */
export interface Sample extends SampleRequest {
  example: CountedExample;
}

interface Props {
  origin: string;
  settings: Pick<Settings, "retrySeconds" | "dailyLimit">;
  sample: Sample | undefined;
}

/** How each channel is confirmed. */
const CHANNEL_ROWS = [
  { ...CHANNELS.feed, confirmedBy: "no confirmation needed" },
  ...Object.values(KINDS).map((kind) => ({
    ...kind,
    confirmedBy: kind.echoes ? "your answer, or the link in the message" : "the link in the message",
  })),
];

export function WebhookHelp({ origin, settings, sample }: Props) {
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">Alerts and webhooks</h2>
      <p>
        An alert sends each new article that matches its query. <a href="/alerts/new">Create an alert</a>, see its past
        matches, and choose where to send new ones.
      </p>
      <Scrolls label="Where an alert can go">
        <table>
          <caption>Where an alert can go</caption>
          <thead>
            <tr>
              <th scope="col">Channel</th>
              <th scope="col">What it is</th>
              <th scope="col">Confirmed by</th>
            </tr>
          </thead>
          <tbody>
            {CHANNEL_ROWS.map(({ name, purpose, confirmedBy }) => (
              <tr>
                <th scope="row">{name}</th>
                <td>{purpose}</td>
                <td>{confirmedBy}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolls>
      <p>From a program:</p>
      <Code label="Creating an alert with curl">{`curl ${origin}/api/alerts -H 'content-type: application/json' -d '
  {"query": ${JSON.stringify(sample?.example.source ?? "truce").replaceAll("'", "'\\''")},
   "channel": {"type": "webhook", "url": "https://you.example/hook"}}'`}</Code>
      <p>
        The answer contains <code>id</code>, <code>token</code> (manages the alert), <code>secret</code> (verifies
        messages) and <code>feed_url</code>. Token and secret are shown only once.
      </p>
      <h3>Confirmation</h3>
      <p>
        Your URL first receives a message of type <code>alert.confirm</code>. Answer with <code>data.challenge</code>,
        as text or as <code>{'{"challenge": "…"}'}</code>. Or open <code>data.confirm_url</code> and press the button.
        Alerts that are not confirmed within 24 hours are deleted.
      </p>
      <h3>Messages</h3>
      <dl class="examples">
        {Object.entries(MESSAGE_TYPES).map(([type, { says }]) => (
          <div>
            <dt>
              <code>{type}</code>
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      {sample && <SampleMessage sample={sample} />}
      <p>
        <code>sequence</code> numbers an alert's messages 1, 2, 3 … without a gap. If one is missing, fetch it by its
        number. A message may arrive twice, with the same <code>webhook-id</code>.
        {settings.dailyLimit > 0 &&
          ` An alert sends at most ${settings.dailyLimit} messages a day; a replay sends the rest.`}
      </p>
      <h3 id="verify">Verify messages</h3>
      <p>
        Messages are signed according to <a href="https://www.standardwebhooks.com">Standard Webhooks</a>: base64 of
        HMAC-SHA256 over <code>id.timestamp.body</code>. Its libraries verify them (
        <code>npm install standardwebhooks</code>):
      </p>
      <Code label="A receiver in JavaScript">{RECEIVER}</Code>
      <h3 id="retries">Retries</h3>
      <p>
        Any 2xx status within ten seconds is a success. Redirects are not followed. Everything else is retried after
        about {listed(settings.retrySeconds.map(spanInWords))}, or when your <code>Retry-After</code> header says. After
        that, the message is marked as failed. It stays in the list, and you can send it again. The alert is paused by a
        status 410, and after five days without a success. A replay sends the matches of the time while it was paused.
      </p>
    </section>
  );
}

/** The message, formatted for reading and exactly as it is signed. */
function SampleMessage({ sample: { headers, body, example } }: { sample: Sample }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const options = Object.entries(headers).map(([name, value]) => `  -H '${name}: ${value}' \\`);
  return (
    <div class="sample">
      <p>
        This is the message for the newest article that matches <code>{example.source}</code>, signed just now with the
        sample secret <code>{SAMPLE_SECRET}</code>. It is formatted for reading; the signature is for the message on one
        line.
      </p>
      <Code label="A message with its headers">
        {`${lines.join("\n")}\n\n${JSON.stringify(JSON.parse(body), null, 2)}`}
      </Code>
      <details>
        <summary>Send it to your own receiver</summary>
        <p>
          Start the receiver below with <code>SECRET={SAMPLE_SECRET}</code> and paste this into a terminal. The
          signature is valid for five minutes; reload the page for a new one.
        </p>
        <Code label="The sample message with curl">
          {["curl http://localhost:9000/ \\", ...options, `  --data-raw '${body.replaceAll("'", "'\\''")}'`].join("\n")}
        </Code>
      </details>
    </div>
  );
}
