/**
 * What a reader with a slow phone waits for: the figures that Lighthouse rests on, from the browser's own performance entries. Parley runs as
 * `npm start` runs it, behind Miniflare's entry, which compresses text as Cloudflare's edge does. Beside each page a constant one, from a plain
 * server of Node, of as many bytes over the wire and nothing that it loads: the least that a page of this size can take. They are loaded in turns.
 */
import { createServer } from "node:http";
import type { Browser } from "playwright-core";
import { load } from "../../../src/cli/load.ts";
import { DATA, ROOT } from "../../../src/cli/paths.ts";
import { startServer } from "../../../src/cli/server.ts";
import { freePort } from "../../cli/programs.ts";
import { hasBrowser, openBrowser } from "../../site/browser.ts";
import { rounded, summary } from "../clock.ts";
import { makeFolder, removeFolder } from "../delivery/parley.ts";
import type { Row } from "../run.ts";
import { type File, type Kind, type Load, loadCold } from "./cold-load.ts";

export interface SiteOptions {
  /** Cold loads of each page; 10 unless said. */
  loads?: string | undefined;
}

const PAGES = ["/", "/events/2016-09-22-issg-new-york"];
const KINDS: readonly Kind[] = ["HTML", "CSS", "script", "picture"];
const TOKEN = "bench-token";

export async function benchSite({ loads = "10" }: SiteOptions): Promise<Row[]> {
  if (!hasBrowser) throw new Error("the pages are measured in Debian's Chromium, which is not here");
  if (!/^[1-9]\d{0,3}$/.test(loads)) throw new Error(`--loads: a number from 1 is expected, not ${loads}`);
  process.chdir(ROOT);
  const stateDir = makeFolder();
  const server = await startServer({ port: 0, stateDir, vars: { CURATOR_TOKEN: TOKEN } });
  const browser = await openBrowser();
  try {
    await load(server.url, TOKEN, DATA);
    const rows: Row[] = [];
    for (const path of PAGES) rows.push(...(await measurePage(browser, server.url + path, Number(loads))));
    return rows;
  } finally {
    await browser.close();
    await server.stop();
    removeFolder(stateDir);
  }
}

async function measurePage(browser: Browser, address: string, loads: number): Promise<Row[]> {
  const { pathname } = new URL(address);
  // What only the first load of all has to do is not counted.
  const { files, elements } = await loadCold(browser, address);
  const constant = await startConstant(sum(files.filter(({ kind }) => kind === "HTML")));
  try {
    await loadCold(browser, constant.url);
    const [ours, theirs]: [Load[], Load[]] = [[], []];
    for (let turn = 0; turn < loads; turn++) {
      ours.push(await loadCold(browser, address));
      theirs.push(await loadCold(browser, constant.url));
    }
    return [
      times(pathname, ours, theirs),
      times(`constant, beside ${pathname}`, theirs, theirs),
      sizes(pathname, elements, files),
    ];
  } finally {
    constant.stop();
  }
}

/** A page of so many bytes, headers included, one paragraph long, that loads nothing. */
async function startConstant(bytes: number): Promise<{ url: string; stop: () => void }> {
  const head =
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Hello</title><link rel="icon" href="data:,"><p>';
  const headers = { "content-type": "text/html; charset=utf-8" };
  const room = Math.max(13, bytes - head.length - HEADERS);
  const body = head + "Hello, world. ".repeat(room).slice(0, room);
  const server = createServer((_, response) => response.writeHead(200, headers).end(body));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Of an answer's bytes, `transferSize` counts so many for its headers (Resource Timing, section 4.3, note on header size). */
const HEADERS = 300;

/** Medians, and how many times as long it takes as the constant: of each turn, and the median of these. */
function times(page: string, ours: readonly Load[], theirs: readonly Load[]): Row {
  const middle = (read: (load: Load) => number): number => rounded(median(ours.map(read)));
  const ratio = (read: (load: Load) => number): number =>
    rounded(median(ours.map((load, i) => read(load) / read(theirs[i] ?? load))));
  return {
    page,
    loads: ours.length,
    "first byte ms": middle(({ firstByte }) => firstByte),
    "first paint ms": middle(({ firstPaint }) => firstPaint),
    "of the constant's": ratio(({ firstPaint }) => firstPaint),
    "largest paint ms": middle(({ largestPaint }) => largestPaint),
    "largest of its": ratio(({ largestPaint }) => largestPaint),
    "loaded ms": middle(({ loaded }) => loaded),
    "layout shift": rounded(Math.max(...ours.map(({ shift }) => shift))),
    "blocked ms": middle(({ blocked }) => blocked),
    "scripts ms": middle(({ script }) => script),
  };
}

const sizes = (page: string, elements: number, files: readonly File[]): Row => ({
  page,
  requests: files.length,
  elements,
  ...Object.fromEntries(KINDS.map((kind) => [`${kind} bytes`, sum(files.filter((file) => file.kind === kind))])),
  "bytes over the wire": sum(files),
  "before compression": files.reduce((total, { plain }) => total + plain, 0),
});

const sum = (files: readonly File[]): number => files.reduce((total, { bytes }) => total + bytes, 0);
const median = (values: readonly number[]): number => summary(values).median;
