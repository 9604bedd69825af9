/** Those who use Parley while it is killed: curators who post articles, and owners who register alerts, change, replay and delete them. */
import { setTimeout as wait } from "node:timers/promises";
import type { Journal, KnownAlert, Version } from "./journal.ts";
import type { Answer, Line } from "./line.ts";
import { makeWords, matches, pick, QUERIES } from "./model.ts";
import type { Receiver } from "./receiver.ts";

export const ERRANDS = ["register", "query", "channel", "pause", "rotate", "replay", "delete"] as const;
export type Errand = (typeof ERRANDS)[number];

/** Below this nobody deletes, above the double nobody registers. */
const FEW = 24;
/** An alert's secrets that sign at a time are bounded, so nobody rotates more often. */
const ROTATIONS = 3;

export class Callers {
  readonly #journal: Journal;
  readonly #line: Line;
  readonly #receiver: Receiver;
  readonly #random: () => number;
  /** An alert has one owner, who does one thing at a time. */
  readonly #busy = new Set<KnownAlert>();
  readonly #open = new Set<Promise<void>>();
  #paths = 0;
  #failures: unknown[] = [];
  #accepted = Promise.withResolvers<void>();

  constructor(journal: Journal, line: Line, receiver: Receiver, random: () => number) {
    this.#journal = journal;
    this.#line = line;
    this.#receiver = receiver;
    this.#random = random;
  }

  /** Calls that still wait for their answer. */
  get open(): number {
    return this.#open.size;
  }

  /** Resolves when the next article is accepted. */
  get accepted(): Promise<void> {
    return this.#accepted.promise;
  }

