/** What is kept of the attempts of a message. */
import { beforeAll, describe, expect, inject, it } from "vitest";
import { json } from "../client.ts";
import { ask, look, registerFor, settings } from "./owner.ts";
import {
  type Alert,
  addArticle,
  behave,
  deliveries,
  eventually,
  putNames,
  registerGated,
  rows,
  settled,
} from "./support.ts";

beforeAll(putNames);

/** What is kept of the answer to the message that an article brings to an alert, whose receiver answers so. */
async function answerKept(alert: Alert, behaviour: string): Promise<string | null | undefined> {
  const { latest } = await look(alert);
  const made = async () => (await deliveries(alert)).find(({ sequence }) => sequence === latest + 1);
  await behave(alert.name, behaviour);
  await addArticle(`Answered ${crypto.randomUUID()}.`);
  await eventually(async () => ((await made())?.attempts.length ?? 0) > 0);
  return (await made())?.attempts[0]?.answer;
}

const say = (status: number, body: string): string => `say-${status}-${encodeURIComponent(body)}`;

describe("of an answer", () => {
  it.each([
    ["the words of an error are kept", 500, '{"error": "no such channel"}', '{"error": "no such channel"}'],
    ["the words of a success, too", 200, "taken", "taken"],
    ["white space and line breaks are one space", 503, "  down\r\n\tfor  maintenance\n", "down for maintenance"],
    ["control characters are gone", 500, "a\u0000b\u001b[31mc\u202ed", "ab[31mcd"],
    ["nothing but white space is nothing", 500, " \n ", null],
    ["no body is nothing", 500, "", null],
  ])("%s", async (_, status, body, kept) => {
    const alert = await theAlert();
    expect(await answerKept(alert, say(status, body))).toBe(kept);
  });

  it("no more than the beginning is kept, cut between characters", async () => {
    const kept = (await answerKept(await theAlert(), say(500, "é👩‍👩‍👧 ".repeat(60)))) ?? "";
    expect(kept.length).toBeLessThanOrEqual(201);
    expect(kept).toMatch(/^(é👩‍👩‍👧 )+(é|é👩‍👩‍👧)?…$/u);
  });

  it("an endless one is read to 64 KB, and no more is kept of it than of any other", async () => {
    const kept = (await answerKept(await theAlert(), "endless")) ?? "";
    expect(kept).toMatch(/^xé+…$/);
    expect(kept.length).toBeLessThanOrEqual(201);
  });

  it("the alert's own secret, its signature and its message's are taken out where a receiver says them again", async () => {
    const alert = await theAlert();
    const kept = await answerKept(alert, say(500, `id {webhook-id} signed {webhook-signature} with ${alert.secret}`));
    expect(kept).toContain("id msg_");
    expect(kept).toContain("[removed]");
    expect(kept).not.toContain(alert.secret.slice(6, 30));
    expect(kept).not.toMatch(/v1,[A-Za-z0-9+/]{20}/);
  });

  it("the token in the channel's address is taken out where a receiver says its address again", async () => {
    const token = "T0ken0fTheChannel0123456789";
    const name = token;
    await behave(name, "silent");
    const url = `${inject("receiver")}/${name}/gate`;
    const alert: Alert = { ...(await registerFor("answered", { type: "webhook", url })), name };
    await rows("UPDATE alerts SET status = 'active', confirmed_at = 1, expires_at = NULL WHERE id = ?", alert.id);
    const kept = await answerKept(alert, say(404, `no hook at /hooks/${token}, try again`));
    expect(kept).toBe("no hook at /hooks/[removed], try again");
    await json(ask(alert, "PATCH", "", { status: "paused" }));
  });

  it("the challenge of a confirmation is taken out", async () => {
    const name = "challenged";
    await behave(name, say(200, "I was asked: {challenge}, {confirm_url}"));
    const alert = await registerFor("challenged", { type: "webhook", url: `${inject("receiver")}/${name}/gate` });
    await eventually(async () => {
      const { confirmation } = await json<Asked>(ask(alert, "GET"));
      return (confirmation?.attempts.length ?? 0) > 0;
    });
    const { confirmation } = await json<Asked>(ask(alert, "GET"));
    expect(confirmation?.attempts[0]?.answer).toMatch(/^I was asked: \[removed\], .*code=\[removed\]$/);
  });
});

interface Asked {
  confirmation: { attempts: { answer: string | null }[] } | null;
}

let made: Promise<Alert> | undefined;

/** One alert for all that only look at answers. */
function theAlert(): Promise<Alert> {
  made ??= registerGated("answers", "answered");
  return made;
}

describe("of an attempt", () => {
  it("without an answer: the outcome, no status, nothing of an answer", async () => {
    const alert = await registerGated("dropped", "dropping");
    await behave("dropped", "drop");
    await addArticle("Dropping.");
    await eventually(async () => ((await deliveries(alert))[0]?.attempts.length ?? 0) > 0);
    expect((await deliveries(alert))[0]?.attempts[0]).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      outcome: "network error",
      status: null,
      milliseconds: expect.any(Number),
      answer: null,
    });
    await behave("dropped", "echo");
    await settled(alert, 1);
  });

  it("the last 25 are kept of a message that is tried more often, and all are counted", async () => {
    settings({ RETRY_SECONDS: Array.from({ length: 29 }, () => "0").join(",") });
    const alert = await registerGated("often", "tried");
    await behave("often", say(500, "number {webhook-timestamp}"));
    await addArticle("Tried.");
    const [delivery] = await settled(alert, 1);
    expect(delivery).toMatchObject({ status: "failed" });
    expect(delivery?.attempts).toHaveLength(25);
    const numbers = await rows<{ number: number }>(
      "SELECT number FROM attempts WHERE receiver = ? AND sequence = 1 ORDER BY number",
      alert.id,
    );
    expect(numbers.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, i) => i + 6));
    await behave("often", "echo");
    await json(ask(alert, "POST", "/deliveries/1/redeliver"), 202);
    const [after] = await settled(alert, 1);
    expect(after?.attempts).toHaveLength(25);
    expect(after?.attempts.at(-1)).toMatchObject({ status: 204 });
  });
});
