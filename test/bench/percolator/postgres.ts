/**
 * The peer that comes nearest: PostgreSQL with a hand-made table, in which each query stands under its rarest word (that of a background
 * corpus), with a btree over the words. Runs where PostgreSQL is installed, in a cluster of its own.
 */
import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Engine } from "./engines.ts";
import { type PlainQuery, readPlain, type Workload } from "./workload.ts";

const DEBIAN = "/usr/lib/postgresql";

/** The folder of PostgreSQL's programs; undefined where it is not installed. */
function programs(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, "bin")) : [];
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...versions];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "pg_ctl")));
}

const SETTINGS = "-c listen_addresses='' -c fsync=off -c shared_buffers=512MB -c jit=off";

const SCHEMA = `
  CREATE TABLE articles (id int PRIMARY KEY, body text);
  CREATE TABLE anchors (term text COLLATE "C", id int, q tsquery);`;

const FUNCTION = `
  CREATE FUNCTION match(article int) RETURNS TABLE (ms float8, ids int[]) LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  DECLARE begun timestamptz; content text; r int[]; times float8[] := '{}'; BEGIN
    SELECT body INTO content FROM articles WHERE id = article;
    FOR i IN 0..5 LOOP
      begun := clock_timestamp();
      WITH v AS MATERIALIZED (SELECT to_tsvector('simple', content) tv)
      SELECT coalesce(array_agg(DISTINCT id), '{}') INTO r
      FROM v, unnest(tsvector_to_array(tv)) t(w) JOIN anchors ON term = t.w WHERE q @@ tv;
      IF i > 0 THEN times := times || extract(epoch FROM clock_timestamp() - begun)::float8 * 1000; END IF;
    END LOOP;
    RETURN QUERY SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t), r FROM unnest(times) t;
  END $$;`;

export function postgresEngine({ articles, queries, frequency }: Workload): Engine | undefined {
  const bin = programs();
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "parley-postgres-"));
  const data = join(folder, "data");
  const options: ExecFileSyncOptions = { stdio: ["ignore", "pipe", "pipe"], maxBuffer: 2 ** 30, cwd: folder };
  // The server does not run as root.
  if (process.getuid?.() === 0) {
    const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"]).toString());
    [options.uid, options.gid] = [id("-u"), id("-g")];
    chownSync(folder, options.uid, options.gid);
  }
  const run = (program: string, ...rest: string[]): string =>
    execFileSync(join(bin, program), rest, options).toString();
  run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
  // Its output would keep the pipe open.
  execFileSync(
    join(bin, "pg_ctl"),
    ["-D", data, "-w", "-l", join(folder, "log"), "-o", `${SETTINGS} -k ${folder}`, "start"],
    {
      ...options,
      stdio: "ignore",
    },
  );
  const psql = (...commands: string[]): string =>
    execFileSync(
      "psql",
      ["-h", folder, "-U", "postgres", "-At", "-v", "ON_ERROR_STOP=1", ...commands.flatMap((each) => ["-c", each])],
      {
        ...options,
        stdio: ["ignore", "pipe", "pipe"],
      },
    ).toString();
  const start = performance.now();
  const escaped = (text: string): string => text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/\t/g, " ");
  writeFileSync(join(folder, "articles.tsv"), articles.map((text, i) => `${i}\t${escaped(text)}\n`).join(""));
  writeFileSync(join(folder, "anchors.tsv"), queries.map((line, i) => rowsOf(readPlain(line), i, frequency)).join(""));
  psql(SCHEMA, "\\copy articles from 'articles.tsv'", "\\copy anchors from 'anchors.tsv'", FUNCTION);
  psql(
    "CREATE TABLE sorted AS SELECT * FROM anchors ORDER BY term, id",
    "DROP TABLE anchors",
    "ALTER TABLE sorted RENAME TO anchors",
  );
  psql("CREATE INDEX ON anchors (term)", "ANALYZE anchors");
  const build_seconds = (performance.now() - start) / 1000;
  return {
    name: "PostgreSQL, hand-made table",
    build_seconds,
    disk_bytes: Number(psql("SELECT pg_total_relation_size('anchors')")),
    match: async (article) => {
      const [ms = "", ids = ""] = psql(`SELECT ms, array_to_string(ids, ',') FROM match(${article})`)
        .trimEnd()
        .split("|");
      return { ms: Number(ms), matches: ids === "" ? [] : ids.split(",").map(Number) };
    },
    stop: async () => {
      run("pg_ctl", "-D", data, "-m", "immediate", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The rows of a query: each of its conjunctions under its rarest word. */
function rowsOf(query: PlainQuery, id: number, frequency: ReadonlyMap<string, number>): string {
  const conjunctions = query.required.reduce<string[][]>(
    (found, group) => found.flatMap((words) => group.map((run) => [...words, ...run])),
    [[]],
  );
  const rarest = (words: readonly string[]): string =>
    words.reduce((best, word) => ((frequency.get(word) ?? 0) < (frequency.get(best) ?? 0) ? word : best));
  return [...new Set(conjunctions.map(rarest))].map((word) => `${word}\t${id}\t${tsquery(query)}\n`).join("");
}

function tsquery({ required, excluded }: PlainQuery): string {
  const run = (words: readonly string[]): string => `(${words.map((word) => `'${word}'`).join(" <-> ")})`;
  return [
    ...required.map((group) => `(${group.map(run).join(" | ")})`),
    ...excluded.map((words) => `!${run(words)}`),
  ].join(" & ");
}
