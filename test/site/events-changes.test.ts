import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EventInput, eventDocument } from "../../src/record/events/event.ts";
import { makeCompare, type Stretch } from "../../src/site/events/difference.tsx";
import { stepsOf } from "../../src/site/events/history.ts";
import { changesBetween, type RevisionChange } from "../../src/site/events/revision-changes.ts";
import { isoDates } from "../../src/site/events/schema-org.tsx";
import { shortened } from "../../src/site/text-format.ts";
import { event } from "../client.ts";

const revision = (more: Partial<EventInput> = {}) => ({ document: eventDocument(event(more)), retracted: null });
const CLAIM = { by: "russia", says: "It held." };

describe("what a revision changed", () => {
  it.each<[string, Partial<EventInput>, Partial<EventInput>, RevisionChange[]]>([
    ["nothing", {}, {}, []],
    ["title", { title: "A" }, { title: "B" }, [{ kind: "text", part: "title", before: "A", after: "B" }]],
    [
      "the day",
      {},
      { date: "2016-09", end_date: null },
      [{ kind: "text", part: "date", before: "22 September 2016", after: "September 2016" }],
    ],
    [
      "the last day",
      {},
      { end_date: "2016-09-23" },
      [{ kind: "text", part: "date", before: "22 September 2016", after: "22 September 2016 to 23 September 2016" }],
    ],
    [
      "how the date is known",
      {},
      { dated_from: "It says so." },
      [{ kind: "text", part: "how the date is known", before: "", after: "It says so." }],
    ],
    ["summary", { summary: "A" }, { summary: "B" }, [{ kind: "text", part: "what happened", before: "A", after: "B" }]],
    [
      "places, one out and one in",
      { places: ["aleppo", "geneva"] },
      { places: ["geneva", "vienna"] },
      [{ kind: "names", part: "places", removed: ["place:aleppo"], added: ["place:vienna"] }],
    ],
    [
      "who took part, in another order",
      { actors: ["iran", "russia"] },
      { actors: ["russia", "iran"] },
      [{ kind: "names", part: "who took part", removed: [], added: [] }],
    ],
    ["topics", {}, { topics: ["truce"] }, [{ kind: "names", part: "topics", removed: [], added: ["topic:truce"] }]],
    [
      "articles",
      { articles: ["a"] },
      { articles: ["b"] },
      [{ kind: "articles", part: "sources", removed: ["a"], added: ["b"] }],
    ],
    ["a claim more", {}, { claims: [CLAIM] }, [claim({ before: null, after: "It held." })]],
    ["a claim less", { claims: [CLAIM] }, {}, [claim({ before: "It held.", after: null })]],
    [
      "a claim in other words",
      { claims: [CLAIM] },
      { claims: [{ by: "russia", says: "It broke." }] },
      [claim({ before: "It held.", after: "It broke." })],
    ],
    [
      "a claim by somebody else",
      { claims: [CLAIM] },
      { claims: [{ by: "iran", says: "It held." }] },
      [claim({ before: "It held.", after: null }), claim({ by: "iran", before: null, after: "It held." })],
    ],
    [
      "one of several claims",
      { claims: [CLAIM, { by: "russia", says: "B" }] },
      { claims: [CLAIM] },
      [claim({ before: "B", after: null })],
    ],
  ])("%s", (_, before, after, changes) => {
    expect(changesBetween(revision(before), revision(after))).toEqual(changes);
  });
});

function claim(more: { by?: string; before: string | null; after: string | null }): RevisionChange {
  return { kind: "claim", part: "claims", by: "russia", ...more };
}

describe("the steps of a history", () => {
  const at = (revision: number, retracted: string | null) => ({
    revision,
    at: `2026-11-0${revision}T00:00:00.000Z`,
    retracted,
    document: eventDocument(event()),
  });
  it.each<[string, (string | null)[], string[]]>([
    ["put once", [null], ["Published"]],
    ["corrected", [null, null], ["Corrected", "Published"]],
    ["retracted", [null, "Why."], ["Retracted: Why.", "Published"]],
    [
      "retracted for another reason",
      [null, "Why.", "Because."],
      ["Reason of retraction changed: Because.", "Retracted: Why.", "Published"],
    ],
    ["put again", [null, "Why.", null], ["Published again", "Retracted: Why.", "Published"]],
  ])("%s", (_, reasons, told) => {
    const revisions = reasons.map((reason, i) => at(i + 1, reason)).reverse();
    const steps = stepsOf({ revisions, sources: new Map() });
    expect(steps.map(({ what, reason }) => (reason === undefined ? what : `${what}: ${reason}`))).toEqual(told);
  });

  it("sorts source changes among the revisions by time", () => {
    const source = {
      id: "a",
      title: "A",
      language: null,
      linked_at: "2026-11-01T12:00:00.000Z",
      corrected_at: "2026-11-03T00:00:00.000Z",
    };
    const steps = stepsOf({ revisions: [at(2, null), at(1, null)], sources: new Map([["a", source]]) });
    expect(steps.map(({ what }) => what)).toEqual(["Source corrected", "Corrected", "Source added", "Published"]);
  });
});

