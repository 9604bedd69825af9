/** The figures of each shard, for operators. */
import type { AnsweringShard, Status } from "../../operation/status-answer.ts";
import { Scrolls } from "../scrolls.tsx";
import { number } from "../text-format.ts";
import { spanInWords } from "../time-spans.ts";

const milliseconds = (value: number | undefined): string =>
  value === undefined ? "–" : `${number(Math.round(value))} ms`;

const COLUMNS: readonly (readonly [title: string, value: (shard: AnsweringShard) => string])[] = [
  ["Alerts", ({ alerts }) => number(alerts)],
  ["Entries behind", ({ lag }) => number(lag)],
  ["Pending", ({ pending }) => number(pending)],
  ["Due", ({ due }) => number(due)],
  ["Being retried", ({ retrying }) => number(retrying)],
  ["In flight", ({ in_flight }) => number(in_flight)],
  ["Longest due", ({ oldest_pending_seconds: oldest }) => (oldest === null ? "–" : spanInWords(oldest))],
  ["Median", ({ latency }) => milliseconds(latency?.p50)],
  ["99th percentile", ({ latency }) => milliseconds(latency?.p99)],
];

export function ShardTable({ status: { shards } }: { status: Status }) {
  if (shards.length === 0) return null;
  return (
    <details>
      <summary>Shards</summary>
      <p class="small quiet">
        Each shard holds a part of the alerts, follows the record and sends messages. Times are for its last messages.
      </p>
      <Scrolls label="Shards">
        <table class="small">
          <thead>
            <tr>
              <th scope="col">Shard</th>
              {COLUMNS.map(([title]) => (
                <th scope="col">{title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shards.map((shard) => (
              <tr>
                <th scope="row">{shard.shard}</th>
                {"error" in shard ? (
                  <td colSpan={COLUMNS.length}>{shard.error}</td>
                ) : (
                  COLUMNS.map(([, value]) => <td>{value(shard)}</td>)
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolls>
    </details>
  );
}
