/**
 * What was asked of Parley, and what it answered: all that the judge knows. Everything bears a number of one count, so that what happened
 * before what is known without a clock: an answer with a lower number than a question came before it was asked.
 */

export interface Journal {
  articles: PostedArticle[];
  alerts: KnownAlert[];
  /** The receiver's paths of registrations that got no answer: alerts that nobody manages, if there are any. */
  lost: Set<string>;
  kills: Kill[];
  /** The next number. */
  next(): number;
}

export interface PostedArticle {
  id: string;
  words: readonly string[];
  /** When it was first posted; it is posted until there is an answer. */
  asked: number;
  /** The 201 or 200, and the log entry that it named. */
  accepted?: { at: number; log: number };
}

/** A change, from the first time that it was asked for to the answer. */
export interface Span {
  asked: number;
  answered?: number;
}

/** What an alert listened for since a change. */
export interface Version extends Span {
  query: string;
  paused: boolean;
}

export interface Replay extends Span {
  /** Articles accepted before this count as too old. */
  after: number;
  /** Articles posted after this are in it. */
  since: number;
  /** How often it was asked for, since one that got no answer may have happened. */
  asks: number;
  /** How many messages the answer told of. */
  count?: number;
}

export interface KnownAlert {
  id: string;
  token: string;
  /** The receiver's paths that it had, the last one at the end. */
  paths: string[];
  versions: Version[];
  secrets: { secret: string; learned: number }[];
  replays: Replay[];
  /** `time`: of the answer, in milliseconds of Unix time. */
  deleted?: Span & { time?: number };
}

export interface Kill {
  at: number;
  /** A failpoint's name, or what was killed at a random moment. */
  kind: string;
}

export function startJournal(): Journal {
  let number = 0;
  return { articles: [], alerts: [], lost: new Set(), kills: [], next: () => ++number };
}
