/**
 * The judge of the crash suite. It knows what was asked and answered, what arrived at the receiver, and what Parley tells of itself in the end,
 * when nothing is under way any more. It holds these against one another; each rule yields what violates it.
 */
import type { Journal, KnownAlert, PostedArticle, Version } from "./journal.ts";
import { matches } from "./model.ts";
import type { Arrival } from "./receiver.ts";

export interface Evidence {
  journal: Pick<Journal, "articles" | "alerts" | "lost" | "kills">;
  arrivals: readonly Arrival[];
  /** `GET /api/alerts/{id}` and its deliveries, of every alert that was not deleted. */
  listings: ReadonlyMap<string, Listing>;
  /** `GET /api/status`. */
  status: Status;
}

export interface Listing {
  status: string;
  latest: number;
  deliveries: readonly Listed[];
}

export interface Listed {
  sequence: number;
  id: string;
  status: string;
  message: { type: string; data: Record<string, unknown> };
}

export interface Status {
  log: { head: number };
  shards: readonly ({ shard: number } & Partial<Record<"alerts" | "lag" | "pending", number>>)[];
}

export interface Violation {
  rule: string;
  /** What is wrong, in a sentence. */
  says: string;
  /** All that is known of it. */
  known: Record<string, unknown>;
}

type Finding = Omit<Violation, "rule">;

/** In the order of what tells most: what is wrong with a message often follows from what is wrong with the log. */
const RULES: Readonly<Record<string, (evidence: Evidence) => Generator<Finding>>> = {
  "every article is accepted, and the log has no gap": logged,
  "nothing waits": quiet,
  "an alert is active, and its numbers are 1 to N": numbered,
  "every message arrives": arrived,
  "an id is one message, and a message has one id and one body": identified,
  "what arrives is what is listed": listed,
  "every article is one message of every alert that it matches": matched,
  "a replay is complete, and sent as often as it was asked for": replayed,
  "every message is signed": signed,
  "a message goes to its own alert's address": addressed,
  "nothing is sent after a 204": ended,
};

export const RULE_NAMES: readonly string[] = Object.keys(RULES);

/** All that is wrong, the most telling first. */
export const judge = (evidence: Evidence): Violation[] =>
  Object.entries(RULES).flatMap(([rule, find]) => [...find(evidence)].map((finding) => ({ rule, ...finding })));

/** Arrivals after the receiver had answered the same message with a 2xx. */
export const countRepeats = (arrivals: readonly Arrival[]): number =>
  [...Map.groupBy(arrivals, ({ id }) => id).values()]
    .map((same) => same.filter((later) => same.some((earlier) => wasAccepted(earlier, later))).length)
    .reduce((total, count) => total + count, 0);

const wasAccepted = ({ answer }: Arrival, later: Arrival): boolean =>
  answer !== undefined && answer.status < 300 && answer.at < later.at;

function* logged({ journal: { articles }, status }: Evidence): Generator<Finding> {
  for (const article of articles)
    if (article.accepted === undefined) yield { says: `article ${article.id} was never accepted`, known: { article } };
  const numbers = new Map(articles.map((article) => [article.accepted?.log, article]));
  for (let number = 1; number <= articles.length; number++)
    if (!numbers.has(number))
      yield { says: `no article is entry ${number} of the log`, known: { head: status.log.head } };
  if (status.log.head !== articles.length)
    yield { says: `the log ends at ${status.log.head}, after ${articles.length} articles`, known: { status } };
}

function* quiet({ status }: Evidence): Generator<Finding> {
  for (const shard of status.shards)
    if (shard.lag !== 0 || shard.pending !== 0) yield { says: `shard ${shard.shard} is not done`, known: { shard } };
}

function* numbered({ journal, listings, arrivals }: Evidence): Generator<Finding> {
  for (const alert of living(journal)) {
    const listing = listings.get(alert.id);
    if (listing === undefined) {
      yield { says: `alert ${alert.id} is gone`, known: { alert } };
      continue;
    }
    const { status, latest, deliveries } = listing;
    if (status !== "active") yield { says: `alert ${alert.id} is ${status}`, known: { alert } };
    if (latest !== deliveries.length)
      yield { says: `alert ${alert.id} has ${deliveries.length} messages, not ${latest}`, known: { alert } };
    for (const [i, { sequence }] of deliveries.entries()) {
      if (sequence === i + 1) continue;
      const known = {
        alert,
        around: deliveries.slice(Math.max(0, i - 1), i + 2),
        arrivals: withNumber(arrivals, alert, i + 1),
      };
      yield { says: `alert ${alert.id}: number ${sequence} is listed where ${i + 1} should be`, known };
      break;
    }
  }
}

