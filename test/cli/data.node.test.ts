import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readData } from "../../src/cli/data.ts";
import { migrationFiles } from "../../src/cli/migrations.ts";
import { DATA } from "../../src/cli/paths.ts";
import { staleSchemas } from "../../src/cli/schemas.ts";
import { splitWords } from "../../src/query/words.ts";
import { run, temporaryState } from "./programs.ts";

const state = temporaryState();
afterAll(state.remove);

function copyOfData(): string {
  const folder = mkdtempSync(join(state.path, "data-"));
  cpSync(DATA, folder, { recursive: true });
  return folder;
}

describe("data/", () => {
  const { names, articles, events, mistakes } = readData(DATA);

  it("has no mistake, and its schemas match the code", () => {
    expect(mistakes).toEqual([]);
    expect(staleSchemas()).toEqual([]);
  });

  it("has at least 80 names, each in English, Arabic, Russian and French, places with coordinates", () => {
    expect(names.size).toBeGreaterThanOrEqual(80);
    for (const [id, { spellings, coordinates }] of names) {
      for (const language of ["en", "ar", "ru", "fr"] as const)
        expect(spellings[language]?.length, `${id} in ${language}`).toBeGreaterThan(0);
      if (id.startsWith("place:")) expect(coordinates, id).toBeTruthy();
    }
  });

  it("has at least 18 events, each with the reason of its date and with an article", () => {
    expect(events.size).toBeGreaterThanOrEqual(18);
    for (const [id, event] of events) {
      expect(event.dated_from, id).toBeTruthy();
      expect(event.articles.length, id).toBeGreaterThan(0);
      expect(id.startsWith(event.date), id).toBe(true);
    }
    expect([...events.values()].some(({ claims }) => (claims ?? []).length > 0)).toBe(true);
  });

  it("has the four articles as our own abstracts of 80 to 160 words, without invented sources", () => {
    expect(articles.size).toBe(4);
    for (const [id, article] of articles) {
      const words = splitWords(article.text).length;
      expect(words, id).toBeGreaterThanOrEqual(80);
      expect(words, id).toBeLessThanOrEqual(160);
      expect(article, id).toMatchObject({
        url: null,
        publisher: null,
        ours: ["title", "text", "summary"],
        mode: "historic",
      });
    }
  });

  it("every file names its schema for editors", () => {
    for (const folder of ["names", "articles", "events"]) {
      for (const file of readdirSync(join(DATA, folder))) {
        expect(readFileSync(join(DATA, folder, file), "utf8"), file).toMatch(
          /^# yaml-language-server: \$schema=\.\.\/schema\/\w+\.schema\.json\n/,
        );
      }
    }
  });
});

