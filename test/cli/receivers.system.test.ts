/** The receiver that README.md shows, and the one of the demo, handle every type of message. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../src/cli/paths.ts";
import { startReceiver } from "../../src/cli/receiver.ts";
import type { MessageType } from "../../src/messages/message-schema.ts";
import { freePort, until } from "./programs.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const article = { article: { id: "a", title: "A title" }, events: [], matches: [] };
const event = { event: { id: "e", title: "An event" }, changed: ["title"] };
const items = [
  { type: "article.matched", ...article },
  { type: "event.retracted", ...event },
];

/** Data of one message of each type, and the lines that README.md's receiver prints for it. */
const CASES: Record<MessageType, [data: object, printed: string | undefined]> = {
  "alert.confirm": [{ challenge: "abc", confirm_url: "http://localhost/confirm" }, undefined],
  "alert.test": [{ sequence: 1 }, "alert.test 1 \n"],
  "article.matched": [{ sequence: 2, ...article }, "article.matched 2 A title\n"],
  "event.corrected": [{ sequence: 3, ...event }, "event.corrected 3 An event\n"],
  "event.retracted": [{ sequence: 4, ...event, reason: "a duplicate" }, "event.retracted 4 An event\n"],
  "alert.digest": [{ sequence: 5, digest: "daily", items }, "alert.digest 5 A title\nalert.digest 5 An event\n"],
};

const bodyOf = (type: string, data: object): string =>
  JSON.stringify({ type, data: { alert: { id: "al", query: "truce" }, ...data } });

function signed(body: string): Record<string, string> {
  const now = new Date();
  return {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(SECRET).sign("msg_1", now, body),
  };
}

describe("the receiver in README.md", () => {
  let receiver: ChildProcess;
  let output = "";
  let file: string;
  let send: (body: string, headers?: Record<string, string>) => Promise<Response>;

  beforeAll(async () => {
    const port = await freePort();
    // In the project's folder, where the package standardwebhooks is found.
    file = join(ROOT, ".wrangler", `receiver-${port}.mjs`);
    mkdirSync(dirname(file), { recursive: true });
    const [, program = ""] = /```js\n(.*?)\n```/s.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
    writeFileSync(file, program.replace("9000", String(port)));
    receiver = spawn(process.execPath, [file], {
      env: { ...process.env, SECRET },
      stdio: ["ignore", "pipe", "ignore"],
    });
    receiver.stdout?.on("data", (chunk) => (output += chunk));
    send = (body, headers = {}) => fetch(`http://127.0.0.1:${port}`, { method: "POST", headers, body });
    await until(async () => (await send("{}").catch(() => undefined)) !== undefined);
  });
  afterAll(() => {
    receiver.kill();
    rmSync(file);
  });

  it.each(Object.entries(CASES))("accepts %s", async (type, [data, printed]) => {
    const body = bodyOf(type, data);
    const response = await send(body, signed(body));
    expect(response.status).toBe(200);
    if (printed === undefined) expect(await response.text()).toBe("abc");
    else await until(() => output.includes(printed));
  });

  it.each(Object.entries(CASES).filter(([, [, printed]]) => printed !== undefined))(
    "refuses %s that was changed after it was signed",
    async (type, [data]) => {
      const body = bodyOf(type, data);
      expect((await send(`${body} `, signed(body))).status).toBe(400);
    },
  );

  it("refuses what is no JSON", async () => expect((await send("no JSON")).status).toBe(400));
});

describe("the receiver of the demo", () => {
  it.each(Object.entries(CASES))("verifies %s and keeps it", async (type, [data]) => {
    const receiver = await startReceiver(["robot"]);
    receiver.expect("robot", SECRET);
    const body = bodyOf(type, data);
    const response = await fetch(`${receiver.url}/robot`, { method: "POST", headers: signed(body), body });
    expect(response.status).toBe(200);
    expect(await receiver.next("robot", type, 5)).toMatchObject({ type, verified: true, data });
    receiver.stop();
  });
});
