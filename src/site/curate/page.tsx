/** What the curators' pages share. */
import type { ComponentChildren } from "preact";
import type { Context } from "../../http/context.ts";
import { htmlPage } from "../layout.tsx";

interface CuratorsPage {
  title: string;
  status?: number;
  /** Uses the whole width of the screen. */
  wide?: boolean;
  children: ComponentChildren;
}

/** Returns a page for a signed-in curator. It is neither cached nor indexed. */
export const curatorsPage = (
  { settings, url }: Context,
  { title, status = 200, wide = false, children }: CuratorsPage,
) =>
  htmlPage(
    {
      wire: settings.title,
      title,
      wide,
      scripts: ["/scripts/unsaved.js"],
      children: (
        <>
          <Ways here={url.pathname} />
          {children}
        </>
      ),
    },
    { private: true, status },
  );

const WAYS = [
  ["/curate", "Desk"],
  ["/curate/articles", "Add an article"],
  ["/curate/events", "Add an event"],
] as const;

/** Navigation between the curators' pages. */
const Ways = ({ here }: { here: string }) => (
  <div class="ways unprinted">
    <nav aria-label="Curators">
      <ul class="inline">
        {WAYS.map(([href, label]) => (
          <li>
            <a href={href} aria-current={href === here ? "page" : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
    <form method="post" action="/curate/sign-out">
      <button type="submit" class="second">
        Sign out
      </button>
    </form>
  </div>
);

/** Shown if a form changed nothing. */
export const SAME = "There were no changes to save.";

/** Redirects after a form was processed, so that a reload does not send the form again. */
export const seeOther = (location: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(null, { status: 303, headers: { location, "cache-control": "no-store", ...headers } });
