/** Creating an alert: type a query, see its past matches, choose a channel. */
import { alertInput } from "../../alerts/alert.ts";
import { registerAlert } from "../../alerts/registration.ts";
import { CALLED_TYPES } from "../../channels/channel-kinds.ts";
import type { Context, Handler } from "../../http/context.ts";
import { check, readParameter } from "../../http/input.ts";
import type { InputError } from "../../http/problem.ts";
import { errorsOf, messagesAt, readForm } from "../form.tsx";
import { htmlPage } from "../layout.tsx";
import { QueryInput } from "../query-input.tsx";
import { ChannelFields, type ChannelTyped, channelOf, readChannelFields } from "./channel-fields.tsx";
import { Found, LIVE, Reading, type TriedQuery, tryQuery } from "./query-preview.tsx";
import { registeredPage } from "./registered.tsx";

/** GET /alerts: for visitors who shortened an address, or reload the page after registering. */
export const toNewAlert: Handler = () => new Response(null, { status: 303, headers: { location: "/alerts/new" } });

/** GET /alerts/new */
export const newAlertPage: Handler = async (_, context) => {
  const tried = await tryQuery(readParameter(context.url.searchParams, "q")?.trim() ?? "", context.env);
  const typed = { type: "webhook", url: "", digest: "" };
  return showNew(context, { tried, typed, errors: [] }, { url: `${context.origin}/alerts/new` });
};

/** POST /alerts: creates the alert and shows its token and secret, or shows the form with its errors. */
export const postAlertForm: Handler = async (request, context) => {
  const form = await readForm(request);
  const query = form.get("query") ?? "";
  const typed = readChannelFields(form);
  try {
    const input = check({ query, channel: channelOf(typed) }, alertInput);
    return await registeredPage(context, await registerAlert(input, request, context));
  } catch (error) {
    const { errors, ...answer } = errorsOf(error);
    const tried = await tryQuery(query, context.env);
    return showNew(context, { tried, typed, errors }, { ...answer, private: true });
  }
};

interface Filled {
  tried: TriedQuery;
  typed: ChannelTyped;
  errors: readonly InputError[];
}

interface Answer {
  /** Canonical URL, if the page is public. */
  url?: string;
  status?: number;
  headers?: Readonly<Record<string, string>>;
  private?: boolean;
}

function showNew(context: Context, filled: Filled, { url, ...init }: Answer): Response {
  return htmlPage(
    {
      wire: context.settings.title,
      title: "Create an alert",
      description:
        "Get an alert for each new article that matches a search. See its past matches before you create it.",
      ...(url !== undefined && { url }),
      section: "alerts",
      wide: true,
      scripts: ["/scripts/live.js", "/scripts/typed.js"],
      children: <NewAlert {...filled} />,
    },
    init,
  );
}

function NewAlert({ tried, typed, errors }: Filled) {
  const { source, problem } = tried.typed;
  // Errors of the query are shown with its reading, if it has one.
  const missing = problem === undefined ? messagesAt(errors, "query")[0] : undefined;
  return (
    <>
      <h1>Create an alert</h1>
      <Mistakes errors={errors} />
      <search>
        <form method="get" action="/alerts/new" data-live={LIVE}>
          <label for="q">Search for</label>
          <p class="hint" id="q-hint">
            Names, words, "phrases", AND, OR, NOT. See the <a href="/help#queries">search tips</a>.
          </p>
          <div class="row">
            <QueryInput source={source} wrong={problem !== undefined || missing !== undefined} hint="q-hint" />
            <button type="submit">Preview</button>
          </div>
          <Reading tried={tried} {...(missing !== undefined && { missing })} />
        </form>
      </search>
      <div class="sides">
        <section aria-labelledby="before">
          <h2 id="before">Past matches</h2>
          <p class="jump">
            <a href="#register">Skip to creating the alert</a>
          </p>
          <Found tried={tried} />
        </section>
        <Register source={source} typed={typed} errors={errors} />
      </div>
    </>
  );
}

/** With scripts the alert uses the query in the input; without scripts it uses the previewed query. */
function Register({ source, typed, errors }: { source: string } & Pick<Filled, "typed" | "errors">) {
  return (
    <section aria-labelledby="register" class="register">
      <h2 id="register">Send new matches</h2>
      <p class={source === "" ? "scripted" : undefined}>
        Search:{" "}
        <code data-typed="" dir="auto">
          {source}
        </code>
      </p>
      {source === "" && <p class="scriptless">Preview a search first. Then choose here where matches are sent.</p>}
      <div class={source === "" ? "scripted" : undefined}>
        <form method="post" action="/alerts" class="one-click">
          <input type="hidden" name="query" value={source} data-typed="" />
          <input type="hidden" name="type" value="feed" />
          <button type="submit">Get a private feed</button>
          <p class="hint">One click gives you an address for your feed reader.</p>
        </form>
        <h3>Or send messages</h3>
        <form method="post" action="/alerts">
          <input type="hidden" name="query" value={source} data-typed="" />
          <ChannelFields typed={typed} errors={errors} types={CALLED_TYPES} />
          <button type="submit">Create the alert</button>
        </form>
      </div>
    </section>
  );
}

const FIELDS: Readonly<Record<string, readonly [id: string, label: string]>> = {
  query: ["q", "Query"],
  "channel.url": ["url", "URL"],
  "channel.digest": ["digest", "How often"],
};

/** At the top of the page, because the form may be far below. */
const Mistakes = ({ errors }: { errors: readonly InputError[] }) =>
  errors.length === 0 ? null : (
    <div class="error" role="alert">
      <p>The alert was not created.</p>
      {errors.map(({ path, message }) => {
        const [id, label] = FIELDS[path] ?? ["register"];
        return (
          <p>
            <a href={`#${id}`}>{label === undefined ? message : `${label}: ${message}`}</a>
          </p>
        );
      })}
    </div>
  );
