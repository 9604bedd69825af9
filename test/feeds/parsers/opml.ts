/** A list of feeds, as readers import it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOpml } from "feedsmith";
import { printed } from "./debian.ts";

export interface ListedFeed {
  title: string | undefined;
  address: string | undefined;
}

interface Outline {
  text?: string | undefined;
  xmlUrl?: string | undefined;
  outlines?: Outline[] | undefined;
}

const feedsOf = ({ text, xmlUrl, outlines = [] }: Outline): ListedFeed[] =>
  outlines.length > 0 ? outlines.flatMap(feedsOf) : [{ title: text, address: xmlUrl }];

/** As feedsmith reads it, groups aside. */
export const listedFeeds = (opml: string): ListedFeed[] => (parseOpml(opml).body?.outlines ?? []).flatMap(feedsOf);

/** The addresses to which newsboat subscribes when it imports it. */
export async function importedByNewsboat(opml: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "newsboat-"));
  try {
    const [list, urls, config, cache] = ["list.opml", "urls", "config", "cache.db"].map((name) => join(folder, name));
    for (const [file, content] of [
      [list, opml],
      [urls, ""],
      [config, ""],
    ]) {
      writeFileSync(String(file), String(content));
    }
    await printed("newsboat", [
      `--url-file=${urls}`,
      `--config-file=${config}`,
      `--cache-file=${cache}`,
      `--import-from-opml=${list}`,
    ]);
    const lines = readFileSync(String(urls), "utf8").trim().split("\n");
    return lines.map((line) => line.split(" ")[0] ?? "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
