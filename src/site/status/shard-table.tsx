/** The figures of each shard, for operators. */
import type { AnsweringShard, Status } from "../../operation/status.ts";
import { Scrolls } from "../scrolls.tsx";
import { number } from "../text-format.ts";
import { spanInWords } from "../time-spans.ts";

const milliseconds = (value: number | undefined): string =>
  value === undefined ? "–" : `${number(Math.round(value))} ms`;

const COLUMNS: readonly (readonly [title: string, value: (shard: AnsweringShard) => string])[] = [
  ["Alerts", ({ alerts }) => number(alerts)],
  ["Entries behind", ({ lag }) => number(lag)],
  ["Waiting", ({ pending }) => number(pending)],
  ["Due", ({ due }) => number(due)],
  ["Tried before", ({ retrying }) => number(retrying)],
  ["Under way", ({ in_flight }) => number(in_flight)],
  ["Longest due", ({ oldest_pending_seconds: oldest }) => (oldest === null ? "–" : spanInWords(oldest))],
  ["Half within", ({ latency }) => milliseconds(latency?.p50)],
  ["99 % within", ({ latency }) => milliseconds(latency?.p99)],
];

export function ShardTable({ status: { shards } }: { status: Status }) {
  if (shards.length === 0) return null;
  return (
    <details>
      <summary>Shard by shard</summary>
      <p class="small quiet">
        Alerts live in shards, each of which follows the record and sends by itself. Times are of the last messages
        since it woke.
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
