/** HTML for feed readers. It is escaped by the renderer, never by hand. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";

/** Scripts that are written from right to left (ISO 15924). */
const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Mand", "Rohg", "Samr"]);

/** The direction of a language (BCP 47), by the script that it names or is usually written in. */
export function direction(language: string): "rtl" | "ltr" {
  try {
    return RIGHT_TO_LEFT.has(new Intl.Locale(language).maximize().script ?? "") ? "rtl" : "ltr";
  } catch {
    // It has the form of a tag and is none.
    return "ltr";
  }
}

/** HTML that stands on its own, in a language (BCP 47) and its direction. Styles would be stripped by readers; attributes stay. */
export function html(language: string, children: ComponentChildren): string {
  return render(
    <div lang={language} dir={direction(language)}>
      {children}
    </div>,
  );
}

/** Our own words inside an item of another language. */
export const Ours = ({ children }: { children: ComponentChildren }) => (
  <div lang="en" dir="ltr">
    {children}
  </div>
);

/**
 * Words of another language inside a line: they turn nothing round that stands beside them, as with `bdi`, which Universal Feed Parser
 * takes out.
 */
export const Foreign = ({ language, children }: { language: string | null; children: ComponentChildren }) => (
  <span {...(language === null ? { dir: "auto" as const } : { lang: language, dir: direction(language) })}>
    {children}
  </span>
);

export function EventLinks({ events }: { events: readonly { title: string; url: string }[] }) {
  if (events.length === 0) return null;
  return (
    <>
      <p>Events:</p>
      <ul>
        {events.map(({ title, url }) => (
          <li>
            <a href={url}>{title}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** As RFC 3986 writes it: the URL Standard leaves some characters as they are that a URI must not have outside its host. */
export function asUri(address: string): string {
  const url = new URL(address);
  for (const part of ["pathname", "search", "hash"] as const) {
    url[part] = url[part].replace(/[^\w;/?:@&=+$.\-!~*'()%,#]/g, encodeURIComponent);
  }
  return url.href;
}
