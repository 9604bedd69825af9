/** Counts the alerts that an article would set off if it were added now. */
import type { Env } from "../platform/env.ts";
import { report } from "../platform/report.ts";
import type { Article } from "../record/articles/article.ts";
import { listShards, shardStub } from "./shards.ts";

export interface SetOff {
  alerts: number;
  /** Shards that did not answer. Their alerts are not counted. */
  silent: number;
}

/** Time limit for a shard's answer, in ms. */
const PATIENCE = 5_000;

/** Asks every shard to match the article as a new one. Nothing is written. */
export async function countSetOff(env: Env, article: Article): Promise<SetOff> {
  if (article.mode !== "new") return { alerts: 0, silent: 0 };
  const shards = await listShards(env.DB);
  const answers = await Promise.allSettled(
    shards.map(async (number) => Promise.race([shardStub(env, number).wouldTell(article), tooLate()])),
  );
  for (const [i, answer] of answers.entries()) {
    if (answer.status === "rejected") report("set_off.failed", { shard: shards[i], error: String(answer.reason) });
  }
  const told = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  return { alerts: told.reduce((sum, count) => sum + count, 0), silent: answers.length - told.length };
}

async function tooLate(): Promise<never> {
  await scheduler.wait(PATIENCE);
  throw new Error("no answer in time");
}
