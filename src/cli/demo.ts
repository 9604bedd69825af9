/** `npm run demo`: registers two alerts, adds an article and verifies the messages. Exit status 0 only if all of it happened. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "./load.ts";
import { DATA } from "./paths.ts";
import { type ReceivedMessage, type Receiver, startReceiver } from "./receiver.ts";
import { runProgram } from "./run-program.ts";
import { startServer } from "./server.ts";

/** Time for a message to arrive, in seconds. */
const PATIENCE = 20;

const ARTICLE = {
  title: "A sample article: quiet streets, and a meeting called",
  text: `The truce in Halab held for a second day, residents said. No raid was reported.
The International Syria Support Group will meet on Friday.`,
  published_at: "2016-09-14T10:00:00Z",
  publisher: "The Demo Courier",
  language: "en",
};

interface Registered {
  id: string;
  secret: string;
  query: string;
  reading: { text: string; means: string }[];
}

async function story(url: string, token: string, receiver: Receiver): Promise<void> {
  const { created } = await load(url, token, DATA);
  say(`A Worker and a receiver are up; data/ is loaded: ${created} names, articles and events`);

  const robot = await register(url, "aleppo ceasefire", `${receiver.url}/robot`);
  receiver.expect("robot", robot.secret);
  const person = await register(url, "ISSG", `${receiver.url}/person`);
  receiver.expect("person", person.secret);

  await receiver.next("robot", "alert.confirm", PATIENCE);
  say("robot answers the challenge: confirmed");
  const asked = await receiver.next("person", "alert.confirm", PATIENCE);
  const confirmed = await post(String(asked.data["confirm_url"]), {}, undefined);
  if (!confirmed.ok) throw new Error(`pressing the button failed with status ${confirmed.status}`);
  say("person opens the link and presses the button: confirmed");

  const added = await post(`${url}/api/articles`, { authorization: `Bearer ${token}` }, ARTICLE);
  if (added.status !== 201) throw new Error(`adding the article failed with status ${added.status}`);
  say(`An article is added: "${ARTICLE.title}"`);

  for (const name of ["robot", "person"]) show(name, await receiver.next(name, "article.matched", PATIENCE));
}

async function register(url: string, query: string, channel: string): Promise<Registered> {
  const response = await post(`${url}/api/alerts`, {}, { query, channel: { type: "webhook", url: channel } });
  if (response.status !== 201)
    throw new Error(`registering the alert failed with status ${response.status}: ${await response.text()}`);
  const registered: Registered = await response.json();
  const read = registered.reading.map(({ text, means }) => `${text} as ${means}`).join(", ");
  say(`Alert "${query}" for ${new URL(channel).pathname.slice(1)}: read ${read}`);
  return registered;
}

function show(name: string, { verified, data }: ReceivedMessage): void {
  if (!verified) throw new Error(`the message to ${name} has no valid signature`);
  say(`${name} gets message ${data["sequence"]}, signature verified; it matched`);
  const matches = data["matches"] as { term: string; means: string; field: string; text: string; snippet: string }[];
  for (const { term, means, field, text, snippet } of matches) {
    console.log(`     ${term} (${means}) because of "${text}" in the ${field}:\n       ${snippet}`);
  }
}

const post = (url: string, headers: Record<string, string>, body: object | undefined): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body ? JSON.stringify(body) : null,
  });

const say = (line: string): void => console.log(`-- ${line}`);

async function main(): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), "parley-demo-"));
  const token = randomBytes(24).toString("base64url");
  const receiver = await startReceiver(["robot"]);
  try {
    const vars = { CURATOR_TOKEN: token, ALLOW_PRIVATE_TARGETS: "true", REGISTRATION_LIMIT: "0" };
    const server = await startServer({ port: 0, stateDir, vars });
    try {
      await story(server.url, token, receiver);
    } finally {
      await server.stop();
    }
  } finally {
    receiver.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
  say("All of it happened.");
}

await runProgram(main);
