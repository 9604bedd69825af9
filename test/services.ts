/** Chat services, as they answer. */
import type { ServerResponse } from "node:http";

export type Service = "slack" | "discord" | "ntfy";

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | object;
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, sections "Sending messages" and "Handling errors". */
const slack: Answers = {
  taken: { status: 200, body: "ok" },
  limited: (seconds) => ({ status: 429, headers: { "retry-after": String(Math.ceil(seconds)) }, body: "rate_limited" }),
  refused: { 403: "action_prohibited", 404: "no_service", 410: "channel_is_archived", 500: "rollup_error" },
};

/** https://docs.discord.com/developers/topics/rate-limits and opcodes-and-status-codes. */
const discord: Answers = {
  taken: { status: 204 },
  limited: (seconds) => ({
    status: 429,
    // Whole seconds, of which the body has the fractions; so much more here that it shows which of the two is followed.
    headers: { "retry-after": String(Math.ceil(seconds) + 60) },
    body: { message: "You are being rate limited.", retry_after: seconds, global: false },
  }),
  refused: {
    401: { message: "Invalid Webhook Token", code: 50027 },
    403: { message: "Missing Access", code: 50001 },
    404: { message: "Unknown Webhook", code: 10015 },
    500: { message: "500: Internal Server Error", code: 0 },
  },
};

/** https://docs.ntfy.sh/publish, and the errors of its server (server/errors.go). */
const ntfy: Answers = {
  taken: { status: 200, body: { id: "xE73Iyuabi", time: 1673542291, event: "message", topic: "t" } },
  limited: (seconds) => ({
    status: 429,
    headers: { "retry-after": String(Math.ceil(seconds)) },
    body: {
      code: 42901,
      http: 429,
      error: "limit reached: too many requests",
      link: "https://ntfy.sh/docs/publish/#limitations",
    },
  }),
  refused: {
    401: { code: 40101, http: 401, error: "unauthorized", link: "https://ntfy.sh/docs/publish/#authentication" },
    403: { code: 40301, http: 403, error: "forbidden", link: "https://ntfy.sh/docs/publish/#authentication" },
    404: { code: 40401, http: 404, error: "page not found" },
    500: { code: 50001, http: 500, error: "internal server error" },
  },
};

interface Answers {
  taken: Answer;
  limited: (seconds: number) => Answer;
  refused: Readonly<Record<number, string | object>>;
}

const SERVICES: Readonly<Record<string, Answers>> = { slack, discord, ntfy };

/**
 * Answers as a service: `slack`, as it takes a message; `slack-429-0.3`, as it asks to wait so many seconds; `slack-404`, as it refuses one.
 * False for any other behaviour.
 */
export function answerAsService(behaviour: string, response: ServerResponse): boolean {
  const [, name = "", status, seconds] = /^([a-z]+)(?:-(\d{3})(?:-([\d.]+))?)?$/.exec(behaviour) ?? [];
  const service = SERVICES[name];
  if (service === undefined) return false;
  send(response, answerOf(service, Number(status ?? 0), Number(seconds ?? 0)));
  return true;
}

function answerOf({ taken, limited, refused }: Answers, status: number, seconds: number): Answer {
  if (status === 0) return taken;
  return status === 429 ? limited(seconds) : { status, body: refused[status] ?? "" };
}

function send(response: ServerResponse, { status, headers = {}, body = "" }: Answer): void {
  const type = typeof body === "string" ? "text/plain" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