function* arrived({ journal, listings, arrivals }: Evidence): Generator<Finding> {
  const byId = Map.groupBy(arrivals, ({ id }) => id);
  for (const alert of living(journal)) {
    for (const delivery of listings.get(alert.id)?.deliveries ?? []) {
      const came = byId.get(delivery.id) ?? [];
      const known = { alert, delivery, arrivals: came };
      const name = `alert ${alert.id}, number ${delivery.sequence}`;
      if (delivery.status !== "delivered") yield { says: `${name} is ${delivery.status}`, known };
      if (came.length === 0) yield { says: `${name} never arrived`, known };
      else if (!came.some(({ answer }) => answer && answer.status < 300))
        yield { says: `${name} is listed as ${delivery.status}, and was never answered with a 2xx`, known };
    }
  }
}

function* identified({ arrivals }: Evidence): Generator<Finding> {
  for (const [id, same] of Map.groupBy(arrivals, (arrival) => arrival.id)) {
    const bodies = new Set(same.map(({ body }) => body));
    if (bodies.size > 1) yield { says: `the id ${id} was used for ${bodies.size} bodies`, known: { arrivals: same } };
  }
  for (const [key, same] of Map.groupBy(arrivals.filter(isNumbered), keyOf)) {
    const ids = new Set(same.map(({ id }) => id));
    if (ids.size > 1)
      yield { says: `message ${key} has ${ids.size} ids: ${[...ids].join(", ")}`, known: { arrivals: same } };
  }
}

function* listed({ journal, listings, arrivals }: Evidence): Generator<Finding> {
  const lists = new Map(
    living(journal).map(({ id }) => [id, new Map(listings.get(id)?.deliveries.map((each) => [each.sequence, each]))]),
  );
  for (const arrival of arrivals.filter(isNumbered)) {
    const list = lists.get(arrival.alert);
    if (list === undefined) continue;
    const delivery = list.get(Number(arrival.data["sequence"]));
    const known = { arrival, delivery };
    if (delivery === undefined) yield { says: `message ${keyOf(arrival)} arrived and is not listed`, known };
    else if (delivery.id !== arrival.id)
      yield { says: `message ${keyOf(arrival)} arrived as ${arrival.id}, not as ${delivery.id}`, known };
    else if (JSON.stringify(delivery.message) !== arrival.body)
      yield { says: `message ${keyOf(arrival)} is listed with another body`, known };
  }
}

/** A message as far as the model goes. */
interface Told {
  article: string;
  replay: boolean;
}

/** What an alert told of: of one that was deleted, as far as it arrived. */
function toldBy(alert: KnownAlert, { listings, arrivals }: Evidence): Told[] {
  const numbered = new Map(
    arrivals.filter((each) => each.alert === alert.id && isNumbered(each)).map((each) => [keyOf(each), each]),
  );
  const messages = alert.deleted
    ? [...numbered.values()]
    : (listings.get(alert.id)?.deliveries ?? []).map(({ message }) => message);
  return messages.map(({ data }) => ({ article: articleOf(data), replay: data["replay"] === true }));
}

function articleOf({ article }: Record<string, unknown>): string {
  return typeof article === "object" && article !== null && "id" in article ? String(article.id) : "none";
}

function* matched(evidence: Evidence): Generator<Finding> {
  const { articles, alerts, kills } = evidence.journal;
  for (const alert of alerts) {
    const told = Map.groupBy(
      toldBy(alert, evidence).filter(({ replay }) => !replay),
      ({ article }) => article,
    );
    for (const article of articles) {
      const count = told.get(article.id)?.length ?? 0;
      const { must, may } = due(alert, article);
      const known = { article, alert, kills: killsSince(kills, article.asked) };
      if (must && count === 0) yield { says: `article ${article.id} is no message of alert ${alert.id}`, known };
      if (count > 1) yield { says: `article ${article.id} is ${count} messages of alert ${alert.id}`, known };
      if (!may && count > 0)
        yield { says: `article ${article.id} is a message of alert ${alert.id}, which it does not match`, known };
    }
    for (const id of told.keys())
      if (!articles.some((article) => article.id === id))
        yield { says: `alert ${alert.id} tells of ${id}`, known: { alert } };
  }
}

/** Whether an article must, and whether it may be a message of an alert, which may have been changed just then. */
function due(alert: KnownAlert, { asked, accepted, words }: PostedArticle): { must: boolean; may: boolean } {
  const versions = during(alert, asked, accepted?.at ?? Number.POSITIVE_INFINITY);
  const may = versions.some(({ query }) => matches(query, words));
  const whole = alert.deleted === undefined && accepted !== undefined && (alert.versions[0]?.answered ?? asked) < asked;
  return { may, must: whole && versions.every(({ query, paused }) => !paused && matches(query, words)) };
}

/** The versions that an alert may have had at some time between two moments. */
function during({ versions, deleted }: KnownAlert, from: number, to: number): Version[] {
  if ((deleted?.answered ?? Number.POSITIVE_INFINITY) < from) return [];
  return versions.filter(
    ({ asked }, i) => asked < to && (versions[i + 1]?.answered ?? Number.POSITIVE_INFINITY) > from,
  );
}

