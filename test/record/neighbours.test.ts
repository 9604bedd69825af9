import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { EventInput } from "../../src/record/events/event.ts";
import { arrange, NEAREST, type NeighbourCandidate, readNeighbours } from "../../src/record/events/event-neighbours.ts";
import { readEvent } from "../../src/record/events/read-events.ts";
import { curate, json, putEvent, putName, putNames } from "../client.ts";

const candidate = (id: string, ...names: string[]): NeighbourCandidate => ({
  id,
  date: "2016-09-22",
  end_date: null,
  precision: "day",
  title: id,
  names,
});

const EVENT = { places: ["aleppo"], actors: ["russia", "iran"], topics: ["ceasefire"] };
const [ALEPPO, RUSSIA, IRAN, CEASEFIRE] = ["place:aleppo", "actor:russia", "actor:iran", "topic:ceasefire"] as const;
const near = [candidate("near-1", ALEPPO, RUSSIA, IRAN), candidate("near-2", ALEPPO, RUSSIA)];

describe("the choice of neighbours", () => {
  it.each<[string, NeighbourCandidate[], NeighbourCandidate[], string[]]>([
    ["one name in common is not enough", [...near, candidate("one", ALEPPO)], [], []],
    ["two are", [...near, candidate("two", ALEPPO, CEASEFIRE)], [], ["two"]],
    ["what stands right before it is not told of twice", near, [], []],
    [
      "more names go first, however far they are",
      [...near, candidate("two", ALEPPO, RUSSIA), candidate("three", ALEPPO, RUSSIA, CEASEFIRE)],
      [],
      ["three", "two"],
    ],
    [
      "with as many names, the nearer one on either side",
      [...near, candidate("third-before", ALEPPO, IRAN), candidate("fourth-before", ALEPPO, IRAN)],
      [...near, candidate("third-after", RUSSIA, CEASEFIRE)],
      ["third-before", "third-after", "fourth-before"],
    ],
    [
      "no more than four",
      [...near, ...["a", "b", "c", "d", "e"].map((id) => candidate(id, ALEPPO, RUSSIA))],
      [],
      ["a", "b", "c", "d"],
    ],
  ])("%s", (_, before, after, related) => {
    expect(arrange(EVENT, before, after).related.map(({ id }) => id)).toEqual(related);
  });

  it("relates events with one name if they share it", () => {
    const only = { places: ["aleppo"], actors: [], topics: [] };
    const { related } = arrange(only, [...near, candidate("same", RUSSIA, ALEPPO), candidate("other", RUSSIA)], []);
    expect(related).toMatchObject([{ id: "same", shared: [ALEPPO] }]);
  });

  it("relates nothing to an event without names", () => {
    const none = { places: [], actors: [], topics: [] };
    expect(arrange(none, [...near, candidate("far", ALEPPO)], []).related).toEqual([]);
  });

  it("has two events before and two after, in order of time", () => {
    const side = (name: string) => ["1", "2", "3"].map((n) => candidate(`${name}-${n}`));
    const { before, after } = arrange(EVENT, side("before"), side("after"));
    expect(before.map(({ id }) => id)).toEqual(["before-2", "before-1"]);
    expect(after.map(({ id }) => id)).toEqual(["after-1", "after-2"]);
  });
});

describe("the neighbours of an event on record", () => {
  /** In the order in which they went onto the wire, which is not that of time. */
  const EVENTS: readonly (readonly [id: string, event: Partial<EventInput>])[] = [
    ["day-after", { date: "1901-03-04" }],
    ["first-of-day", { date: "1901-03-03" }],
    ["silent", { date: "1901-03-03", mode: "silent" }],
    ["middle", { date: "1901-03-03", places: ["aleppo"], topics: ["ceasefire"] }],
    ["retracted", { date: "1901-03-03" }],
    ["last-of-day", { date: "1901-03-03" }],
    ["of-the-month", { date: "1901-03" }],
    ["of-the-year", { date: "1901" }],
    ["day-before", { date: "1901-03-02" }],
    ["related", { date: "1901-02-01", places: ["aleppo"], topics: ["ceasefire"] }],
  ];
  const neighboursOf = async (id: string) => {
    const event = await readEvent(env.DB, `n-${id}`);
    if (event === undefined) throw new Error(`${id} was expected`);
    const { before, after, related } = await readNeighbours(env.DB, event);
    const ids = (each: readonly { id: string }[]) => each.map((one) => one.id.slice(2));
    return { before: ids(before), after: ids(after), related };
  };

  beforeAll(async () => {
    await putNames();
    for (const [id, event] of EVENTS) await putEvent(`n-${id}`, event);
    await json(curate("DELETE", "/api/events/n-retracted", { reason: "It was not so." }));
  });

  it.each([
    [
      "on one day, by when they went onto the wire",
      "middle",
      ["day-before", "first-of-day"],
      ["last-of-day", "day-after"],
    ],
    [
      "a month before its days, a year before its months",
      "of-the-month",
      ["of-the-year", "related"],
      ["day-before", "first-of-day"],
    ],
    ["none before the first", "of-the-year", [], ["related", "of-the-month"]],
    ["a silent one has some", "silent", ["day-before", "first-of-day"], ["middle", "last-of-day"]],
    ["so has one that was retracted", "retracted", ["first-of-day", "middle"], ["last-of-day", "day-after"]],
  ])("%s", async (_, id, before, after) => {
    expect(await neighboursOf(id)).toMatchObject({ before, after });
  });

  it("name the names that a related event shares", async () => {
    expect((await neighboursOf("middle")).related).toEqual([
      expect.objectContaining({ id: "n-related", date: "1901-02-01", shared: ["place:aleppo", "topic:ceasefire"] }),
    ]);
  });

  it.each(Object.entries(NEAREST))("%s it are found by the index alone", async (_, sql) => {
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind("1901-03-03", 3)
      .all<{ detail: string }>();
    const plan = results.map(({ detail }) => detail);
    expect(plan.filter((step) => /^SEARCH events USING INDEX events_by_date/.test(step))).toHaveLength(2);
    expect(plan.filter((step) => /^SCAN events/.test(step))).toEqual([]);
  });

  it("cost no more rows if there are many events", async () => {
    await putName("place:nowhere", { label: "Nowhere" });
    const rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)";
    const document = `json_object('date', printf('19%02d-01-%02d', 20 + i % 60, 1 + i % 28), 'title', 'x', 'precision', 'day',
      'places', json('[]'), 'actors', json('[]'), 'topics', json('[]'))`;
    await env.DB.batch([
      env.DB.prepare(`${rows} INSERT INTO log SELECT number + i, at, 'event.added', 'many-' || i, 1 FROM n, head`),
      env.DB.prepare(
        `${rows} INSERT INTO events SELECT 'many-' || i, (SELECT number FROM log WHERE subject = 'many-' || i), 1, 'new', '', '', ${document}, NULL FROM n`,
      ),
    ]);
    const read = await Promise.all(
      Object.values(NEAREST).map((sql) => env.DB.prepare(sql).bind("1950-01-15", 1).all()),
    );
    for (const { results, meta } of read) {
      expect(results).toHaveLength(25);
      expect(meta.rows_read).toBeLessThan(60);
    }
  });
});
