/** The form that registers an alert, and the page that shows what comes of it. */
import type { Registered } from "../../alerts/desk.ts";
import type { InputError } from "../../problem.ts";
import { htmlPage } from "../layout.tsx";

/** What was typed into the form, and what was wrong with it. */
export interface Filled {
  query: string;
  url: string;
  errors: readonly InputError[];
}

export function AlertForm({ query, url, errors }: Filled) {
  const errorAt = (path: string) => errors.find((error) => error.path === path)?.message;
  return (
    <section aria-labelledby="alert">
      <h2 id="alert">Be told of new articles</h2>
      <p>
        An alert matches every article that is added from now on. Its messages go to your webhook, signed and numbered,
        or into a private feed.
      </p>
      <form method="post" action="/alerts">
        <Field
          name="query"
          label="Query"
          value={query}
          error={errorAt("query")}
          placeholder="aleppo ceasefire"
          required
        />
        <Field
          name="url"
          label="Webhook address (leave empty for a private feed)"
          value={url}
          error={errorAt("channel.url")}
          placeholder="https://"
        />
        {errors.some(({ path }) => path === "") && <p class="error">{errorAt("")}</p>}
        <button type="submit">Register the alert</button>
      </form>
    </section>
  );
}

interface FieldProps {
  name: string;
  label: string;
  value: string;
  error: string | undefined;
  placeholder: string;
  required?: boolean;
}

function Field({ name, label, value, error, placeholder, required = false }: FieldProps) {
  return (
    <p>
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={value}
        placeholder={placeholder}
        required={required}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${name}-error`}
      />
      {error !== undefined && (
        <span class="error" id={`${name}-error`}>
          {error}
        </span>
      )}
    </p>
  );
}

/** Token and secret, this once. */
export function showRegistered(
  wire: string,
  { id, token, secret, query, status, feed_url }: Registered,
  url: string,
): Response {
  const children = (
    <article>
      <h1>The alert is registered</h1>
      <p class="notice">Copy token and secret now: they are not shown again.</p>
      <dl class="credentials">
        <dt>Query</dt>
        <dd>
          <code>{query}</code>
        </dd>
        <dt>Id</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>Token, to manage it</dt>
        <dd>
          <code>{token}</code>
        </dd>
        <dt>Secret, to verify its messages</dt>
        <dd>
          <code>{secret}</code>
        </dd>
        <dt>Its matches as a private feed</dt>
        <dd>
          <a href={feed_url}>{feed_url}</a>
        </dd>
      </dl>
      {status === "pending" ? (
        <p>
          A message of type <code>alert.confirm</code> is on its way to {url}. The alert becomes active when the answer
          holds its challenge, or when someone opens the link in it and presses the button. That has to happen within 24
          hours.
        </p>
      ) : (
        <p>It is active: articles that match from now on appear in the feed.</p>
      )}
      <p>
        <a href="/">Back to the record</a>
      </p>
    </article>
  );
  return htmlPage({ wire, title: "Alert registered", children });
}
