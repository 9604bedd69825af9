/** Signing in and out, and the check that only signed-in curators reach the curators' pages. */
import { noteOperator } from "../../alerts/origins.ts";
import { isCuratorsToken } from "../../curation/curator.ts";
import type { Context, Handler } from "../../http/context.ts";
import { readParameter } from "../../http/input.ts";
import { Problem } from "../../http/problem.ts";
import { Field, readForm } from "../form.tsx";
import { htmlPage } from "../layout.tsx";
import { seeOther } from "./page.tsx";
import { beginSession, endSession, hasSession, isFromHere } from "./session.ts";

/** Lets signed-in curators through. Others are sent to the sign-in page, and from there back. */
export const forSignedIn =
  (handler: Handler): Handler =>
  async (request, context) => {
    const { curatorToken } = context.settings;
    if (curatorToken === undefined) return closed(context);
    if (request.method === "POST") refuseOtherSites(request, context);
    if (await hasSession(request, curatorToken, Date.now())) {
      await noteOperator(context);
      return handler(request, context);
    }
    if (request.method === "POST") return sessionOver(context);
    const { pathname, search } = context.url;
    return seeOther(`/curate/session?${new URLSearchParams({ to: pathname + search })}`);
  };

function refuseOtherSites(request: Request, context: Context): void {
  if (!isFromHere(request, context)) throw new Problem(403, "Forbidden", "This form was sent from another site");
}

/** GET /curate/session?to=…: the sign-in form. */
export const signInPage: Handler = (_, context) =>
  context.settings.curatorToken === undefined
    ? closed(context)
    : askForToken(context, { to: wayBack(readParameter(context.url.searchParams, "to")) });

/** POST /curate/session: 303 to where the curator wanted to go; 401 with the form for a wrong token, 429 after too many of them. */
export const signIn: Handler = async (request, context) => {
  const { curatorToken } = context.settings;
  if (curatorToken === undefined) return closed(context);
  refuseOtherSites(request, context);
  const form = await readForm(request);
  const to = wayBack(form.get("to"));
  try {
    if (await isCuratorsToken(form.get("token")?.trim() ?? "", request, context)) {
      return seeOther(to, { "set-cookie": await beginSession(curatorToken, context, Date.now()) });
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return askForToken(context, { to, error: `${error.message}.`, status: error.status, headers: error.headers });
  }
  // RFC 9110, section 15.5.2, requires a challenge. Browsers ignore this one and show the page.
  const headers = { "www-authenticate": "Bearer" };
  return askForToken(context, { to, error: "This is not the curators' token.", status: 401, headers });
};

/** POST /curate/sign-out */
export const signOut: Handler = (request, context) => {
  refuseOtherSites(request, context);
  return seeOther("/curate/session", { "set-cookie": endSession(context) });
};

/** Returns where to go after signing in. Only the curators' pages are allowed. */
export function wayBack(to: string | null): string {
  const desk = "/curate";
  if (to === null || !URL.canParse(to, HERE)) return desk;
  const { origin, pathname, search } = new URL(to, HERE);
  const curators = pathname === desk || pathname.startsWith(`${desk}/`);
  const signing = /^\/curate\/(?:session|sign-out)(?:\/|$)/.test(pathname);
  return origin === HERE && curators && !signing ? pathname + search : desk;
}

/** Stands for this site, so that addresses are parsed as browsers do. */
const HERE = "https://here.invalid";

interface Asking {
  to: string;
  error?: string;
  status?: number;
  headers?: Readonly<Record<string, string>>;
}

function askForToken({ settings }: Context, { to, error, status = 200, headers = {} }: Asking): Response {
  const children = (
    <article>
      <h1>Curators: sign in</h1>
      <p>
        Curators add articles and publish, correct and retract events. They sign in with the curators' token of this
        wire.
      </p>
      <form method="post" action="/curate/session">
        <input type="hidden" name="to" value={to} />
        <Field
          name="token"
          label="Curators' token"
          type="password"
          autocomplete="current-password"
          required
          hint="You stay signed in for 12 hours in this browser, or until you sign out."
          errors={error === undefined ? [] : [error]}
        />
        <button type="submit">Sign in</button>
      </form>
    </article>
  );
  return htmlPage({ wire: settings.title, title: "Sign in", children }, { private: true, status, headers });
}

function closed({ settings }: Context): Response {
  const children = (
    <article>
      <h1>The desk is not open</h1>
      <p>
        This wire has no curators' token, so nobody can sign in. Its operator can open the desk by setting{" "}
        <code>CURATOR_TOKEN</code>.
      </p>
      <p>
        <a href="/">Back to the timeline</a>
      </p>
    </article>
  );
  return htmlPage({ wire: settings.title, title: "No desk", children }, { private: true, status: 404 });
}

/** The typed text is still in the browser, and can be sent again after signing in in another tab. */
function sessionOver({ settings }: Context): Response {
  const children = (
    <article>
      <h1>Your session has ended</h1>
      <p>Nothing was changed, and your text is not lost:</p>
      <ol>
        <li>
          <a href="/curate" target="_blank" rel="noopener">
            Sign in in another tab
          </a>
          .
        </li>
        <li>Come back here and reload this page. Allow the browser to send the form again.</li>
      </ol>
    </article>
  );
  const headers = { "www-authenticate": "Bearer" };
  return htmlPage({ wire: settings.title, title: "Signed out", children }, { private: true, status: 401, headers });
}
