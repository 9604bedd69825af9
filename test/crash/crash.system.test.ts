/** `npm run crash` in small: every failpoint once, some kills at random moments, a few hundred messages. */
import { expect, it } from "vitest";
import { crash } from "./suite.ts";

it("whatever is killed, nothing is lost, doubled or out of order", async () => {
  const { violations, kills, ...figures } = await crash({
    kills: 14,
    messages: 300,
    seed: 14,
    onKill: () => {},
    onLog: () => {},
  });
  expect(violations).toEqual([]);
  expect(kills).toEqual({
    "log.appended": 1,
    "entry.matched": 1,
    "entry.committed": 1,
    "message.answered": 1,
    "confirmation.answered": 1,
    "replay.written": 1,
    "shard.migrating": 1,
    "first start": 1,
    program: 1,
    "workerd after a 201": 1,
    workerd: 4,
  });
  // The kills did hit something: messages were under way, and callers had to ask again.
  expect(figures.messages).toBeGreaterThanOrEqual(300);
  expect(figures.requests).toBeGreaterThan(figures.messages);
  expect(figures.repeats).toBeGreaterThan(0);
  expect(figures.asked_again).toBeGreaterThan(0);
});
