/** From just before a curator's POST leaves to the arrival of the messages. */
import { rounded, summary } from "../clock.ts";
import type { Row } from "../run.ts";
import { ALL, makeSeeds } from "./alerts.ts";
import { now } from "./now.ts";
import { type bundleParley, type Parley, removeFolder, seedState, startParley } from "./parley.ts";
import type { Receiver } from "./receiver.ts";

interface Case {
  alerts: number;
  hosts: number;
}

const HOSTS = 100;
/** So many articles of each case, after a tenth as many to warm up: about as many messages, within these bounds. */
const MESSAGES = 5_000;
const ARTICLES = { least: 3, most: 100 };

const articlesFor = (alerts: number): number =>
  Math.max(ARTICLES.least, Math.min(ARTICLES.most, Math.floor(MESSAGES / alerts)));

interface Running extends Case {
  parley: Parley;
  /** Milliseconds to each message, and to the last one of each article. */
  times: number[];
  last: number[];
}

/** All cases side by side, an article of each in turn, so that what else the machine does befalls all of them alike. */
export async function measureLatency(
  modules: ReturnType<typeof bundleParley>,
  receiver: Receiver,
  sizes: readonly number[],
): Promise<Row[]> {
  const cases = sizes.map((alerts) => ({ alerts, hosts: Math.min(alerts, HOSTS) }));
  if (sizes.includes(HOSTS)) cases.push({ alerts: HOSTS, hosts: 1 });
  const running: Running[] = [];
  try {
    for (const each of cases) running.push({ ...each, ...(await start(modules, receiver, each)) });
    const most = Math.max(...cases.map(({ alerts }) => articlesFor(alerts)));
    for (let turn = -Math.ceil(most / 10); turn < most; turn++) {
      for (const each of running) {
        const articles = articlesFor(each.alerts);
        if (turn < articles && turn >= -Math.ceil(articles / 10)) await addOne(receiver, each, turn >= 0);
      }
    }
  } finally {
    for (const { parley } of running) await parley.stop();
  }
  return running.map(row);
}

async function start(modules: ReturnType<typeof bundleParley>, receiver: Receiver, { alerts, hosts }: Case) {
  const state = await seedState(modules, makeSeeds(alerts, receiver.hosts(hosts)));
  try {
    return { parley: await startParley(modules, state), times: [], last: [] };
  } finally {
    removeFolder(state);
  }
}

async function addOne(receiver: Receiver, { parley, alerts, times, last }: Running, counts: boolean): Promise<void> {
  await receiver.begin();
  const began = now();
  await parley.add(ALL);
  const took = (await receiver.arrivals(alerts)).map((at) => at - began);
  if (!counts) return;
  times.push(...took);
  last.push(Math.max(...took));
}

function row({ alerts, hosts, times, last }: Running): Row {
  const { median, p99 } = summary(times);
  return {
    measured: "article in to message out",
    alerts,
    hosts,
    messages: times.length,
    "p50 ms": rounded(median),
    "p99 ms": rounded(p99),
    "to the last one, ms": rounded(summary(last).median),
  };
}
