/** Requests a second of Parley's feeds, beside Workers that answer a constant string: in turns of half a second. */
import { gunzipSync, gzipSync } from "node:zlib";
import { rounded, summary } from "../clock.ts";
import type { Row } from "../run.ts";
import { type Answer, ask, type Case, casesOf, FORMATS, type Format, filterPath } from "./cases.ts";
import type { LoadGenerator } from "./load.ts";
import type { Loaded } from "./load-process.ts";
import { type Constant, type Filled, startConstants, startParley, type Workers } from "./workers.ts";

const CONNECTIONS = 50;
/** So long a turn is, and so long each side is asked before the first one, in seconds. */
const TURN = 0.5;
/** No Worker answers more in a turn, on a machine many times as fast as this one. */
const MOST_QUERIES = 10_000;
/** Queries whose answers are looked at for their size. */
const SAMPLE = 100;

/** A case, and what it is compared with. */
interface Compared extends Case {
  answer: Answer;
  /** Named where it is not the string of the feed's size. */
  beside: string;
  constant: Constant;
}

interface Turn {
  /** Requests a second. */
  rate: number;
  times: number[];
  /** Microseconds of workerd's processor time a request. */
  cost: number;
  /** Part of a processor that the load generator took. */
  generator: number;
}

export async function measureThroughput(
  filled: Filled,
  modules: Parameters<typeof startParley>[0],
  queries: Iterator<string>,
  generator: LoadGenerator,
  seconds: number,
): Promise<Row[]> {
  const parley = await startParley(modules, filled);
  try {
    const origin = originOf(parley, 0);
    const compared: Compared[] = [];
    for (const format of FORMATS) compared.push(...(await compareCases(origin, format, queries)));
    const constants = await startConstants(compared.map(({ constant }) => constant));
    try {
      const rows: Row[] = [];
      for (const [i, each] of compared.entries()) {
        const ours = () => turn(generator, parley, origin, each, pathsOf(each, queries));
        const theirs = () =>
          turn(generator, constants, originOf(constants, i), { ...each, ...each.constant, headers: {} }, ["/"]);
        rows.push({ events: filled.events, ...row(each, await alternate(ours, theirs, seconds)) });
      }
      return rows;
    } finally {
      await constants.stop();
    }
  } finally {
    await parley.stop();
  }
}

async function compareCases(origin: string, format: Format, queries: Iterator<string>): Promise<Compared[]> {
  const feed = await ask(origin, `/feed.${format}`, {});
  const compared: Compared[] = [];
  for (const each of casesOf(format, feed.etag)) {
    const answer =
      each.paths === "distinct"
        ? await typical(origin, format, queries)
        : await ask(origin, each.paths[0] ?? "", each.headers);
    if (answer.status !== each.status) throw new Error(`${each.name}: ${answer.status}`);
    compared.push({ ...each, answer, beside: "", constant: sameSize(each.status === 304 ? feed : answer) });
    if (each.status === 304) compared.push({ ...each, answer, beside: "a constant 304", constant: empty304(answer) });
  }
  return compared;
}

/** The answer whose size is nearest to the mean, of as many as are sampled. */
async function typical(origin: string, format: Format, queries: Iterator<string>): Promise<Answer> {
  const answers: Answer[] = [];
  for (const query of take(queries, SAMPLE)) answers.push(await ask(origin, filterPath(format, query), {}));
  const mean = answers.reduce((sum, { body }) => sum + body.length, 0) / answers.length;
  const [nearest] = answers.sort((a, b) => Math.abs(a.body.length - mean) - Math.abs(b.body.length - mean));
  if (nearest === undefined) throw new Error("nothing was sampled");
  return nearest;
}

/**
 * As many letters as the answer has bytes, with no header asked for: the least that a Worker can do for that. A string with other than Latin
 * letters would cost it twice as much, since it is encoded for every answer.
 */
const sameSize = ({ body }: Answer): Constant => ({ status: 200, headers: {}, body: "x".repeat(body.length) });

const empty304 = ({ etag }: Answer): Constant => ({ status: 304, headers: { etag }, body: null });

const originOf = ({ origins }: Workers, number: number): string => {
  const origin = origins[number];
  if (origin === undefined) throw new Error(`there is no Worker ${number}`);
  return origin;
};

const pathsOf = ({ paths, format }: Case, queries: Iterator<string>): readonly string[] =>
  paths === "distinct" ? take(queries, MOST_QUERIES).map((query) => filterPath(format, query)) : paths;

function take(queries: Iterator<string>, count: number): string[] {
  return Array.from({ length: count }, () => {
    const { value, done } = queries.next();
    if (done) throw new Error("there are no more queries");
    return value;
  });
}

async function turn(
  generator: LoadGenerator,
  workers: Workers,
  origin: string,
  { headers, status }: Pick<Case, "headers" | "status">,
  paths: readonly string[],
): Promise<Turn> {
  const before = workers.processorTime();
  const loaded: Loaded = await generator.run({
    origin,
    paths,
    // One path alone is asked for over and over.
    once: paths.length > 1,
    headers,
    connections: CONNECTIONS,
    seconds: TURN,
    requests: Number.POSITIVE_INFINITY,
    status,
  });
  return {
    rate: loaded.requests / loaded.seconds,
    times: loaded.times,
    cost: ((workers.processorTime() - before) * 1000) / loaded.requests,
    generator: loaded.processor,
  };
}

type Side = () => Promise<Turn>;

/** Turns of both, after one of each to warm up. */
async function alternate(ours: Side, theirs: Side, seconds: number): Promise<{ ours: Turn; theirs: Turn }[]> {
  await ours();
  await theirs();
  const rounds: { ours: Turn; theirs: Turn }[] = [];
  for (let round = 0; round * TURN < seconds; round++) rounds.push({ ours: await ours(), theirs: await theirs() });
  return rounds;
}

const median = (numbers: readonly number[]): number => summary(numbers).median;

function row({ name, format, beside, answer }: Compared, rounds: readonly { ours: Turn; theirs: Turn }[]): Row {
  const ratios = rounds.map(({ ours, theirs }) => ours.rate / theirs.rate);
  const [ours, theirs] = [rounds.map((round) => round.ours), rounds.map((round) => round.theirs)];
  const [times, theirTimes] = [ours, theirs].map((turns) => summary(turns.flatMap((each) => each.times)));
  const plain = answer.compressed ? gunzipSync(answer.body) : answer.body;
  return {
    measured: beside === "" ? name : `${name}, beside ${beside}`,
    format,
    "requests a second": rounded(median(ours.map(({ rate }) => rate))),
    "of the constant's": rounded(median(ratios)),
    from: rounded(Math.min(...ratios)),
    to: rounded(Math.max(...ratios)),
    "p50 ms": rounded(times?.median ?? Number.NaN),
    "p99 ms": rounded(times?.p99 ?? Number.NaN),
    "constant's p99": rounded(theirTimes?.p99 ?? Number.NaN),
    "CPU µs": rounded(median(ours.map(({ cost }) => cost))),
    "constant's µs": rounded(median(theirs.map(({ cost }) => cost))),
    // What the ratio would be if workerd had its processor to itself: the steadier figure on a machine that others use.
    "of the constant's, by CPU": rounded(median(rounds.map(({ ours, theirs }) => theirs.cost / ours.cost))),
    bytes: plain.length,
    gzipped: plain.length === 0 ? 0 : answer.compressed ? answer.body.length : gzipSync(plain).length,
    "sent gzipped": answer.compressed ? "yes" : "no",
    "generator's CPU": rounded(Math.max(...[...ours, ...theirs].map((each) => each.generator))),
  };
}
