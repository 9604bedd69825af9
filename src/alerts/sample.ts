/** A message as it would leave now, for those who write a receiver: made and signed as every message is, with a secret that is no secret. */

import { KINDS } from "../channels/channel-kinds.ts";
import { signatureHeaders } from "../delivery/signature.ts";
import { fitMatched, makeMessage } from "../messages/compose.ts";
import { explain } from "../query/explain.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { match } from "../query/match.ts";
import { NEWEST } from "../record/log.ts";
import type { Names } from "../record/names/read-names.ts";
import { type Bounds, visitCandidates } from "../record/search/find.ts";
import { withEvents } from "../shard/follow/follower.ts";
import type { Message } from "./alert.ts";

/** That of the specification's own examples (Standard Webhooks 1.0.0): whoever sees it knows that it protects nothing. */
export const SAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ALERT = "al_0_sample0000000000";

/** What `article.matched` says of one article, without alert and number. */
export type SampleData = Message["data"];

export interface SampleRequest {
  /** In the order in which they are of interest. */
  headers: Readonly<Record<string, string>>;
  /** Exactly as it is signed. */
  body: string;
}

/** An example needs one article, not all: four queries of D1 at the most. */
const BOUNDS: Bounds = { step: 5, steps: 2, text: 500_000 };

/** What the newest article that matches would be told as; undefined where none of the newest candidates does. */
export async function sampleData(db: D1Database, names: Names, query: ParsedQuery): Promise<SampleData | undefined> {
  let data: SampleData | undefined;
  await visitCandidates(db, names, query, { before: NEWEST, feed: true }, BOUNDS, (article, text) => {
    const found = match(query.tree, text);
    if (found) data = JSON.parse(JSON.stringify(fitMatched({ ...withEvents(article), matches: explain(found, text) })));
    return found !== undefined;
  });
  return data;
}

/** The request that would bring it to a webhook, signed for a time in milliseconds of Unix time. */
export async function sampleRequest(
  data: SampleData,
  query: ParsedQuery,
  origin: string,
  at: number,
): Promise<SampleRequest> {
  const about = { alert: ALERT, sequence: 1, origin, query: query.canonical };
  const message = makeMessage({ ...about, type: "article.matched", at, data, remarks: {} });
  const { headers, body } = KINDS.webhook.compose(message);
  const signature = await signatureHeaders([SAMPLE_SECRET], `msg_${ALERT}_1`, Math.floor(at / 1000), body);
  return { headers: { ...headers, "user-agent": "Parley", ...signature }, body };
}
