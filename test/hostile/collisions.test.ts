/**
 * Words chosen for their hashes. They silenced alerts when the hash had no key: `jjvdgfcbkqg` had the hash under which
 * the first part of the row of `syria` was stored, and `sqlfzq` and `rolmabzq` had equal hashes.
 */
import { expect, it } from "vitest";
import { addArticle, call } from "../client.ts";
import { jsonOf, type Registered } from "./support.ts";

const register = (query: string): Promise<Registered> =>
  jsonOf(call("/api/alerts", { method: "POST", body: JSON.stringify({ query, channel: { type: "feed" } }) }), 201);

/** Registers alerts for one word, each with so many checks that about ninety fill a part of its row. */
async function registerMany(word: string, count: number): Promise<Registered[]> {
  const alerts: Registered[] = [];
  const excluded = (i: number): string => Array.from({ length: 30 }, (_, k) => `-q${i}x${k}`).join(" ");
  for (let i = 0; i < count; i++) alerts.push(await register(`"${word}" ${excluded(i)}`));
  return alerts;
}

/** Returns the number of messages of an alert. */
const latest = async ({ id, token }: Registered): Promise<number> =>
  (await jsonOf<{ latest: number }>(call(`/api/alerts/${id}`, { headers: { authorization: `Bearer ${token}` } }), 200))
    .latest;

/** Time limits for a machine with other load. */
const PATIENT = { timeout: 30_000 };

/** Returns the alerts with another number of messages. */
async function without(messages: number, alerts: readonly Registered[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const alert of alerts) if ((await latest(alert)) !== messages) wrong.push(alert.query);
  return wrong;
}

it("alerts for a chosen word do not silence alerts for another word", async () => {
  const victim = await register('"syria"');
  const others = await registerMany("syria", 90);
  const attackers = await registerMany("jjvdgfcbkqg", 100);
  await addArticle("picked-1", { title: "Syria, first" });
  await addArticle("picked-2", { title: "Syria, second" });
  await expect.poll(() => latest(victim), PATIENT).toBe(2);
  expect(await without(2, others)).toEqual([]);
  expect(await without(0, attackers)).toEqual([]);
  for (const attacker of attackers) {
    const headers = { authorization: `Bearer ${attacker.token}` };
    expect((await call(`/api/alerts/${attacker.id}`, { method: "DELETE", headers })).status).toBe(204);
  }
  await addArticle("picked-3", { title: "Syria, third" });
  await expect.poll(() => latest(victim), PATIENT).toBe(3);
  expect(await without(3, others)).toEqual([]);
});

it("an excluded word does not exclude another word with the same hash", async () => {
  const alert = await register('"aleppo" -"sqlfzq"');
  await addArticle("picked-4", { title: "Aleppo: rolmabzq" });
  await addArticle("picked-5", { title: "Aleppo: sqlfzq" });
  await addArticle("picked-6", { title: "Aleppo" });
  await expect.poll(() => latest(alert), PATIENT).toBe(2);
});
