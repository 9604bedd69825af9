import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { has, printed } from "./debian.ts";
import type { Parser, Told } from "./parser.ts";

/** It shows a list of titles, and makes a line of each. */
export const newsboat: Parser = {
  name: "newsboat",
  extensions: ["rss", "atom"],
  available: has("newsboat", "--version"),
  tells: ["id", "title", "url", "published", "content", "creator"],
  changes: (item) => ({ ...item, title: item.title.replaceAll("\n", " ") }),
  read: (address) => subscribe(address, 1),
};

/** What it has when it came twice. */
export const readTwice = (address: string): Promise<Told[]> => subscribe(address, 2);

/** A subscriber with nothing but this feed, who comes some times, one after the other. */
async function subscribe(address: string, times: number): Promise<Told[]> {
  const folder = mkdtempSync(join(tmpdir(), "newsboat-"));
  try {
    const [urls, config, cache] = [join(folder, "urls"), join(folder, "config"), join(folder, "cache.db")] as const;
    writeFileSync(urls, `${address}\n`);
    writeFileSync(config, "");
    for (let n = 0; n < times; n++) {
      await printed("newsboat", ["--url-file", urls, "--config-file", config, "--cache-file", cache, "-x", "reload"]);
    }
    return itemsIn(cache);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function itemsIn(cache: string): Told[] {
  const database = new DatabaseSync(cache, { readOnly: true });
  try {
    // It keeps items in the order of their dates; items that it read one after another have falling numbers.
    const rows = database
      .prepare("SELECT guid, title, url, author, pubDate, content FROM rss_item ORDER BY id DESC")
      .all();
    return rows.map((row) => ({
      id: String(row["guid"]),
      title: String(row["title"]),
      url: String(row["url"]) || undefined,
      published: Number(row["pubDate"]),
      content: String(row["content"]),
      creator: String(row["author"]) || undefined,
    }));
  } finally {
    database.close();
  }
}
