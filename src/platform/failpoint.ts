/**
 * Points at which a test kills the process. With `FAILPOINT=NAME`, or `NAME:N` for the Nth time, the process logs a line there and stops
 * working, so that the test can kill it at that moment. Without the setting, which no deployment has, a failpoint does nothing.
 */

export type Failpoint =
  /** The log has the entry. No shard is woken yet. */
  | "log.appended"
  /** In the transaction: the messages of an entry are written, the cursor is not moved, nothing is committed. */
  | "entry.matched"
  /** The messages and the cursor are written. Nothing has been sent. */
  | "entry.committed"
  /** The receiver answered 2xx. The message is not marked yet. */
  | "message.answered"
  /** The challenge was answered; the alert is not confirmed yet. */
  | "confirmation.answered"
  /** In the transaction: the messages of a replay are written. */
  | "replay.written"
  /** In the transaction: the tables of a shard are half migrated. */
  | "shard.migrating";

let reached = 0;

/** As `failpoint`, after all writes are on disk. Writes are otherwise flushed at the end of the turn. */
export async function failpointAfterWrites(
  name: Failpoint,
  env: { FAILPOINT?: string },
  storage: { sync(): Promise<void> },
): Promise<void> {
  if (!env.FAILPOINT) return;
  await storage.sync();
  failpoint(name, env);
}

export function failpoint(name: Failpoint, { FAILPOINT }: { FAILPOINT?: string }): void {
  if (!FAILPOINT) return;
  const [wanted, times = "1"] = FAILPOINT.split(":");
  if (wanted !== name || ++reached < Number(times)) return;
  console.error(`failpoint ${name}`);
  for (;;);
}
