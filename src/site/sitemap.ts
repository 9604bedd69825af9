/** What crawlers fetch: /robots.txt and the sitemap (https://www.sitemaps.org/protocol.html). */
import type { Context, Handler } from "../http/context.ts";
import { eventUrl, namePath } from "../http/links.ts";
import { notFound } from "../http/problem.ts";
import { readEventChanges, readNameChanges } from "../record/last-changes.ts";
import { readRecentHead } from "../record/log.ts";
import { readNames } from "../record/names/read-names.ts";

/** Maximum pages in a file, by the protocol. A page takes less than 500 bytes, so a file also stays below 50 MB. */
const PAGES_PER_FILE = 50_000;
/** Rows read from D1 at a time. */
const ROWS_PER_READ = 5_000;
const NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9";
const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Crawlers may not fetch private pages, data for programs, and searches, which have no end. */
const ROBOTS = `User-agent: *
Allow: /alerts/new
Disallow: /alerts/
Disallow: /api/
Disallow: /curate
Disallow: /?
`;

interface SitemapPage {
  url: string;
  /** When the page last changed, RFC 3339; undefined for a page that does not come from the record. */
  changed: string | undefined;
}

interface SitemapFile {
  /** The part of the file's address that differs: /sitemap-{part}.xml. */
  part: string;
  /** Yields the pages in steps; each step reads the record once. */
  pages: () => AsyncIterable<SitemapPage[]>;
}

/** GET /robots.txt (RFC 9309) */
export const robots: Handler = (_, { origin }) =>
  crawlable(`${ROBOTS}\nSitemap: ${origin}/sitemap.xml\n`, "text/plain");

/** GET /sitemap.xml: all pages. If one file may not hold them all, an index of files. */
export const sitemap: Handler = async (_, context) => {
  const { files, most } = await readFiles(context);
  if (most <= PAGES_PER_FILE) return crawlable(stream(urlSet(files)), "application/xml");
  const entries = files.map(({ part }) => `<sitemap><loc>${context.origin}/sitemap-${part}.xml</loc></sitemap>\n`);
  const index = `${XML_DECLARATION}<sitemapindex xmlns="${NAMESPACE}">\n${entries.join("")}</sitemapindex>\n`;
  return crawlable(index, "application/xml");
};

/** GET /sitemap-{part}.xml: one of the files that the index lists. */
export const sitemapPart: Handler = async (_, context) => {
  const file = (await readFiles(context)).files.find(({ part }) => part === context.params["part"]);
  if (file === undefined) throw notFound("There is no such part of the sitemap");
  return crawlable(stream(urlSet([file])), "application/xml");
};

/** Returns the sitemap's files and the maximum number of pages in them. */
async function readFiles({ env, origin }: Context): Promise<{ files: SitemapFile[]; most: number }> {
  const head = await readRecentHead(env.DB);
  const names = [...(await readNames(env.DB, head)).records.keys()];
  const standing = standingPages(origin, head.at ?? undefined);
  const files: SitemapFile[] = [
    {
      part: "pages",
      async *pages() {
        yield standing;
      },
    },
    ...starts(names.length).map((start, i) => ({
      part: `names-${i + 1}`,
      pages: () => namePages(env.DB, origin, names[start - 1] ?? ""),
    })),
    ...starts(head.number).map((start, i) => ({
      part: `events-${i + 1}`,
      pages: () => eventPages(env.DB, origin, start, Math.min(start + PAGES_PER_FILE, head.number)),
    })),
  ];
  // An event has at least one log entry, so the head is an upper bound of the number of events.
  return { files, most: standing.length + names.length + head.number };
}

/** Returns the number of the first page in each file. */
const starts = (pages: number): number[] =>
  Array.from({ length: Math.ceil(pages / PAGES_PER_FILE) }, (_, i) => i * PAGES_PER_FILE);

const standingPages = (origin: string, recordChanged: string | undefined): SitemapPage[] => [
  ...["/", "/topics"].map((path) => ({ url: origin + path, changed: recordChanged })),
  ...["/alerts/new", "/help", "/status"].map((path) => ({ url: origin + path, changed: undefined })),
];

/** Yields the names of one file: a range in the order of their ids. */
async function* namePages(db: D1Database, origin: string, after: string): AsyncGenerator<SitemapPage[]> {
  let last: string | undefined = after;
  for (let left = PAGES_PER_FILE; left > 0 && last !== undefined; left -= ROWS_PER_READ) {
    const rows = await readNameChanges(db, last, ROWS_PER_READ);
    yield rows.map(({ id, at }) => ({ url: origin + namePath(id), changed: at }));
    last = rows.length < ROWS_PER_READ ? undefined : rows.at(-1)?.id;
  }
}

/** Yields the events of one file. It covers a range of log entries, so it has at most as many events. */
async function* eventPages(db: D1Database, origin: string, after: number, upTo: number): AsyncGenerator<SitemapPage[]> {
  let last: number | undefined = after;
  while (last !== undefined) {
    const rows = await readEventChanges(db, last, upTo, ROWS_PER_READ);
    yield rows.map(({ id, at }) => ({ url: eventUrl(origin, id), changed: at }));
    last = rows.length < ROWS_PER_READ ? undefined : rows.at(-1)?.log;
  }
}

async function* urlSet(files: readonly SitemapFile[]): AsyncGenerator<string> {
  yield `${XML_DECLARATION}<urlset xmlns="${NAMESPACE}">\n`;
  for (const { pages } of files) {
    for await (const some of pages()) yield some.map(urlElement).join("");
  }
  yield "</urlset>\n";
}

const urlElement = ({ url, changed }: SitemapPage): string =>
  `<url><loc>${url}</loc>${changed === undefined ? "" : `<lastmod>${changed}</lastmod>`}</url>\n`;

/** Returns a stream of texts, so that a large file is never in memory as a whole. */
function stream(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
}

const crawlable = (body: string | ReadableStream<Uint8Array>, type: string): Response =>
  new Response(body, {
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "public, max-age=3600" },
  });
