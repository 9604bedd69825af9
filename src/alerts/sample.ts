/** A sample message for authors of receivers. It is made and signed like every message, with a secret that is public. */

import { KINDS } from "../channels/channel-kinds.ts";
import { signatureHeaders } from "../delivery/signature.ts";
import { articleMatched, makeMessage } from "../messages/compose.ts";
import { explain } from "../query/explain.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { match } from "../query/match.ts";
import { NEWEST } from "../record/log.ts";
import type { Names } from "../record/names/read-names.ts";
import { visitCandidates } from "../record/search/find.ts";
import type { Bounds } from "../record/search/walk-candidates.ts";

/** The secret of the examples in the specification (Standard Webhooks 1.0.0), so that nobody takes it for a real one. */
export const SAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ALERT = "al_0_sample0000000000";

/** The data of an `article.matched` as the outbox would keep it: JSON. */
export type SampleData = string;

export interface SampleRequest {
  /** The most interesting first. */
  headers: Readonly<Record<string, string>>;
  /** Exactly as signed. */
  body: string;
}

/** At most four queries of D1: a sample needs only one article. */
const BOUNDS: Bounds = { step: 5, steps: 2, text: 500_000 };

/** Returns the data for the newest article that matches; undefined if none of the newest candidates does. */
export async function sampleData(db: D1Database, names: Names, query: ParsedQuery): Promise<SampleData | undefined> {
  let data: SampleData | undefined;
  await visitCandidates(db, names, query, { before: NEWEST, feed: true }, BOUNDS, (article, text) => {
    const found = match(query.tree, text);
    if (found) data = JSON.stringify(articleMatched(article, explain(found, text)).data);
    return found !== undefined;
  });
  return data;
}

/** Returns the request to a webhook, signed for a time in ms of Unix time. */
export async function sampleRequest(
  data: SampleData,
  query: ParsedQuery,
  origin: string,
  at: number,
): Promise<SampleRequest> {
  const about = { alert: ALERT, sequence: 1, origin, query: query.canonical };
  const message = makeMessage({ ...about, type: "article.matched", at, data, remarks: null });
  const { headers, body } = KINDS.webhook.compose(message);
  const signature = await signatureHeaders([SAMPLE_SECRET], `msg_${ALERT}_1`, Math.floor(at / 1000), body);
  return { headers: { ...headers, "user-agent": "Parley", ...signature }, body };
}
