/** What /api/status answers. */
import * as z from "zod";

const count = z.int().min(0);
const causes = z.record(z.string(), count);

/** The state of a shard, beside the log. */
const answeringShard = z.strictObject({
  shard: count,
  alerts: count,
  active: count,
  unconfirmed: count.describe("Alerts that wait for their confirmation"),
  paused: count,
  subscriptions: count.describe("WebSub subscriptions; they are not among the alerts"),
  cursor: count.describe("The last log entry that it has matched"),
  lag: count.describe("Log entries that it has not matched yet"),
  pending: count.describe("Messages that wait for an attempt"),
  due: count.describe("Pending messages that are due now"),
  retrying: count.describe("Pending messages that were attempted before"),
  in_flight: count.describe("Requests that are under way"),
  oldest_pending_at: z.iso.datetime().nullable().describe("When the oldest due message became due"),
  oldest_pending_seconds: z.number().min(0).nullable().describe("For how long the oldest due message has been due"),
  failing: causes.describe("How many alerts failed at the last attempt, by cause"),
  failing_subscriptions: causes.describe("How many WebSub subscriptions failed at the last attempt, by cause"),
  latency: z
    .strictObject({ messages: count, p50: z.number(), p99: z.number() })
    .nullable()
    .describe("From match to answer, of the last messages"),
});
export type AnsweringShard = z.infer<typeof answeringShard>;

const silentShard = z.strictObject({ shard: count, error: z.string() });

export const statusAnswer = z
  .strictObject({
    log: z.strictObject({ head: count, at: z.iso.datetime().nullable().describe("When its last entry was written") }),
    record: z.strictObject({ articles: count, events: count, names: count }),
    shards: z.array(z.union([answeringShard, silentShard])),
  })
  .meta({ id: "Status" });
export type Status = z.infer<typeof statusAnswer>;
