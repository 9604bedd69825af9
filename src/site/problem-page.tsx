/** The page for an error, for browsers. */
import type { Problem } from "../http/problem.ts";
import { htmlPage } from "./layout.tsx";

export function problemPage(wire: string, { status, title, message, headers }: Problem): Response {
  const children = (
    <article>
      <h1>{title}</h1>
      <p>{/[.!?]$/.test(message) ? message : `${message}.`}</p>
      <p>
        <a href="/">Back to the timeline</a>
      </p>
    </article>
  );
  return htmlPage({ wire, title, children }, { status, headers });
}