function* replayed(evidence: Evidence): Generator<Finding> {
  for (const alert of evidence.journal.alerts) {
    const told = Map.groupBy(
      toldBy(alert, evidence).filter(({ replay }) => replay),
      ({ article }) => article,
    );
    for (const article of evidence.journal.articles) {
      const count = told.get(article.id)?.length ?? 0;
      const { least, most } = replaysOf(alert, article);
      if (count >= least && count <= most) continue;
      const says = `article ${article.id} was replayed ${count} times to alert ${alert.id}, not ${least} to ${most} times`;
      yield { says, known: { article, alert, kills: killsSince(evidence.journal.kills, article.asked) } };
    }
    const clean = !alert.deleted && alert.replays.every(({ asks, answered }) => asks === 1 && answered !== undefined);
    const promised = alert.replays.reduce((total, { count = 0 }) => total + count, 0);
    const sent = [...told.values()].flat().length;
    if (clean && promised !== sent)
      yield { says: `alert ${alert.id} was promised ${promised} replayed messages, not ${sent}`, known: { alert } };
  }
}

/** How often an article is replayed to an alert: a replay that was asked for again since the answer got lost may have happened each time. */
function replaysOf(alert: KnownAlert, article: PostedArticle): { least: number; most: number } {
  let least = 0;
  let most = 0;
  for (const { after, since, asked, asks, answered = Number.POSITIVE_INFINITY, count } of alert.replays) {
    const versions = during(alert, asked, answered);
    const may =
      (article.accepted?.at ?? 0) > after &&
      article.asked < answered &&
      versions.some(({ query }) => matches(query, article.words));
    const within = article.asked > since && (article.accepted?.at ?? Number.POSITIVE_INFINITY) < asked;
    const must = within && count !== undefined && versions.every(({ query }) => matches(query, article.words));
    if (may) most += asks;
    if (must && !alert.deleted) least += 1;
  }
  return { least, most };
}

function* signed({ journal, arrivals }: Evidence): Generator<Finding> {
  const alerts = new Map(journal.alerts.map((alert) => [alert.id, alert]));
  const posted = new Map(journal.articles.map(({ id, asked }) => [id, asked]));
  for (const arrival of arrivals) {
    const alert = alerts.get(arrival.alert);
    if (alert === undefined) continue;
    const known = { arrival, alert };
    if (arrival.verifiedBy.size === 0) yield { says: `${arrival.id} bears no valid signature`, known };
    // What was posted after a secret was told is signed by it, and by those before it.
    const since = posted.get(articleOf(arrival.data)) ?? 0;
    const missing = alert.secrets.filter(({ secret, learned }) => learned < since && !arrival.verifiedBy.has(secret));
    if (missing.length > 0)
      yield { says: `${arrival.id} is not signed by ${missing.length} of the secrets that sign`, known };
  }
}

function* addressed({ journal: { alerts, lost }, arrivals }: Evidence): Generator<Finding> {
  const known = new Map(alerts.map((alert) => [alert.id, alert]));
  for (const arrival of arrivals) {
    const alert = known.get(arrival.alert);
    if (alert && !alert.paths.includes(arrival.path))
      yield { says: `${arrival.id} went to ${arrival.path}`, known: { arrival, alert } };
    // Of an alert whose registration got no answer nothing is confirmed.
    if (!alert && !(lost.has(arrival.path) && arrival.type === "alert.confirm"))
      yield { says: `${arrival.id} is of an alert that nobody registered, or never confirmed`, known: { arrival } };
  }
}

function* ended({ journal, arrivals }: Evidence): Generator<Finding> {
  const deleted = new Map(journal.alerts.map(({ id, deleted }) => [id, deleted?.time]));
  for (const arrival of arrivals) {
    const time = deleted.get(arrival.alert);
    // The second in which it began had begun by then: earlier within that second, it may have begun before.
    if (time !== undefined && arrival.timestamp * 1000 > time)
      yield {
        says: `${arrival.id} began after its alert was deleted`,
        known: { arrival, deleted: new Date(time).toISOString() },
      };
  }
}

const living = ({ alerts }: Evidence["journal"]): KnownAlert[] => alerts.filter(({ deleted }) => deleted === undefined);
const isNumbered = ({ type }: Arrival): boolean => type !== "alert.confirm";
const keyOf = ({ alert, data }: Arrival): string => `${alert}/${data["sequence"]}`;
const withNumber = (arrivals: readonly Arrival[], { id }: KnownAlert, sequence: number): Arrival[] =>
  arrivals.filter(({ alert, data }) => alert === id && data["sequence"] === sequence);
const killsSince = (kills: Evidence["journal"]["kills"], at: number) =>
  kills.filter((kill) => kill.at > at).slice(0, 3);
