/** Slack, Discord and ntfy from the registration to the message, against services that answer as they do. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { json } from "../client.ts";
import type { Service } from "../services.ts";
import { ask, look, patch, rawAt, registerFor, settings, startClock, urlOf } from "./owner.ts";
import {
  type Alert,
  addArticle,
  behave,
  CURATOR,
  call,
  deliveries,
  eventually,
  ORIGIN,
  putNames,
  quiet,
  received,
  ring,
  settled,
  stopClock,
  view,
} from "./support.ts";

const DAY = 24 * 60 * 60 * 1000;
/** The log's time never goes back, so that each test has days of its own. */
let day = Math.ceil(Date.now() / DAY) * DAY;

beforeAll(putNames);
beforeEach(() => {
  day += 10 * DAY;
  stopClock(day);
});
afterAll(startClock);

/** What a service shows of a message: its text, without the signs that have no width. */
function shown(service: Service, body: string): string {
  if (service === "ntfy") return body;
  const { text, content }: { text?: string; content?: string } = JSON.parse(body);
  return (text ?? content ?? "").replaceAll("\u200b", "");
}

/** What a receiver got, as its service shows it; of ntfy with the heading, which stands in a header, first. */
const shownAt = async (service: Service, name: string): Promise<string[]> =>
  (await rawAt(name)).map(({ body, headers }) =>
    [...(service === "ntfy" ? [headers["title"] ?? ""] : []), shown(service, body)].join("\n"),
  );

/** The path of the confirmation link that stands in a text. */
function linkIn(text: string): string {
  const link = /https:\/\/[^\s|>)]+\/confirm\?code=\w+/.exec(text)?.[0];
  if (link === undefined) throw new Error(`no link in: ${text}`);
  const { origin, pathname, search } = new URL(link);
  expect(origin).toBe(ORIGIN);
  return pathname + search;
}

/** Registers an alert of a service, which takes whatever comes, and confirms it by the link that it shows. */
async function registerAt(service: Service, name: string, query: string, digest?: "daily"): Promise<Alert> {
  await behave(name, service);
  const alert = await registerFor(query, { type: service, url: urlOf(name), ...(digest && { digest }) }, name);
  await eventually(async () => (await rawAt(name)).length > 0);
  expect((await call("POST", linkIn((await shownAt(service, name))[0] ?? ""))).status).toBe(200);
  expect(await view(alert)).toMatchObject({ status: "active" });
  return alert;
}

const SERVICES: Service[] = ["slack", "discord", "ntfy"];

/** How each service says it: a link with its text, and what was found. */
const link: Record<Service, (text: string, url: string) => string> = {
  slack: (text, url) => `<${url}|${text}>`,
  discord: (text, url) => `[${text}](<${url}>)`,
  ntfy: (text, url) => `${text} ${url}`,
};
const strong: Record<Service, (text: string) => string> = {
  slack: (text) => `*${text}*`,
  discord: (text) => `**${text}**`,
  ntfy: (text) => text,
};

/** The statuses by which a service says that an address is gone for good. */
const GONE: Record<Service, number[]> = { slack: [403, 404, 410], discord: [401, 403, 404], ntfy: [401, 403, 404] };

