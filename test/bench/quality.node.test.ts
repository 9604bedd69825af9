import { describe, expect, it } from "vitest";
import { readData } from "../../src/cli/data.ts";
import { DATA } from "../../src/cli/paths.ts";
import { benchQuality, CLASSES, qualityScores, readQualitySet } from "./quality.ts";

describe("the labelled set", () => {
  const { articles, queries } = readQualitySet();
  const ids = articles.map(({ id }) => id);

  it("has enough of everything", () => {
    expect(articles.length).toBeGreaterThanOrEqual(60);
    expect(queries.length).toBeGreaterThanOrEqual(40);
    expect(queries.filter(({ trap }) => trap !== undefined).length).toBeGreaterThanOrEqual(15);
    for (const language of ["en", "ar", "ru", "fr"]) {
      expect(articles.filter((article) => article.language.startsWith(language)).length).toBeGreaterThanOrEqual(20);
    }
  });

  it("names each article and each query once", () => {
    expect(new Set(ids).size).toBe(ids.length);
    const asked = queries.map((query) => `${query.class} ${query.query}`);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it.each(queries)("labels of $query", ({ match, either }) => {
    const labels = [...match, ...either];
    expect(labels.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it("links articles to names that there are", () => {
    const { names } = readData(DATA);
    expect(articles.flatMap((article) => article.names).filter((id) => !names.has(id))).toEqual([]);
  });
});

describe("quality", () => {
  const scores = new Map(qualityScores().map((score) => [score.class, score]));

  it("literal: everything exactly right", () => expect(scores.get("literal")?.wrong).toEqual([]));

  it.each(["names", "languages"] as const)("%s: at least 0.98 precise and 0.97 complete", (name) => {
    const { precision = 0, recall = 0, wrong } = scores.get(name) ?? {};
    const listed = wrong?.map(
      ({ query, article, expected }) => `${expected ? "missed" : "found"}: ${query} → ${article}`,
    );
    expect(precision, listed?.join("\n")).toBeGreaterThanOrEqual(0.98);
    expect(recall, listed?.join("\n")).toBeGreaterThanOrEqual(0.97);
  });

  it("is scored beside two peers, and lists what is wrong", () => {
    const wrong = [...scores.values()].flatMap((score) => score.wrong);
    expect(benchQuality()).toHaveLength(3 * CLASSES.length + wrong.length);
  });
});
