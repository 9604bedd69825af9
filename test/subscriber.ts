/**
 * A callback of a WebSub subscriber, as the receiver plays it at `/{name}/callback/{verification}/{distribution}`. How it takes what is
 * distributed is any behaviour of the receiver that does not look into the body. How it answers a verification:
 *
 * - `agree`: 200 and the challenge; `agree-N`: the same with another status
 * - `refuse-N`: N and nothing else
 * - `only-MODE`: agrees to that mode, and refuses the other by 404; `agree-once`: to the first of all its verifications alone
 * - `padded`, `other`, `json`: 200, and almost the challenge
 * - `hang`, `drop`, `gate`: as the receiver does; the gate is that of `{name}.verification`
 */
import type { ServerResponse } from "node:http";

export function answerVerification(
  wanted: string,
  asked: URLSearchParams,
  isFirst: boolean,
  response: ServerResponse,
): void {
  const challenge = asked.get("hub.challenge") ?? "";
  const agrees = wanted === "agree-once" ? isFirst : wanted === `only-${asked.get("hub.mode")}`;
  const behaviour = !/^(only|agree-once)/.test(wanted) ? wanted : agrees ? "agree" : "refuse-404";
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
