/** Help on the API: its description and a first request. */

import { Code } from "../scrolls.tsx";
import type { CountedExample } from "./examples.ts";

export function ApiHelp({ origin, example }: { origin: string; example: CountedExample | undefined }) {
  const search = new URLSearchParams({ q: example?.query.canonical ?? "truce" });
  return (
    <section aria-labelledby="api">
      <h2 id="api">API</h2>
      <p>
        <a href="/openapi.json">{`${origin}/openapi.json`}</a> describes every request (OpenAPI 3.1). Reading the record
        and previewing a query need no key. An alert is managed with its own token, as{" "}
        <code>Authorization: Bearer</code>.
      </p>
      <Code label="Calls of the API with curl">{`# What are the past matches of this query, and why?
curl '${origin}/api/preview?${search}'

# The newest events that match it
curl '${origin}/api/events?${search}&limit=5'

# Your alert's messages by number, each with its attempts
curl ${origin}/api/alerts/ID/deliveries -H 'authorization: Bearer TOKEN'`}</Code>
      <p>
        Errors are <code>application/problem+json</code> (RFC 9457) and name each mistake and its place. See the{" "}
        <a href="/status">status page</a>, or <a href="/api/status">/api/status</a> as JSON. Curators sign in at{" "}
        <a href="/curate">the desk</a>.
      </p>
    </section>
  );
}
