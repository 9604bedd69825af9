import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { addArticle, followed, putNames, registerConfirmed, settled } from "../alerts/support.ts";

beforeAll(putNames);
afterEach(() => {
  vi.restoreAllMocks();
});

it("a clock that is set back by half a minute holds up nothing", async () => {
  const alert = await registerConfirmed("half-a-minute", "chronometer");
  await addArticle("A chronometer.");
  await settled(alert, 1);
  // It goes on a little with every look at it, so that what is written is older than the look for what is due.
  let time = Date.now() - 30_000;
  vi.spyOn(Date, "now").mockImplementation(() => time++);
  await addArticle("Another chronometer.");
  await followed();
  expect(await settled(alert, 2)).toMatchObject([{ status: "delivered" }, { status: "delivered" }]);
});
