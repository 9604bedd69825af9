/** HTML of feed items. The renderer escapes it. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";

/** Right-to-left scripts (ISO 15924). */
const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Mand", "Rohg", "Samr"]);

/** Returns the direction of a language tag (BCP 47), by its script or the usual script of its language. */
export function direction(language: string): "rtl" | "ltr" {
  try {
    return RIGHT_TO_LEFT.has(new Intl.Locale(language).maximize().script ?? "") ? "rtl" : "ltr";
  } catch {
    // The tag is well-formed but not valid.
    return "ltr";
  }
}

/** Returns HTML with its language (BCP 47) and direction as attributes: readers strip styles, but keep attributes. */
export function html(language: string, children: ComponentChildren): string {
  return render(
    <div lang={language} dir={direction(language)}>
      {children}
    </div>,
  );
}

/** English words inside an item of another language. */
export const Ours = ({ children }: { children: ComponentChildren }) => (
  <div lang="en" dir="ltr">
    {children}
  </div>
);

/**
 * Words of another language inside a line. The element isolates their direction from the rest of the line, as `bdi` does. `bdi` itself is
 * removed by Universal Feed Parser.
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

/** Returns an address as a URI (RFC 3986). The URL Standard leaves some characters unencoded that a URI must not have. */
export function asUri(address: string): string {
  const url = new URL(address);
  for (const part of ["pathname", "search", "hash"] as const) {
    url[part] = url[part].replace(/[^\w;/?:@&=+$.\-!~*'()%,#]/g, encodeURIComponent);
  }
  return url.href;
}
