/** What changes after an alert was registered: names, and events of which it got an article. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  addArticle,
  CURATOR,
  call,
  followed,
  putNames,
  received,
  registerConfirmed,
  settled,
  view,
} from "./support.ts";

beforeAll(putNames);

/** An event as a curator puts it. */
const MEETING = {
  title: "A meeting",
  summary: "They met.",
  places: [],
  actors: [],
  topics: [],
  articles: [] as string[],
};

describe("what changes later", () => {
  it("a spelling that is added takes effect for alerts that are there", async () => {
    const alert = await registerConfirmed("spelling", "aleppo");
    await addArticle("Nothing new in Alepo.");
    await followed();
    expect(await view(alert)).toMatchObject({ latest: 0 });
    const name = {
      type: "city",
      label: "Aleppo",
      spellings: { en: ["Aleppo", "Alepo"], ar: ["حلب"], other: ["Halab"] },
    };
    expect((await call("PUT", "/api/names/place:aleppo", name, CURATOR)).status).toBe(200);
    await addArticle("Something new in Alepo.");
    await settled(alert, 1);
    expect(JSON.parse((await received("spelling"))[0]?.body ?? "").data.matches[0].text).toBe("Alepo");
  });

  it("words that become a name are read as one", async () => {
    const alert = await registerConfirmed("becomes", "white helmets");
    const name = { type: "organisation", label: "White Helmets", spellings: { ar: ["الخوذ البيضاء"] } };
    await call("PUT", "/api/names/actor:white-helmets", name, CURATOR);
    await addArticle("قال الخوذ البيضاء إنهم وصلوا");
    await settled(alert, 1);
  });

  it("a correction that takes an article away reaches those who got it", async () => {
    const event = { ...MEETING, date: "2016" };
    const alert = await registerConfirmed("taken-away", "hovercraft");
    const { id } = await addArticle("A hovercraft.");
    await call("PUT", "/api/events/wrongly-linked", { ...event, articles: [id] }, CURATOR);
    await call("PUT", "/api/events/wrongly-linked", event, CURATOR);
    const [, corrected] = await settled(alert, 2);
    expect(corrected?.message.data).toMatchObject({ changed: ["articles"] });
  });

  it("a correction and a retraction reach whoever got an article of the event, and nobody else", async () => {
    const event = { ...MEETING, date: "2016-09-22" };
    const alert = await registerConfirmed("corrected", "zeppelin");
    const other = await registerConfirmed("not-corrected", "dirigible");
    const { id } = await addArticle("A zeppelin.");
    await settled(alert, 1);
    await call("PUT", "/api/events/a-meeting", { ...event, articles: [id] }, CURATOR);
    await call("PUT", "/api/events/a-meeting", { ...event, articles: [id], summary: "They met for an hour." }, CURATOR);
    await settled(alert, 2);
    await call("DELETE", "/api/events/a-meeting", { reason: "It was another day." }, CURATOR);
    await settled(alert, 3);
    const [, corrected, retracted] = (await received("corrected")).map(({ body }) => JSON.parse(body));
    expect(corrected).toMatchObject({
      type: "event.corrected",
      data: { sequence: 2, event: { id: "a-meeting", summary: "They met for an hour." }, changed: ["summary"] },
    });
    expect(retracted).toMatchObject({
      type: "event.retracted",
      data: { sequence: 3, event: { id: "a-meeting" }, reason: "It was another day." },
    });
    // It stands again: that is told as well. Another mode alone, or a correction made quietly, is not.
    await call("PUT", "/api/events/a-meeting", { ...event, articles: [id], summary: "They met for an hour." }, CURATOR);
    await settled(alert, 4);
    await call(
      "PUT",
      "/api/events/a-meeting",
      { ...event, articles: [id], summary: "They met for an hour.", mode: "historic" },
      CURATOR,
    );
    await call(
      "PUT",
      "/api/events/a-meeting",
      { ...event, articles: [id], summary: "Quietly.", mode: "historic" },
      CURATOR,
    );
    await followed();
    expect(await view(alert)).toMatchObject({ latest: 4 });
    expect(JSON.parse((await received("corrected"))[3]?.body ?? "").data.changed).toEqual(["retracted"]);
    expect(await view(other)).toMatchObject({ latest: 0 });
  });
});
