import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { findLikelyEvents } from "../../src/record/events/event-candidates.ts";
import { type LikelyCandidate, likelyEvents } from "../../src/record/events/likely-events.ts";
import { curate, putEvent, putName, vocabulary } from "../client.ts";

const candidate = (id: string, date: string, names: string[], end_date: string | null = null): LikelyCandidate => ({
  id,
  title: id,
  date,
  end_date,
  names,
});

const COUNTS: Readonly<Record<string, number>> = { "actor:rare": 1, "actor:some": 7, "place:common": 127 };

const ranked = (candidates: LikelyCandidate[], published_at: string | null, limit = 10) =>
  likelyEvents(
    candidates,
    { names: new Set(Object.keys(COUNTS)), published_at, frequency: (name) => COUNTS[name] ?? 0 },
    limit,
  );

describe("which event an article is likely to report", () => {
  const day = "2016-09-22";
  const cases: [name: string, candidates: LikelyCandidate[], published: string | null, expected: string[]][] = [
    ["none without a name in common", [candidate("other", day, ["actor:other"])], day, []],
    [
      "a rare name says more than one that all have",
      [candidate("common", day, ["place:common"]), candidate("rare", day, ["actor:rare"])],
      day,
      ["rare", "common"],
    ],
    [
      "two names say more than one of them",
      [candidate("one", day, ["actor:some"]), candidate("two", day, ["actor:some", "place:common"])],
      day,
      ["two", "one"],
    ],
    [
      "the nearer of two that share the same",
      [candidate("year", "2015-09-22", ["actor:some"]), candidate("week", "2016-09-15", ["actor:some"])],
      day,
      ["week", "year"],
    ],
    [
      "an event after the article is as far as one before it",
      [candidate("after-9", "2016-10-01", ["actor:some"]), candidate("before-8", "2016-09-14", ["actor:some"])],
      day,
      ["before-8", "after-9"],
    ],
    [
      "that very day before some day of the month",
      [candidate("month", "2016-09", ["actor:some"]), candidate("day", day, ["actor:some"])],
      day,
      ["day", "month"],
    ],
    [
      "nearness does not outweigh a rare name some days away",
      [candidate("common-today", day, ["place:common"]), candidate("rare-2-weeks", "2016-09-08", ["actor:rare"])],
      day,
      ["rare-2-weeks", "common-today"],
    ],
    [
      "by names alone where the day of the article is not known",
      [candidate("some", day, ["actor:some"]), candidate("rare", "1999", ["actor:rare"])],
      null,
      ["rare", "some"],
    ],
    [
      "of equal ones the later id first",
      [candidate("2016-a", day, ["actor:some"]), candidate("2016-b", day, ["actor:some"])],
      day,
      ["2016-b", "2016-a"],
    ],
    ["a name twice counts once", [candidate("twice", day, ["actor:some", "actor:some"])], day, ["twice"]],
  ];
  it.each(cases)("%s", (_, candidates, published, expected) => {
    expect(ranked(candidates, published).map(({ event }) => event.id)).toEqual(expected);
    expect(ranked(candidates.toReversed(), published).map(({ event }) => event.id)).toEqual(expected);
  });

  it.each([
    ["the same day", candidate("e", day, ["actor:rare"]), "2016-09-22T23:59:00.000Z", 0],
    ["the day after", candidate("e", day, ["actor:rare"]), "2016-09-23", 1],
    ["before it", candidate("e", day, ["actor:rare"]), "2016-09-20", -2],
    ["within its month", candidate("e", "2016-09", ["actor:rare"]), "2016-09-30", 0],
    ["after its month", candidate("e", "2016-02", ["actor:rare"]), "2016-03-01", 1],
    ["within its year", candidate("e", "2016", ["actor:rare"]), "2016-12-31", 0],
    ["between its first and last day", candidate("e", "2016-09-01", ["actor:rare"], day), "2016-09-10", 0],
    ["after its last month", candidate("e", "2016-08-30", ["actor:rare"], "2016-09"), "2016-10-03", 3],
  ])("days apart: %s", (_, event, published, days) => {
    expect(ranked([event], published)).toMatchObject([{ days }]);
  });

  it("returns the common names, the rarest first, and at most the requested number of events", () => {
    const names = ["place:common", "actor:some", "actor:other", "actor:rare"];
    const [best] = ranked([candidate("a", day, names)], day);
    expect(best?.shared).toEqual(["actor:rare", "actor:some", "place:common"]);
    expect(ranked([candidate("a", day, names), candidate("b", day, names)], day, 1)).toHaveLength(1);
  });
});

describe("on record", () => {
  beforeAll(async () => {
    for (const id of ["actor:heron", "place:marshland"]) await putName(id, { label: id.slice(id.indexOf(":") + 1) });
    const names = { actors: ["heron"], places: ["marshland"] };
    await putEvent("2016-09-22-heron", { ...names, title: "Heron in the marsh" });
    await putEvent("2016-09-22-silent", { ...names, mode: "silent" });
    await putEvent("2016-09-22-gone", names);
    await curate("DELETE", "/api/events/2016-09-22-gone", { reason: "Wrong." });
    await putEvent("2016-09-22-dry", { places: ["marshland"] });
  });

  it("finds events that share a name with the text, silent ones included, without retracted ones", async () => {
    const text = "The Heron was seen.";
    const found = await findLikelyEvents(env.DB, await vocabulary(), { title: "News", text, published_at: null });
    expect(found.map(({ event }) => event.id).sort()).toEqual(["2016-09-22-heron", "2016-09-22-silent"]);
    expect(found.every(({ shared }) => shared.includes("actor:heron"))).toBe(true);
  });

  it("finds nothing for a text without a name on record", async () => {
    const names = await vocabulary();
    expect(await findLikelyEvents(env.DB, names, { title: "None", text: "None.", published_at: null })).toEqual([]);
  });
});
