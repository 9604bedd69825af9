/** What the curators' pages have in common. */
import type { ComponentChildren } from "preact";
import type { Context } from "../../context.ts";
import { htmlPage } from "../layout.tsx";

interface CuratorsPage {
  title: string;
  status?: number;
  /** As wide as the screen allows. */
  wide?: boolean;
  children: ComponentChildren;
}

/** A page for somebody who has signed in. Nobody else should keep or find it. */
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

/** The ways between these pages. */
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

/** Said where a form brought nothing new. */
export const SAME = "It says the same as before. Nothing was changed.";

/** To another page, once a form has done what it asked for: so that loading it again sends nothing twice. */
export const seeOther = (location: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(null, { status: 303, headers: { location, "cache-control": "no-store", ...headers } });