describe.each(SERVICES)("%s", (service) => {
  const name = (test: string): string => `${service}-${test}`;

  it("is asked to confirm by a link and a button, in words; opening the link alone changes nothing", async () => {
    await behave(name("asked"), service);
    const alert = await registerFor(`kestrel ${service}`, { type: service, url: urlOf(name("asked")) });
    await eventually(async () => (await rawAt(name("asked"))).length === 1);
    const [asked = ""] = await shownAt(service, name("asked"));
    expect(asked).toContain("Confirm an alert from Parley");
    expect(asked).toContain("press the button");
    const path = linkIn(asked);
    const page = await call("GET", path);
    expect(await page.text()).toContain('<form method="post">');
    expect(await view(alert)).toMatchObject({ status: "pending" });
    expect((await call("POST", path)).status).toBe(200);
    expect(await view(alert)).toMatchObject({ status: "active" });
    expect(await rawAt(name("asked"))).toHaveLength(1);
  });

  it("cannot be confirmed by an answer: who answers there is not who reads there", async () => {
    await behave(name("echoes"), "parrot");
    const alert = await registerFor(`merlin ${service}`, { type: service, url: urlOf(name("echoes")) });
    await eventually(async () => (await look(alert)).confirmation?.status === "delivered");
    expect((await rawAt(name("echoes")))[0]?.body).toContain("code=");
    expect(await view(alert)).toMatchObject({ status: "pending" });
  });

  it("gets an article in its own form, unsigned", async () => {
    const alert = await registerAt(service, name("article"), `falcon${service}`);
    await addArticle(`A falcon${service} rose over the town.`, {
      title: "Birds of prey",
      url: `https://courier.example/${service}`,
      publisher: "The Courier",
      summary: "One bird.",
    });
    await settled(alert, 1);
    const [, text = ""] = await shownAt(service, name("article"));
    const [, got] = await rawAt(name("article"));
    const lines = text.split("\n");
    if (service === "ntfy") {
      expect(got?.headers).toMatchObject({ title: "Birds of prey", click: `https://courier.example/${service}` });
    } else expect(lines[0]).toBe(strongLink("Birds of prey", `https://courier.example/${service}`));
    expect(lines.slice(1)).toEqual([
      "The Courier · 2016-09-22",
      "One bird.",
      `falcon${service} (the word) in the text: A ${strong[service](`falcon${service}`)} rose over the town.`,
      `Message 1 of the alert «${strong[service](`falcon${service}`)}»`,
    ]);
    expect(Object.keys(got?.headers ?? {}).filter((header) => header.startsWith("webhook-"))).toEqual([]);
    expect(got?.headers["content-type"]).toBe(service === "ntfy" ? "text/plain; charset=utf-8" : "application/json");
    const [delivery] = await deliveries(alert);
    expect(delivery?.attempts).toMatchObject([{ status: service === "discord" ? 204 : 200 }]);
  });

  const strongLink = (text: string, url: string): string =>
    service === "slack" ? strong.slack(link.slack(text, url)) : link[service](strong[service](text), url);

  it("gets a test, a correction, a retraction, and what is replayed", async () => {
    const alert = await registerAt(service, name("all"), `osprey${service}`);
    await json(ask(alert, "POST", "/test"), 202);
    await settled(alert, 1);
    const { id } = await addArticle(`An osprey${service}.`, { title: "Over the lake" });
    await settled(alert, 2);
    const event = { date: "2016-09-22", title: "A flight", places: [], actors: [], topics: [], articles: [id] };
    const path = `/api/events/flight-${service}`;
    await call("PUT", path, { ...event, summary: "It flew." }, CURATOR);
    await call("PUT", path, { ...event, summary: "It swam." }, CURATOR);
    await settled(alert, 3);
    await call("DELETE", path, { reason: "It was a gull." }, CURATOR);
    await settled(alert, 4);
    await json(ask(alert, "POST", "/replay", { since: new Date(day).toISOString() }), 202);
    await settled(alert, 5);
    const [, test, article, corrected, retracted, replayed] = await shownAt(service, name("all"));
    expect(test).toContain("A test message");
    expect(article).toContain("Over the lake");
    expect(corrected).toMatch(/Corrected: A flight.*Changed: what happened.*It swam\..*Message 3 /s);
    expect(retracted).toMatch(/Retracted: A flight.*Reason: It was a gull\..*Message 4 /s);
    expect(replayed).toMatch(/Over the lake.*This is a replay of past matches/s);
  });

  it("gets a digest", async () => {
    const alert = await registerAt(service, name("digest"), `harrier${service}`, "daily");
    for (const title of ["First flight", "Second flight"]) {
      await addArticle(`A harrier${service}: ${title}.`, {
        title,
        url: `https://courier.example/${service}/${title.slice(0, 5)}`,
      });
    }
    await quiet();
    vi.setSystemTime(day + DAY);
    await ring();
    await settled(alert, 1);
    const [, digest = ""] = await shownAt(service, name("digest"));
    expect(digest).toMatch(/Daily digest: 2 items/);
    expect(digest).toContain(link[service]("First flight", `https://courier.example/${service}/First`));
    expect(digest).toContain(link[service]("Second flight", `https://courier.example/${service}/Secon`));
  });

  it("is not called again before it wants to be: 429", async () => {
    settings({ RETRY_SECONDS: "0,0,0" });
    const alert = await registerAt(service, name("limited"), `buzzard${service}`);
    // Discord says fractions of a second in its body; what its header says is more, and not followed.
    const asked = service === "discord" ? 0.3 : 7;
    await behave(name("limited"), `${service}-429-${asked}`);
    await addArticle(`A buzzard${service}.`);
    await eventually(async () => (await deliveries(alert))[0]?.attempts.length === 1);
    const [waiting] = await deliveries(alert);
    expect(waiting?.attempts).toMatchObject([{ outcome: "answered", status: 429 }]);
    expect(Date.parse(waiting?.next_attempt_at ?? "")).toBe(day + asked * 1000);
    await behave(name("limited"), service);
    vi.setSystemTime(day + asked * 1000 - 1);
    await ring();
    expect(await rawAt(name("limited"))).toHaveLength(2);
    vi.setSystemTime(day + asked * 1000);
    await ring();
    expect(await settled(alert, 1)).toMatchObject([{ status: "delivered" }]);
  });

  it("has a fault that passes: 500 is tried again, and what it said is kept", async () => {
    settings({ RETRY_SECONDS: "0,0,0" });
    const alert = await registerAt(service, name("fault"), `kite${service}`);
    await behave(name("fault"), `${service}-500`);
    await addArticle(`A kite${service}.`);
    const [delivery] = await settled(alert, 1);
    expect(delivery).toMatchObject({ status: "failed" });
    expect(delivery?.attempts).toHaveLength(4);
    expect(delivery?.attempts[0]?.answer).toMatch(/rollup_error|Internal Server Error|internal server error/);
    expect(await view(alert)).toMatchObject({ status: "active" });
  });

  it.each(GONE[service])(
    "says with %i that nobody is there any more: final, and the alert is paused",
    async (status) => {
      const alert = await registerAt(service, name(`gone-${status}`), `hawk${service}${status}`);
      await behave(name(`gone-${status}`), `${service}-${status}`);
      await addArticle(`A hawk${service}${status}.`);
      const [delivery] = await settled(alert, 1);
      expect(delivery).toMatchObject({ status: "failed", attempts: [{ status }], next_attempt_at: null });
      expect(await view(alert)).toMatchObject({
        status: "paused",
        paused_because: expect.stringContaining(`the receiver answered ${status}`),
      });
      await addArticle(`Another hawk${service}${status}.`);
      await quiet();
      expect(await rawAt(name(`gone-${status}`))).toHaveLength(2);
      // Its owner has set it up again.
      await behave(name(`gone-${status}`), service);
      expect(await json(patch(alert, { status: "active" }))).toMatchObject({ status: "active" });
      await addArticle(`A third hawk${service}${status}.`);
      expect(await settled(alert, 2)).toMatchObject([{ status: "failed" }, { status: "delivered" }]);
    },
  );
});

it("a webhook is not a chat service: there, 404 is a fault that passes", async () => {
  settings({ RETRY_SECONDS: "0,0,0" });
  await behave("webhook-404", "echo");
  const alert = await registerFor("eagle", { type: "webhook", url: urlOf("webhook-404") }, "webhook-404");
  await eventually(async () => (await view(alert)).status === "active");
  await behave("webhook-404", "status-404");
  await addArticle("An eagle.");
  const [delivery] = await settled(alert, 1);
  expect(delivery).toMatchObject({ status: "failed" });
  expect(await received("webhook-404")).toHaveLength(4);
  expect(await view(alert)).toMatchObject({ status: "active" });
});
