/** Reads the import lines and holds them against the directions that the table allows. `UPDATE=1` writes the table into ARCHITECTURE.md. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "..", "src");
const ARCHITECTURE = join(SRC, "..", "ARCHITECTURE.md");
const PURE_PACKAGES: string[] = [];

/** What each folder may import from, beside itself. The root's files are named one by one. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  query: [],
  percolator: ["query"],
  delivery: [],
  platform: [],
  http: ["platform"],
  record: ["query", "http", "platform"],
  messages: ["http", "query", "record"],
  channels: ["messages", "query"],
  feeds: ["query", "record", "http", "platform"],
  shard: ["alerts", "channels", "delivery", "http", "messages", "percolator", "platform", "query", "record", "websub"],
  websub: ["alerts", "delivery", "feeds", "http", "platform", "query", "record", "shard"],
  alerts: ["channels", "delivery", "feeds", "http", "messages", "platform", "query", "record", "shard"],
  curation: ["alerts", "http", "platform", "query", "record"],
  operation: ["alerts", "http", "messages", "platform", "record"],
  site: ["alerts", "channels", "curation", "feeds", "http", "messages", "operation", "platform", "query", "record"],
  cli: ["http", "platform", "record", "site"],
  "routes.ts": ["alerts", "curation", "feeds", "http", "operation", "site", "websub"],
  "worker.ts": ["alerts", "feeds", "http", "platform", "record", "routes.ts", "shard", "site"],
};

interface Import {
  from: string;
  to: string;
  /** Erased when compiled: no arrow at run time. */
  typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"),
);

const imports: Import[] = files.flatMap((from) => {
  // What stands in a template is text: a page shows a program.
  const source = readFileSync(join(SRC, from), "utf8").replaceAll(/`[^`]*`/g, "``");
  return [...source.matchAll(/^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm)].map(
    ([, type, to = ""]) => ({
      from,
      to: to.startsWith(".") ? relative(SRC, join(SRC, dirname(from), to)) : to,
      typeOnly: type !== undefined,
    }),
  );
});

const area = (file: string): string => file.split("/")[0] ?? file;
const isLocal = ({ to }: Import): boolean => files.includes(to);

/** The directions as a table in Markdown. Comments keep a blank line from it. */
function tableOf(directions: typeof MAY_IMPORT): string {
  const rows = Object.entries(directions).map(([from, all]) => {
    const names = all.toSorted().map((to) => `\`${to}\``);
    return `| \`${from}\` | ${names.join(", ") || "nothing"} |`;
  });
  return `\n${["| in `src/` | may import |", "| --- | --- |", ...rows].join("\n")}\n\n`;
}

describe("the direction of imports", () => {
  it("finds imports at all", () => expect(imports.filter(isLocal).length).toBeGreaterThan(100));

  it("every folder and file of the root has its rule", () => {
    const areas = new Set(files.map(area));
    expect([...areas].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it.each(imports.filter(isLocal).map((each) => [each.from, each.to] as const))("%s may import %s", (from, to) => {
    expect([area(from), ...(MAY_IMPORT[area(from)] ?? [])]).toContain(area(to));
  });

  it("every direction of the table is used", () => {
    const used = new Set(imports.filter(isLocal).map(({ from, to }) => `${area(from)} → ${area(to)}`));
    const listed = Object.entries(MAY_IMPORT).flatMap(([from, all]) => all.map((to) => `${from} → ${to}`));
    expect(listed.filter((direction) => !used.has(direction))).toEqual([]);
  });

  it("the two sides share what alerts and calls are, and nothing else", () => {
    const shared = (side: readonly string[], other: string): string[] =>
      imports.filter(({ from, to }) => side.includes(area(from)) && area(to) === other).map(({ to }) => to);
    const workerSide = ["alerts", "curation", "feeds", "http", "operation", "site", "routes.ts"];
    expect(new Set(shared(workerSide, "shard"))).toEqual(new Set(["shard/calls.ts"]));
    expect(new Set(shared(["shard"], "alerts"))).toEqual(new Set(["alerts/alert.ts", "alerts/alert-answers.ts"]));
  });

  it("ARCHITECTURE.md shows the table", () => {
    const shown = readFileSync(ARCHITECTURE, "utf8");
    const written = shown.replace(/(?<=<!-- imports -->\n).*(?=<!-- \/imports -->)/s, tableOf(MAY_IMPORT));
    if (process.env["UPDATE"] === "1") writeFileSync(ARCHITECTURE, written);
    else expect(shown).toBe(written);
    expect(written).toContain(tableOf(MAY_IMPORT));
  });

  it("query and percolator are pure: no package, nothing of the platform", () => {
    const outside = imports.filter((each) => ["query", "percolator"].includes(area(each.from)) && !isLocal(each));
    expect(outside.map(({ to }) => to)).toEqual(PURE_PACKAGES);
  });

  it("only the programs of cli import what only Node has", () => {
    const node = imports.filter(({ to, from }) => to.startsWith("node:") && area(from) !== "cli");
    // These work in workerd as well, with nodejs_compat.
    expect(new Set(node.map(({ to }) => to))).toEqual(
      new Set(["node:async_hooks", "node:buffer", "node:crypto", "node:zlib"]),
    );
  });

  it("only parts.ts, which puts the shard together, imports what is WebSub's", () => {
    const webSub = imports.filter(({ from, to }) => area(from) === "shard" && area(to) === "websub");
    expect(new Set(webSub.map(({ from }) => from))).toEqual(new Set(["shard/parts.ts"]));
  });

  it("there is no cycle, those of types alone included", () => {
    const next = Map.groupBy(imports.filter(isLocal), ({ from }) => from);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(" → ")}`);
      if (done.has(file)) return;
      for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });
});

it("only input.ts reads a single parameter of an address, so that a repeated one is refused everywhere", () => {
  const reads = files.filter((file) => /searchParams\.get\(/.test(readFileSync(join(SRC, file), "utf8")));
  expect(reads).toEqual([]);
});
