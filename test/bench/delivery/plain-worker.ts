/** What a Worker can send at most: signed POSTs in a loop, with no outbox behind them. */
import { DurableObject } from "cloudflare:workers";
import { makeSecret, signatureHeaders } from "../../../src/delivery/signature.ts";

/** What the loop is asked for. */
export interface PlainRun {
  /** `worker`: in the request's own invocation; `object`: in a Durable Object. */
  where: "worker" | "object";
  seconds: number;
  urls: readonly string[];
  body: string;
}

/** As many as the platform lets wait for their headers. */
const AT_A_TIME = 6;

async function send({ seconds, urls, body }: PlainRun): Promise<void> {
  const end = Date.now() + seconds * 1000;
  const secret = makeSecret();
  const run = crypto.randomUUID();
  let sent = 0;
  const one = async (): Promise<void> => {
    while (Date.now() < end) {
      const number = sent++;
      const signature = await signatureHeaders([secret], `msg_${run}_${number}`, Math.floor(Date.now() / 1000), body);
      const response = await fetch(urls[number % urls.length] ?? "", {
        method: "POST",
        headers: { "user-agent": "Parley", "content-type": "application/json", ...signature },
        body,
      });
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
}

export class Loop extends DurableObject {
  send(run: PlainRun): Promise<void> {
    return send(run);
  }
}

export default {
  async fetch(request: Request, { LOOP }: { LOOP: DurableObjectNamespace<Loop> }): Promise<Response> {
    const run: PlainRun = await request.json();
    await (run.where === "object" ? LOOP.getByName("loop").send(run) : send(run));
    return new Response(null, { status: 204 });
  },
};
