/** The actions of an alert's page. Each calls the same function as the API and returns its result in words. */
import { alertPatch, replayInput } from "../../alerts/alert.ts";
import type { HeldAlert } from "../../alerts/alert-answers.ts";
import {
  changeAlert,
  type Holder,
  redeliver,
  remove,
  replay,
  rotate,
  sendTest,
  viewAlert,
} from "../../alerts/holder.ts";
import type { Context } from "../../http/context.ts";
import { check } from "../../http/input.ts";
import { badRequest, type InputError } from "../../http/problem.ts";
import { reducedDate } from "../../record/fields.ts";
import { counted } from "../text-format.ts";
import { channelInWords } from "./alert-wording.ts";
import { channelOf, readChannelFields } from "./channel-fields.tsx";

/** The result of an action. */
export interface ActionResult {
  /** A sentence for the user, or "" if there is nothing to say. */
  said: string;
  /** A new secret. It is shown only once. */
  secret?: string;
  /** How to continue a replay that has not covered all articles. */
  rest?: { since: string; until: string; before: string };
  /** The alert was deleted, so the page has nothing more to show. */
  removed?: true;
}

interface ActionRequest {
  holder: Holder;
  form: URLSearchParams;
  request: Request;
  context: Context;
}

/** Throws a Problem if the action is not possible. */
type Act = (asked: ActionRequest) => Promise<ActionResult>;

const nothing: Act = async () => ({ said: "" });

export const ACTIONS = {
  show: nothing,
  /** Shows what a query would find; `alert-page.tsx` does that. */
  preview: nothing,
  test: async ({ holder }) => {
    const { sequence } = await sendTest(holder);
    return { said: `The test is being sent as message ${sequence}.` };
  },
  redeliver: async ({ holder, form }) => {
    const { sequence } = await redeliver(holder, form.get("sequence") ?? "");
    return { said: `Message ${sequence} is being sent again.` };
  },
  replay: replayDays,
  pause: async (asked) => {
    await change(asked, { status: "paused" });
    return { said: "The alert is paused. Nothing is sent until you resume it." };
  },
  resume: async (asked) => {
    const { status } = await change(asked, { status: "active" });
    return {
      said: status === "active" ? "The alert is active again. Messages that were held back are being sent." : ASKED,
    };
  },
  ask: async (asked) => {
    const { channel } = await viewAlert(asked.holder, asked.context);
    await change(asked, { channel });
    return { said: ASKED };
  },
  query: async (asked) => {
    const { query } = await change(asked, { query: asked.form.get("q") ?? "" });
    return { said: `The alert now sends what matches ${query}.` };
  },
  channel: async (asked) => {
    const { status, channel } = await change(asked, { channel: channelOf(readChannelFields(asked.form)) });
    const now = `Messages now go to ${channelInWords(channel)}.`;
    return { said: status === "pending" ? `${now} ${ASKED}` : now };
  },
  rotate: async ({ holder }) => {
    const { secret } = await rotate(holder);
    return { said: "The alert has a new secret. For 24 hours, messages carry both signatures.", secret };
  },
  delete: async ({ holder, form }) => {
    if (!form.has("sure")) throw badRequest([{ path: "sure", message: "tick the box to confirm" }]);
    await remove(holder);
    return { said: "The alert is deleted. Nothing more is sent.", removed: true };
  },
} as const satisfies Record<string, Act>;

export type Action = keyof typeof ACTIONS;

export const isAction = (name: string): name is Action => Object.hasOwn(ACTIONS, name);

const ASKED = "We sent a confirmation request. Matches are kept until it is confirmed.";

const change = ({ holder, request, context }: ActionRequest, patch: object): Promise<HeldAlert> =>
  changeAlert(holder, check(patch, alertPatch), request, context);

/** Sends the matches of some days again. Days are in UTC, first and last included. */
async function replayDays({ holder, form }: ActionRequest): Promise<ActionResult> {
  const [since = "", until = "", before = ""] = ["since", "until", "before"].map((name) => form.get(name)?.trim());
  const errors = [
    ...dayErrors("since", since),
    ...(until === "" ? [] : dayErrors("until", until)),
    ...(before === "" || /^[1-9]\d{0,14}$/.test(before) ? [] : [{ path: "before", message: FORGED }]),
  ];
  if (errors.length > 0) throw badRequest(errors);
  if (until !== "" && until < since) {
    throw badRequest([{ path: "until", message: `the last day, ${until}, is before the first day, ${since}` }]);
  }
  const range = {
    since: `${since}T00:00:00Z`,
    ...(until !== "" && { until: `${until}T23:59:59.999Z` }),
    ...(before !== "" && { before: Number(before) }),
  };
  const { count, before: next } = await replay(holder, check(range, replayInput));
  const made =
    count === 0
      ? "No article from those days matches."
      : `${counted(count, "past match", "past matches")} will be sent.`;
  if (next === null) return { said: made };
  return { said: `${made} There may be older matches.`, rest: { since, until, before: String(next) } };
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const EXPECTED = "a day such as 2016-09-22 was expected";
const FORGED = "the position to continue from is invalid: choose the days again";

function dayErrors(path: string, day: string): InputError[] {
  if (!DAY.test(day)) return [{ path, message: EXPECTED }];
  return reducedDate.safeParse(day).success ? [] : [{ path, message: `there is no such day as ${day}` }];
}
