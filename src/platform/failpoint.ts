/**
 * Points at which a test kills the process. `FAILPOINT=NAME`, or `NAME:N` for the Nth time that it is reached, makes the process say so
 * on its log and do nothing more, so that whoever waits for that line can kill it at that very moment. Without the setting, which
 * no deployment has, a failpoint is nothing.
 */

export type Failpoint =
  /** The log has the entry; nobody is woken yet. */
  | "log.appended"
  /** In the transaction: the messages of an entry are written, the cursor is not moved, nothing is committed. */
  | "entry.matched"
  /** The messages and the cursor are written; nothing has left. */
  | "entry.committed"
  /** The receiver's 2xx is here; the message is not marked yet. */
  | "message.answered"
  /** The challenge was answered; the alert is not confirmed yet. */
  | "confirmation.answered"
  /** In the transaction: the messages of a replay are written. */
  | "replay.written"
  /** In the transaction: the tables of a shard are half migrated. */
  | "shard.migrating";

let reached = 0;

/** The same once everything that was written is on the disk: writes that nobody waits for leave with the end of the turn. */
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