  /** Throws where an answer was none that can be. */
  check(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Resolves when all have their answers. */
  async done(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
    this.check();
  }

  /** Runs beside everything else; `check` tells of its failure. */
  begin(task: Promise<void>): void {
    const noted = task
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => this.#open.delete(noted));
    this.#open.add(noted);
  }

  living(): KnownAlert[] {
    return this.#journal.alerts.filter(({ deleted }) => deleted === undefined);
  }

  /** Posts an article; how many messages it should make. */
  post(): number {
    const { articles } = this.#journal;
    const number = articles.length + 1;
    const article = { id: `report-${number}`, words: makeWords(this.#random), asked: this.#journal.next() };
    articles.push(article);
    this.begin(this.#post(article, number));
    return this.living().filter(({ versions }) => {
      const now = versions.at(-1);
      return now !== undefined && !now.paused && matches(now.query, article.words);
    }).length;
  }

  async #post(article: Journal["articles"][number], number: number): Promise<void> {
    const { id, words } = article;
    const body = () => ({
      id,
      title: `Report ${number}`,
      text: `${words.join(" ")}. End of report ${number}.`,
      published_at: null,
    });
    const answer = expectStatus(await this.#line.ask("POST", "/api/articles", { body }), 200, 201);
    article.accepted = { at: this.#journal.next(), log: Number(answer["log"]) };
    this.#accepted.resolve();
    this.#accepted = Promise.withResolvers();
  }

  /** Begins something with an alert, where that can be done now. */
  run(errand: Errand): void {
    const living = this.living();
    if (errand === "register") {
      if (living.length < 2 * FEW) this.begin(this.register(pick(this.#random, Object.keys(QUERIES))));
      return;
    }
    const free = living.filter((alert) => !this.#busy.has(alert));
    const able = errand === "rotate" ? free.filter(({ secrets }) => secrets.length <= ROTATIONS) : free;
    if (able.length === 0 || (errand === "delete" && living.length <= FEW)) return;
    const alert = pick(this.#random, able);
    this.#busy.add(alert);
    this.begin(this.#errands[errand](alert).finally(() => this.#busy.delete(alert)));
  }

  /** Registers an alert under a path of its own each time, so that one that nobody got the answer to is told from the next. */
  async register(query: string): Promise<void> {
    const asked = this.#journal.next();
    let path = "";
    const body = () => {
      if (path) this.#journal.lost.add(path);
      path = this.#newPath();
      return { query, channel: { type: "webhook", url: this.#receiver.url(path) } };
    };
    const answer = expectStatus(await this.#line.ask("POST", "/api/alerts", { body }), 201);
    const answered = this.#journal.next();
    const id = String(answer["id"]);
    const secret = String(answer["secret"]);
    this.#journal.alerts.push({
      ...{ id, token: String(answer["token"]), paths: [path], replays: [] },
      versions: [{ query, paused: false, asked, answered }],
      secrets: [{ secret, learned: answered }],
    });
    this.#receiver.learn(id, secret);
    this.#receiver.welcome(path);
  }

  readonly #errands: Readonly<Record<Exclude<Errand, "register">, (alert: KnownAlert) => Promise<void>>> = {
    query: (alert) => this.#change(alert, { query: pick(this.#random, Object.keys(QUERIES)) }),
    channel: (alert) => this.#move(alert),
    pause: async (alert) => {
      await this.#change(alert, { paused: true });
      await wait(this.#random() * 1000);
      if (alert.versions.at(-1)?.paused) await this.#change(alert, { paused: false });
    },
    rotate: (alert) => this.#rotate(alert),
    replay: (alert) => this.#replay(alert),
    delete: (alert) => this.#delete(alert),
  };

  async #change(alert: KnownAlert, change: { query: string } | { paused: boolean }): Promise<void> {
    const before = alert.versions.at(-1);
    if (before === undefined) return;
    const version: Version = { query: before.query, paused: before.paused, ...change, asked: this.#journal.next() };
    alert.versions.push(version);
    const body = () => ("query" in change ? change : { status: change.paused ? "paused" : "active" });
    const { status } = expectAnswer(
      await this.#line.ask("PATCH", pathOf(alert), { token: alert.token, body }),
      200,
      409,
    );
    version.answered = this.#journal.next();
    // It waits for its confirmation: there is nothing to pause, and nothing has changed.
    if (status === 409) alert.versions.splice(alert.versions.indexOf(version), 1);
  }

  async #move(alert: KnownAlert): Promise<void> {
    const path = this.#newPath();
    alert.paths.push(path);
    this.#receiver.welcome(path);
    const body = () => ({ channel: { type: "webhook", url: this.#receiver.url(path) } });
    expectStatus(await this.#line.ask("PATCH", pathOf(alert), { token: alert.token, body }), 200);
  }

  async #rotate(alert: KnownAlert): Promise<void> {
    const answer = await this.#line.ask("POST", `${pathOf(alert)}/rotate`, { token: alert.token, body: () => ({}) });
    // Those that got no answer count as well; at some point there are too many for a day.
    if (answer.status === 429) return;
    const secret = String(expectStatus(answer, 200)["secret"]);
    alert.secrets.push({ secret, learned: this.#journal.next() });
    this.#receiver.learn(alert.id, secret);
  }

  /** Replays what was posted from now on until a moment later. */
  async #replay(alert: KnownAlert): Promise<void> {
    const after = this.#journal.next();
    // What was accepted before bears an earlier millisecond.
    await wait(5);
    const since = new Date().toISOString();
    const replay = { after, since: this.#journal.next(), asked: 0, asks: 0 };
    await wait(this.#random() * 500);
    await this.#askReplay(alert, replay, since);
  }

  async #askReplay(alert: KnownAlert, replay: KnownAlert["replays"][number], since: string): Promise<void> {
    replay.asked = this.#journal.next();
    alert.replays.push(replay);
    const answer = await this.#line.ask("POST", `${pathOf(alert)}/replay`, {
      token: alert.token,
      body: () => ({ since }),
    });
    replay.asks = answer.asks;
    expectAnswer(answer, 202, 409);
    replay.answered = this.#journal.next();
    // An alert that is pending or paused replays nothing; those asked before that got no answer may have.
    if (answer.status === 202) replay.count = Number(answer.body["count"]);
  }

  async #delete(alert: KnownAlert): Promise<void> {
    alert.deleted = { asked: this.#journal.next() };
    const answer = await this.#line.ask("DELETE", pathOf(alert), { token: alert.token });
    // Asked again after a lost answer, the alert may be gone already.
    expectAnswer(answer, 204, ...(answer.asks > 1 ? [404] : []));
    alert.deleted.time = Date.now();
    alert.deleted.answered = this.#journal.next();
  }

  #newPath(): string {
    return `/${++this.#paths}`;
  }
}

const pathOf = ({ id }: KnownAlert): string => `/api/alerts/${id}`;

function expectAnswer(answer: Answer, ...statuses: number[]): Answer {
  if (statuses.includes(answer.status)) return answer;
  throw new Error(`${statuses.join(" or ")} was expected, not ${answer.status} ${JSON.stringify(answer.body)}`);
}

const expectStatus = (answer: Answer, ...statuses: number[]): Record<string, unknown> =>
  expectAnswer(answer, ...statuses).body;