describe("a difference by words", () => {
  const compared = (before: string, after: string): Stretch[] => makeCompare()(before, after) ?? [];
  const joined = (stretches: readonly Stretch[], side: "before" | "after") =>
    stretches
      .filter(({ kept }) => kept === "both" || kept === side)
      .map(({ text }) => text)
      .join("")
      .replace(/\s+/g, "");
  const marked = (before: string, after: string) =>
    compared(before, after)
      .map(({ text, kept }) => (kept === "both" ? text : kept === "before" ? `[-${text}-]` : `{+${text}+}`))
      .join("");

  it.each([
    ["one word", "They met on Thursday.", "They met on Friday.", "They met on [-Thursday-]{+Friday+}."],
    ["in Arabic, whole words", "قال لافروف إن", "قال كيري إن", "قال [-لافروف-]{+كيري+} إن"],
    ["in Russian, whole words", "Лавров сказал", "Лавров заявил", "Лавров [-сказал-]{+заявил+}"],
    ["what is new", "", "All of it.", "{+All of it.+}"],
    ["what is gone", "All of it.", "", "[-All of it.-]"],
  ])("%s", (_, before, after, told) => expect(marked(before, after)).toBe(told));

  it("shows the texts one after the other if little is shared", () => {
    const words = (word: string) => Array.from({ length: 200 }, (_, i) => `${word}${i}`).join(" ");
    expect(makeCompare()(words("a"), words("b"))).toEqual([
      { text: words("a"), kept: "before" },
      { text: words("b"), kept: "after" },
    ]);
  });

  it("compares up to a limit per page, then shows both texts, then nothing", () => {
    const compare = makeCompare();
    const text = "word ".repeat(1900);
    const more = `${text}more`;
    const kept = () => compare(text, more)?.map((stretch) => stretch.kept);
    expect([kept(), kept(), kept(), kept(), kept()]).toEqual([
      ["both", "after"],
      ["before", "after"],
      ["before", "after"],
      ["before", "after"],
      undefined,
    ]);
  });

  it("loses nothing of either text but spaces", () => {
    const text = fc
      .array(fc.constantFrom("met", "in", "Geneva", ",", " ", "\n", "هدنة", "a", "…", "É"), { maxLength: 30 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const stretches = compared(before, after);
        expect([joined(stretches, "before"), joined(stretches, "after")]).toEqual(
          [before, after].map((one) => one.replace(/\s+/g, "")),
        );
      }),
    );
  });
});

describe("a description", () => {
  it.each([
    ["short ones stay", "They met.", "They met."],
    ["in one line", "They\n\nmet.", "They met."],
    ["cut after a word, without its comma", `${"word, ".repeat(50)}`, `${"word, ".repeat(32)}word…`],
    ["cut anywhere where there is no space", "x".repeat(300), `${"x".repeat(199)}…`],
  ])("%s", (_, text, told) => {
    expect(shortened(text, 200)).toBe(told);
    expect(shortened(text, 200).length).toBeLessThanOrEqual(201);
  });
});

describe("ISO dates", () => {
  it.each([
    ["a day", { date: "2016-09-22", end_date: null, precision: "day" }, { start: "2016-09-22" }],
    ["a month", { date: "2016-09", end_date: null, precision: "month" }, { start: "2016-09" }],
    [
      "days",
      { date: "2016-09-22", end_date: "2016-09-24", precision: "day" },
      { start: "2016-09-22", end: "2016-09-24" },
    ],
    ["a day of a month", { date: "2016-09-22", end_date: "2016-09-24", precision: "within" }, { start: "2016-09" }],
    ["a day of a year", { date: "2016-09", end_date: "2016-10", precision: "within" }, { start: "2016" }],
    ["a day of two years", { date: "2015-12", end_date: "2016-01", precision: "within" }, {}],
  ] as const)("%s", (_, event, dates) => expect(isoDates(event)).toEqual(dates));
});
