/** Checks of a page, in a browser or as HTML. Each returns its findings in words, or nothing. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { type ConfigData, HtmlValidate } from "html-validate";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Runs axe-core with all rules, including best practices. The script comes through the debugger, which the
 * Content-Security-Policy does not restrict.
 */
export async function accessibility(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((): Promise<AxeResults> => Reflect.get(window, "axe").run());
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html.slice(0, 300)}\n${failureSummary}`),
  );
}

const STANDARD: ConfigData = {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // In either case. An id may be any text without spaces (HTML Standard, sections 13.1.1 and 3.2.6).
    "doctype-style": ["error", { style: "lowercase" }],
    "valid-id": ["error", { relaxed: true }],
    // An SVG may have a name (SVG Accessibility API Mappings, section 5.1).
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // Preact writes void elements with a slash and empty attributes without a value. HTML allows both.
    "void-style": ["error", { style: "selfclosing" }],
    "attribute-empty-style": "off",
    "attribute-boolean-style": "off",
    // Preact escapes markup but leaves `>` and `&` before a space, as HTML allows.
    "no-raw-characters": ["error", { relaxed: true }],
    // Checkboxes and radio buttons of a group share a name (HTML Standard, section 4.10.21.4).
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "submit"] }],
    // A token is hidden like a password, but browsers should not offer to store it.
    "autocomplete-password": "off",
    // Titles come from the record.
    "long-title": "off",
  },
};
const validator = new HtmlValidate(STANDARD);

/** Validates HTML against the standard and html-validate's recommendations. */
export async function validity(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column, offset }) => {
      const near = html.slice(Math.max(0, offset - 60), offset + 100);
      return `${ruleId}: ${message} (${line}:${column}) … ${near}`;
    }),
  );
}

/** Expects one `h1` before all other headings, and no skipped level. */
export async function headings(page: Page): Promise<string[]> {
  const levels = await page
    .locator("h1, h2, h3, h4, h5, h6")
    .evaluateAll((found) => found.map(({ tagName }) => Number(tagName.slice(1))));
  const wrong = levels.filter((level, i) => (i === 0 ? level !== 1 : level === 1 || level > (levels[i - 1] ?? 0) + 1));
  return wrong.length === 0 ? [] : [`headings in this order: ${levels.join(" ")}`];
}

/** Returns the elements that make the page wider than the screen. */
export async function overflow(page: Page, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 844 });
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => element.outerHTML.slice(0, 120));
  });
  return wide.map((element) => `at ${width} pixels this sticks out: ${element}`);
}

/**
 * Returns the layout shift while the page loaded (Layout Instability, https://wicg.github.io/layout-instability/); 0
 * for none.
 */
export const layoutShift = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += Number(Reflect.get(entry, "value"));
        });
        observer.observe({ type: "layout-shift", buffered: true });
        // Buffered entries arrive in a separate task, before the second frame.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            for (const entry of observer.takeRecords()) sum += Number(Reflect.get(entry, "value"));
            resolve(sum);
          }),
        );
      }),
  );

/** Returns the bytes of a first view by address, including headers. */
export const transferred = (page: Page): Promise<{ address: string; bytes: number }[]> =>
  page.evaluate(() =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter((entry): entry is PerformanceResourceTiming => entry instanceof PerformanceResourceTiming)
      .map(({ name, transferSize }) => ({ address: name, bytes: transferSize })),
  );

/** Returns scripts that block the parser or rendering. */
export const blockingScripts = (page: Page): Promise<string[]> =>
  page.evaluate(() => [
    ...[...document.scripts]
      .filter(({ type, async, defer }) => type !== "module" && !async && !defer)
      .map(({ outerHTML }) => outerHTML.slice(0, 120)),
    ...performance
      .getEntriesByType("resource")
      .filter((entry) => entry.name.endsWith(".js") && Reflect.get(entry, "renderBlockingStatus") === "blocking")
      .map(({ name }) => name),
  ]);

/** Returns elements that are printed but only useful on a screen. */
export async function print(page: Page): Promise<string[]> {
  await page.emulateMedia({ media: "print" });
  const shown = await page
    .locator("nav, form, footer.site, .skip")
    .evaluateAll((found) =>
      found.filter((element) => element.checkVisibility()).map(({ outerHTML }) => outerHTML.slice(0, 120)),
    );
  await page.emulateMedia({ media: "screen" });
  return shown.map((element) => `in print: ${element}`);
}

/** Returns the absolute URLs of links within the site, without links to the page itself. */
export const links = (page: Page): Promise<string[]> =>
  page.evaluate(() => [
    ...new Set(
      [...document.querySelectorAll("a[href], link[href]")]
        .filter((link) => !link.getAttribute("href")?.startsWith("#"))
        .map((link) => new URL(link.getAttribute("href") ?? "", document.baseURI).href)
        .filter((address) => address.startsWith(location.origin)),
    ),
  ]);

/** Returns links to missing places within the page. */
export const fragments = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('a[href^="#"]')]
      .map((link) => link.getAttribute("href") ?? "")
      .filter((href) => document.getElementById(decodeURIComponent(href.slice(1))) === null),
  );
