/** Receivers that confirm and then hold their requests as long as possible, beside an honest one that answers late. */
import { describe, expect, inject, it } from "vitest";
import { ask } from "../alerts/owner.ts";
import {
  type Alert,
  addArticle,
  behave,
  deliveries,
  eventually,
  followed,
  kill,
  received,
  register,
  registerGated,
  rows,
  settled,
  tick,
  view,
} from "../alerts/support.ts";

/** Time within which every message to the honest receiver must be delivered, in ms. */
const BOUND = 20_000;
const HELD = ["then-hang", "then-drip", "then-drip-head", "then-late-9500"];

/** Each is another host, under a name of its own. */
const hosts = inject("receivers").flatMap((host) => [host, host.replace("127.0.0.1", "localhost")]);

async function registerHostile(count: number): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (let i = 0; i < count; i++) {
    const behaviour = HELD[i % HELD.length];
    alerts.push(await register(`held-${i}`, "calendar", behaviour, hosts[i % hosts.length]));
  }
  for (const alert of alerts) await eventually(async () => (await view(alert)).status === "active");
  return alerts;
}

/** Returns the time from each message to its answer, in ms. */
const tookOf = async (alert: Alert): Promise<number[]> =>
  (await deliveries(alert)).map(({ message, attempts }) => {
    const last = attempts.at(-1);
    return last === undefined ? Infinity : Date.parse(last.at) + last.milliseconds - Date.parse(message.timestamp);
  });

describe("twenty receivers that hang, drip, or answer at the last moment", () => {
  it.each([
    ["from the start", "late-1200"],
    ["after a quick confirmation", "then-late-1200"],
  ])("keep none of its messages from one that answers in 1.2 s, %s, for 20 s", async (_, behaviour) => {
    const hostile = await registerHostile(20);
    const honest = await register(`honest-${behaviour}`, "calendar", behaviour);
    await eventually(async () => (await view(honest)).status === "active");
    for (let i = 1; i <= 6; i++) await addArticle(`A calendar, number ${i}, before one that is ${behaviour}.`);
    const messages = await settled(honest, 6);
    expect(messages.map(({ status }) => status)).toEqual(Array(6).fill("delivered"));
    expect(messages.map(({ attempts }) => attempts.length)).toEqual(Array(6).fill(1));
    for (const took of await tookOf(honest)) expect(took).toBeLessThanOrEqual(BOUND);
    expect((await deliveries(hostile[0] ?? honest)).some(({ status }) => status === "pending")).toBe(true);
  });
});

describe("a receiver that hangs for the third time in a row", () => {
  const restOf = async ({ id }: Alert): Promise<number> => {
    const [row] = await rows<{ rest: number }>("SELECT rest_until AS rest FROM receivers WHERE id = ?", id);
    return (row?.rest ?? 0) - Date.now();
  };

  it("gets no message, also from a new instance, until its owner asks", async () => {
    const alert = await registerGated("rests", "sundial");
    await rows("UPDATE receivers SET timeouts = 2 WHERE id = ?", alert.id);
    await behave("rests", "hang");
    await addArticle("A sundial.");
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    expect(await restOf(alert)).toBeGreaterThan(40_000);
    for (let i = 2; i <= 4; i++) await addArticle(`Sundial ${i}.`);
    await followed();
    await kill();
    await tick();
    // None of them restarts the schedule or has an attempt counted.
    const waiting = await deliveries(alert);
    expect(waiting.map(({ status, attempts }) => [status, attempts.length])).toEqual([
      ["pending", 1],
      ["pending", 0],
      ["pending", 0],
      ["pending", 0],
    ]);
    expect(await received("rests")).toHaveLength(1);
    expect(await restOf(alert)).toBeGreaterThan(0);
    await behave("rests", "echo");
    expect((await ask(alert, "POST", "/deliveries/2/redeliver")).status).toBe(202);
    expect((await settled(alert, 4)).map(({ status }) => status)).toEqual(Array(4).fill("delivered"));
  });
});