describe("a mistake is reported with file, line and reason", () => {
  const EVENT = "events/2016-09-22-issg-new-york.yaml";
  const line = (file: string, pattern: RegExp): number =>
    readFileSync(join(DATA, file), "utf8")
      .split("\n")
      .findIndex((text) => pattern.test(text)) + 1;
  const cases: [name: string, file: string, from: RegExp, to: string, at: RegExp, reason: RegExp][] = [
    ["an unknown field", EVENT, /^title:/m, "color: red\ntitle:", /^title:/, /color: there is no such field/],
    ["a date that does not exist", EVENT, /^date: .*$/m, "date: 2016-02-30", /^date:/, /date: there is no such date/],
    ["a date of another form", EVENT, /^date: .*$/m, "date: 22 September", /^date:/, /2016-09-22, 2016-09 or 2016/],
    ["an unknown name", EVENT, /^actors:.*$/m, "actors: [nobody]", /^actors:/, /no actor "nobody"/],
    [
      "an unknown article",
      EVENT,
      /^articles:.*$/m,
      "articles: [nothing]",
      /^articles:/,
      /no file data\/articles\/nothing\.yaml/,
    ],
    ["an event without a source", EVENT, /^articles:.*$/m, "articles: []", /^articles:/, /at least one article/],
    ["bad YAML", EVENT, /^title:.*$/m, "title: a: b", /^title:/, /./],
    ["no coordinates", "names/places.yaml", /^ {2}coordinates:.*$/m, "", /^- id:/, /no coordinates/],
    ["an unknown language of spellings", "names/topics.yaml", /^ {4}en:/m, "    xx:", /^ {4}en:/, /./],
    ["an address that is not http", "articles/issg-in-new-york.yaml", /^url: .*$/m, "url: ftp://x", /^url:/, /http/],
  ];
  it.each(cases)("%s", (name, file, from, to, at, reason) => {
    const folder = join(state.path, name.replaceAll(" ", "-"));
    cpSync(DATA, folder, { recursive: true });
    writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").replace(from, to));
    const { mistakes } = readData(folder);
    expect(mistakes[0]).toMatchObject({ file: join(folder, file), reason: expect.stringMatching(reason) });
    expect(mistakes[0]?.line).toBe(line(file, at));
  });

  it.each([
    ["events/item.yml", /ends in \.yml: rename it to item\.yaml/],
    ["articles/ITEM.YAML", /rename it to item\.yaml/],
    ["names/places.yml", /rename it to places\.yaml/],
    ["names/place.yaml", /names are in actors\.yaml, places\.yaml and topics\.yaml/],
    ["events/2016/item.yaml", /must be directly in events/],
    ["events/Bad Name.yaml", /the file's name is the id/],
  ])("a file of data in the wrong place or with another extension: %s", (file, reason) => {
    const folder = copyOfData();
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "title: x\n");
    expect(readData(folder).mistakes).toContainEqual({
      file: join(folder, file),
      line: 1,
      reason: expect.stringMatching(reason),
    });
  });

  it.each([
    ["is not there", (folder: string) => rmSync(folder, { recursive: true }), /there is no such folder/],
    ["holds something else", (folder: string) => writeFileSync(join(folder, "notes.txt"), ""), /holds none of/],
  ])("a folder that %s", (_, change, reason) => {
    const folder = mkdtempSync(join(state.path, "folder-"));
    change(folder);
    expect(readData(folder).mistakes).toEqual([{ file: folder, line: 1, reason: expect.stringMatching(reason) }]);
  });

  it("by npm run check, which fails", async () => {
    const folder = join(state.path, "checked");
    cpSync(DATA, folder, { recursive: true });
    writeFileSync(join(folder, "events", "Bad Name.yaml"), "title: x\n");
    const { code, output } = await run("src/cli/check.ts", [folder]);
    expect(output).toMatch(/Bad Name\.yaml:1: the file's name is the id/);
    expect(code).toBe(1);
  });
});

describe("files that are not data are ignored", () => {
  const STRAY = [
    ".DS_Store",
    "._2016-09-22.yaml",
    ".item.yaml.swp",
    "item.yaml~",
    "#item.yaml#",
    "item.yaml.bak",
    "item.yaml.orig",
    "item.yaml.swo",
    "item.tmp",
    "4913",
    "Thumbs.db",
    "README.md",
    ".git/config.yaml",
    ".idea/workspace.yaml",
    "pictures/map.png",
  ];

  it("in each folder", () => {
    const folder = copyOfData();
    for (const part of ["names", "articles", "events", "migrations", "schema", ""]) {
      for (const name of STRAY) {
        mkdirSync(dirname(join(folder, part, name)), { recursive: true });
        writeFileSync(join(folder, part, name), "\0 not: [data");
      }
      // Emacs marks a file that is being edited with a link that leads nowhere.
      symlinkSync("someone@desk.42", join(folder, part, ".#item.yaml"));
    }
    expect(readData(folder)).toEqual(readData(DATA));
  });

  it("among the migrations", () => {
    const folder = mkdtempSync(join(state.path, "migrations-"));
    for (const name of [
      ...STRAY.filter((file) => !file.includes("/")),
      "0002_b.sql",
      "0001_a.sql",
      "0001_a.sql~",
      "._0001_a.sql",
    ])
      writeFileSync(join(folder, name), "");
    expect(migrationFiles(folder)).toEqual(["0001_a.sql", "0002_b.sql"]);
  });

  it("and a folder without items is empty: git keeps no empty folders", () => {
    const folder = copyOfData();
    rmSync(join(folder, "events"), { recursive: true });
    rmSync(join(folder, "names", "topics.yaml"));
    const { names, articles, events, mistakes } = readData(folder);
    expect([...names.keys()].some((id) => id.startsWith("topic:"))).toBe(false);
    expect([articles.size, events.size, mistakes]).toEqual([4, 0, []]);
  });
});
