/** GET /status: the status page for people. Only requests for it read the status. */
import type { Handler } from "../../http/context.ts";
import { readStatus } from "../../operation/status.ts";
import type { Status } from "../../operation/status-answer.ts";
import { htmlPage } from "../layout.tsx";
import { Moment } from "../moment.tsx";
import { number } from "../text-format.ts";
import { answering, type Finding, type FindingState, findings, sum, verdict } from "./findings.ts";
import { ShardTable } from "./shard-table.tsx";

export const statusPage: Handler = async (_, { env, settings, origin }) => {
  const status = await readStatus(env);
  return htmlPage({
    wire: settings.title,
    title: "Status",
    description: "Whether this wire is up to date, how long messages take, and what is pending.",
    url: `${origin}/status`,
    section: "status",
    children: <StatusView status={status} now={Date.now()} />,
  });
};

/** Each state has a sign and a word, so that colour is not needed to tell them apart. */
const SIGNS: Readonly<Record<FindingState, string>> = { well: "✓", watch: "!", wrong: "✕" };
const VERDICTS: Readonly<Record<FindingState, string>> = {
  well: "Everything is working.",
  watch: "This wire is working. See the marked items.",
  wrong: "There is a problem.",
};
const WORDS: Readonly<Record<FindingState, string>> = { well: "OK", watch: "attention", wrong: "problem" };

export function StatusView({ status, now }: { status: Status; now: number }) {
  const found = findings(status, now);
  const overall = verdict(found);
  return (
    <div class="status">
      <h1>Status</h1>
      <p class={`verdict ${overall}`}>
        <Sign state={overall} />
        <strong>{VERDICTS[overall]}</strong>
      </p>
      <p class="small quiet">
        As of <Moment at={new Date(now).toISOString()} />. <a href="/status">Refresh</a>
      </p>
      <ul class="findings">
        {found.map((finding) => (
          <FindingItem {...finding} />
        ))}
      </ul>
      <AlertCounts status={status} />
      <ShardTable status={status} />
      <p class="small">
        For programs: <a href="/api/status">/api/status</a> (JSON).
      </p>
    </div>
  );
}

const Sign = ({ state }: { state: FindingState }) => (
  <span class="sign" aria-hidden="true">
    {SIGNS[state]}
  </span>
);

const FindingItem = ({ state, about, says }: Finding) => (
  <li class={state}>
    <Sign state={state} />
    <div>
      <h2>
        {about}
        <span class={state === "well" ? "hidden" : "state"}>: {WORDS[state]}</span>
      </h2>
      <p>{says}</p>
    </div>
  </li>
);

function AlertCounts({ status }: { status: Status }) {
  const shards = answering(status);
  const counts = [
    ["active", sum(shards, ({ active }) => active)],
    ["not confirmed", sum(shards, ({ unconfirmed }) => unconfirmed)],
    ["paused", sum(shards, ({ paused }) => paused)],
    ["WebSub subscriptions", sum(shards, ({ subscriptions }) => subscriptions)],
  ] as const;
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">Alerts</h2>
      <dl class="counts">
        {counts.map(([what, count]) => (
          <div>
            <dt>{what}</dt>
            <dd>{number(count)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
