/** Two thousand messages of one alert wait. */
import { beforeAll, expect, it } from "vitest";
import {
  type Alert,
  addArticle,
  behave,
  deliveries,
  eventually,
  putNames,
  received,
  registerGated,
  rows,
  settled,
  shard,
  shut,
  view,
} from "../support.ts";

const BACKLOG = 2_000;

beforeAll(putNames);

/** Gives an alert messages that are due, of which those up to a number were tried before. */
async function giveBacklog({ id }: Alert, count: number, tried: number): Promise<void> {
  const now = Date.now();
  const [notice] = await rows<{ number: number }>(
    "INSERT INTO notices (type, at, query, data) VALUES ('alert.test', ?, 'x', '{}') RETURNING number",
    now,
  );
  await rows(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     INSERT INTO messages (receiver, sequence, id, notice, status, next_attempt_at, late)
     SELECT ?1, i, 'msg_' || ?1 || '_' || i, ?5, 'pending', ?3, i <= ?4 FROM n`,
    ...[id, count, now, tried, notice?.number ?? 0],
  );
  await rows("UPDATE numbering SET latest = ?2 WHERE alert = ?1", id, count);
  await rows("UPDATE receivers SET due_at = ?2 WHERE id = ?1", id, now);
}

const sequenceOf = (alert: Alert, id: string | undefined): number => Number(id?.slice(`msg_${alert.id}_`.length));
const arrived = async (alert: Alert): Promise<number[]> =>
  (await received(alert.name)).map(({ headers }) => sequenceOf(alert, headers["webhook-id"]));

it("drains, each message once, while what is new goes out at once: of other alerts, and of its own", {
  timeout: 300_000,
}, async () => {
  const alert = await registerGated("backlog", "reservoir");
  const other = await registerGated("beside-backlog", "reservoir");
  await giveBacklog(alert, BACKLOG, BACKLOG);
  await shard().wake();
  await eventually(async () => (await received("backlog")).length > 100);
  // One of its messages is at the receiver, and all others wait for that: what follows does not depend on who is faster.
  await shut("backlog");
  await addArticle("The reservoir.");
  await settled(other, 1);
  await eventually(async () => (await view(alert)).latest === BACKLOG + 1);
  const before = await arrived(alert);
  await behave("backlog", "echo");
  await eventually(async () => (await arrived(alert)).includes(BACKLOG + 1));
  expect((await arrived(alert)).indexOf(BACKLOG + 1)).toBeLessThanOrEqual(before.length + 4);
  while ((await rows("SELECT 1 FROM receivers WHERE due_at IS NOT NULL LIMIT 1")).length > 0)
    await scheduler.wait(1000);
  const got = await arrived(alert);
  expect(got).toHaveLength(BACKLOG + 1);
  expect(new Set(got).size).toBe(BACKLOG + 1);
  expect((await deliveries(alert, `?after=${BACKLOG}`)).map(({ status }) => status)).toEqual(["delivered"]);
});

it("of one alert, one message in four is of those that were tried before, however many new ones there are", async () => {
  const alert = await registerGated("turns", "turnstile");
  await giveBacklog(alert, 80, 40);
  await shard().wake();
  await eventually(async () => (await received("turns")).length === 80);
  const tried = (await arrived(alert)).slice(0, 40).filter((sequence) => sequence <= 40);
  // In each kind, the longest waiting first.
  expect(tried).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
});
