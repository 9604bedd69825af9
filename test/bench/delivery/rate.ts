/** Messages a second while there is always something to send, beside a plain loop of signed POSTs. */
import { setTimeout as wait } from "node:timers/promises";
import { rounded, summary } from "../clock.ts";
import type { Row } from "../run.ts";
import { makeSeeds, tenth } from "./alerts.ts";
import { now } from "./now.ts";
import { type bundleParley, removeFolder, seedState, startParley } from "./parley.ts";
import { startPlainLoop } from "./plain.ts";
import type { PlainRun } from "./plain-worker.ts";
import type { Receiver } from "./receiver.ts";
import type { Counts } from "./receiver-process.ts";

const ALERTS = 10_000;
const HOSTS = 1_000;
/** One in a hundred. */
const HANGING = 10;
/** Everything is measured so often, in turns. */
const ROUNDS = 2;
/** Seconds before counting begins. */
const WARM_UP = 3;
/** An article is added when fewer messages than this wait for receivers that answer. */
const LEAST_WAITING = 2_000;
/** How often that is looked at, in milliseconds. */
const LOOK = 50;

interface Measured {
  /** Messages a second. */
  rate: number;
  /** Messages that came again. */
  repeated: number;
}

interface MeasuredParley extends Measured {
  /** Megabytes, of each second. */
  memory: number[];
  disk: { record: number; shards: number };
}

interface Round {
  answering: MeasuredParley;
  worker: Measured;
  object: Measured;
  hanging: MeasuredParley;
}

export async function measureRate(
  modules: ReturnType<typeof bundleParley>,
  receiver: Receiver,
  seconds: number,
): Promise<Row[]> {
  const urls = receiver.hosts(HOSTS).map((host) => `http://${host}/`);
  const state = await seedState(modules, makeSeeds(ALERTS, receiver.hosts(HOSTS)));
  const plain = await startPlainLoop();
  const runPlain = async (where: PlainRun["where"], body: string): Promise<Measured> => {
    await receiver.begin();
    const run = plain.run({ where, seconds: seconds + WARM_UP + 1, urls, body });
    const measured = await measure(receiver, seconds, async () => {});
    await run;
    return measured;
  };
  const rounds: Round[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const answering = await runParley(modules, receiver, state, seconds, 0);
      const body = await receiver.sample();
      const worker = await runPlain("worker", body);
      const object = await runPlain("object", body);
      const hanging = await runParley(modules, receiver, state, seconds, HANGING);
      rounds.push({ answering, worker, object, hanging });
    }
  } finally {
    removeFolder(state);
    await plain.stop();
  }
  return table(rounds);
}

async function runParley(
  modules: ReturnType<typeof bundleParley>,
  receiver: Receiver,
  state: string,
  seconds: number,
  hanging: number,
): Promise<MeasuredParley> {
  const parley = await startParley(modules, state);
  try {
    await receiver.begin(receiver.hosts(hanging));
    const memory: number[] = [];
    const began = now() + WARM_UP * 1000;
    let articles = 0;
    const measured = await measure(receiver, seconds, async ({ messages }) => {
      const expected = (articles * ALERTS * (1 - hanging / HOSTS)) / 10;
      if (expected - messages < LEAST_WAITING) await parley.add(tenth(articles++));
      if (now() - began >= memory.length * 1000) memory.push(parley.memory());
    });
    return { ...measured, memory, disk: parley.disk() };
  } finally {
    await parley.stop();
  }
}

/** Counts for so many seconds what arrives, after a while to warm up; `look` is called all the time. */
async function measure(
  receiver: Receiver,
  seconds: number,
  look: (counts: Counts) => Promise<void>,
): Promise<Measured> {
  const lookUntil = async (end: number): Promise<Counts> => {
    while (now() < end) {
      await look(await receiver.count());
      await wait(LOOK);
    }
    return receiver.count();
  };
  const before = await lookUntil(now() + WARM_UP * 1000);
  const began = now();
  const after = await lookUntil(began + seconds * 1000);
  const took = (now() - began) / 1000;
  return { rate: (after.messages - before.messages) / took, repeated: after.repeated };
}

const median = (numbers: readonly number[]): number => summary(numbers).median;

function table(rounds: readonly Round[]): Row[] {
  const rows: [name: keyof Round, measured: string][] = [
    ["worker", "plain loop in a Worker"],
    ["object", "plain loop in a Durable Object"],
    ["answering", "Parley"],
    ["hanging", "Parley, 1 % of the receivers hang"],
  ];
  return rows.map(([name, measured]) => ({
    measured,
    "messages a second": rounded(median(rounds.map((round) => round[name].rate))),
    // Of each round by itself, since the machine may have other work in one of them.
    "of the plain loop's": rounded(median(rounds.map((round) => round[name].rate / round.worker.rate))),
    "arrived twice": Math.max(...rounds.map((round) => round[name].repeated)),
    ...(name === "answering" || name === "hanging" ? sizes(rounds.map((round) => round[name])) : {}),
  }));
}

const sizes = (measured: readonly MeasuredParley[]): Row => ({
  "memory at first, MB": Math.round(median(measured.map(({ memory }) => memory[0] ?? Number.NaN))),
  "memory, median": Math.round(median(measured.map(({ memory }) => median(memory)))),
  "memory, most": Math.round(Math.max(...measured.flatMap(({ memory }) => memory))),
  "record on disk, MB": rounded(median(measured.map(({ disk }) => disk.record))),
  "shard on disk, MB": rounded(median(measured.map(({ disk }) => disk.shards))),
});
