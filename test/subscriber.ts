/**
 * A callback of a WebSub subscriber, as the receiver plays it at `/{name}/callback/{verification}/{distribution}`. How it takes what is
 * distributed is any behaviour of the receiver that does not look into the body. How it answers a verification:
 *
 * - `agree`: 200 and the challenge; `agree-N`: the same with another status
 * - `refuse-N`: N and nothing else
 * - `padded`, `other`, `json`: 200, and almost the challenge
 * - `hang`, `drop`, `gate`: as the receiver does; the gate is that of `{name}.verification`
 */
import type { ServerResponse } from "node:http";

export function answerVerification(behaviour: string, challenge: string, response: ServerResponse): void {
  const [, kind = behaviour, status = "200"] = /^(agree|refuse)-(\d+)$/.exec(behaviour) ?? [];
  const bodies: Readonly<Record<string, string>> = {
    agree: challenge,
    refuse: "",
    padded: `${challenge}\n`,
    other: `${challenge.slice(1)}!`,
    json: JSON.stringify({ challenge }),
  };
  if (kind === "hang") return;
  if (kind === "drop") response.destroy();
  else response.writeHead(Number(status)).end(bodies[kind] ?? "");
}
