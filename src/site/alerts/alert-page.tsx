/**
 * The page of an alert. Its token opens it. The token comes in the body of a form or stays in the fragment of the
 * address, which browsers do not send, so no log contains it. There are no cookies, and every action needs the token
 * in its body, so no other site can trigger an action (CSRF).
 */
import type { ComponentChildren } from "preact";
import { shardOf } from "../../alerts/alert.ts";
import type { HeldAlert } from "../../alerts/alert-answers.ts";
import { type Holder, holderOf, listMessages, viewAlert } from "../../alerts/holder.ts";
import type { Context, Handler } from "../../http/context.ts";
import { alertPath } from "../../http/links.ts";
import { notFound, Problem } from "../../http/problem.ts";
import { readRecentHead } from "../../record/log.ts";
import { readNames } from "../../record/names/read-names.ts";
import { errorsOf, Field, type RefusedForm, readForm } from "../form.tsx";
import { htmlPage } from "../layout.tsx";
import { readTyped } from "../typed-query.tsx";
import { ACTIONS, type Action, type ActionResult, isAction } from "./actions.ts";
import { AlertView } from "./alert-view.tsx";
import { MESSAGES_SHOWN, type MessagePage } from "./messages.tsx";
import { type TriedQuery, tryQuery } from "./query-preview.tsx";

/** GET /alerts/{id}: asks for the token, whether or not the alert exists. */
export const alertPage: Handler = (_, context) => askForToken(context, idOf(context));

/** POST /alerts/{id}: performs `action` with the alert's `token`. Without an action it shows the alert. */
export const postAlertPage: Handler = async (request, context) => {
  const id = idOf(context);
  const form = await readForm(request);
  const holder = await open(id, form.get("token")?.trim() ?? "", context);
  if (holder === undefined) return askForToken(context, id, "There is no such alert, or the token is wrong.");
  const action = form.get("action") ?? "show";
  return act(holder, isAction(action) ? action : "show", form, request, context);
};

/** Throws a 404 Problem for anything that cannot be the id of an alert. */
function idOf({ params }: Context): string {
  const id = params["id"] ?? "";
  if (shardOf(id) === undefined) throw notFound("There is no such alert");
  return id;
}

/** Returns undefined for an unknown alert and for a wrong token alike. */
async function open(id: string, token: string, context: Context): Promise<Holder | undefined> {
  try {
    const holder = await holderOf(id, token, context);
    await viewAlert(holder, context);
    return holder;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
}

async function act(
  holder: Holder,
  action: Action,
  form: URLSearchParams,
  request: Request,
  context: Context,
): Promise<Response> {
  let done: ActionResult = { said: "" };
  let failed: RefusedForm = { status: 200, errors: [], headers: {} };
  try {
    done = await ACTIONS[action]({ holder, form, request, context });
  } catch (error) {
    failed = errorsOf(error);
  }
  if (done.removed) return show(context, "Alert deleted", <Deleted said={done.said} />);
  const alert = await viewAlert(holder, context);
  const page = await readMessages(holder, alert, form.get("after") ?? "");
  const tried = await triedBy(action, form, alert, context);
  const { token } = holder;
  const { errors, ...answer } = failed;
  const view = <AlertView {...{ alert, token, page, action, form, done, errors, tried }} />;
  return show(context, `Alert: ${alert.query}`, view, answer);
}

async function readMessages(holder: Holder, { latest }: HeldAlert, asked: string): Promise<MessagePage> {
  const after = /^\d{1,15}$/.test(asked) ? Math.min(Number(asked), latest) : Math.max(0, latest - MESSAGES_SHOWN);
  const { deliveries } = await listMessages(holder, after, MESSAGES_SHOWN);
  return { after, deliveries };
}

/** The query for the form that changes it. It is tried on the record only if the user asked for a preview. */
async function triedBy(action: Action, form: URLSearchParams, alert: HeldAlert, { env }: Context): Promise<TriedQuery> {
  if (action === "preview") return tryQuery(form.get("q") ?? "", env);
  const names = await readNames(env.DB, await readRecentHead(env.DB));
  const source = action === "query" ? (form.get("q") ?? "") : alert.query;
  return { typed: readTyped(source, names), preview: undefined, names };
}

const Deleted = ({ said }: { said: string }) => (
  <article>
    <h1 id="result" tabIndex={-1}>
      Alert deleted
    </h1>
    <p>{said}</p>
    <p>
      <a href="/alerts/new">Create another alert</a>
    </p>
  </article>
);

function askForToken(context: Context, id: string, wrong?: string): Response {
  const children = (
    <article>
      <h1>Open an alert</h1>
      <p>
        <code>{id}</code>
      </p>
      <form method="post" action={alertPath(id)} data-stay="" data-open="">
        <Field
          name="token"
          label="Token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          hint="You got the token when you created the alert."
          errors={wrong === undefined ? [] : [wrong]}
        />
        <button type="submit">Open</button>
      </form>
    </article>
  );
  return show(context, "Open an alert", children, { status: wrong === undefined ? 200 : 404 });
}

const show = (
  { settings }: Context,
  title: string,
  children: ComponentChildren,
  answer: Partial<Pick<RefusedForm, "status" | "headers">> = {},
): Response =>
  htmlPage(
    {
      wire: settings.title,
      title,
      section: "alerts",
      scripts: ["/scripts/alert.js", "/scripts/live.js", "/scripts/copy.js"],
      children,
    },
    { ...answer, private: true },
  );
