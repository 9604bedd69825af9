/** A part of a shard that has work to do at certain times. */
export interface ScheduledPart {
  /** Does what is due. What it throws is reported, and keeps no other part from its work. */
  run(): void | Promise<void>;
  /** Returns when there is work next, in milliseconds of Unix time; undefined if nothing waits. Work that is overdue lies in the past. */
  nextWake(now: number): number | undefined;
  /** Minimum wait before overdue work is tried again, in milliseconds. */
  readonly retryAfter: number;
}
