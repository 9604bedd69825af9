/** What all pages have in common. Journeys through several pages have tests of their own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "./browser.ts";
import {
  accessibility,
  blockingScripts,
  fragments,
  headings,
  layoutShift,
  links,
  overflow,
  print,
  transferred,
  validity,
} from "./looks.ts";
import { type Ask, PAGES } from "./pages.ts";
import { PICTURES, useSite } from "./site.ts";
import { type Stage, setStage } from "./stage.ts";

const PHONE = 390;
const DESK = 1280;
/** Minimum width by WCAG 2.2 (1.4.10), and the width that remains at 200 % text size (1.4.4). */
const WIDTHS = [320, PHONE, DESK / 2, DESK];
const MOST_BYTES = 100 * 1024;

/** Routes that answer with a redirect alone. */
const REDIRECTS = ["GET /alerts", "POST /curate/sign-out"];

describe.runIf(hasBrowser)("every page", () => {
  const { url, hook, faults, open } = useSite();
  let stage: Stage;
  /** All link targets, with a page that has the link. */
  const leads = new Map<string, string>();

  beforeAll(async () => {
    stage = await setStage(url(), hook());
  });
  afterAll(() => stage?.close());

  it.each(PAGES.map((row) => [row.name, row] as const))("%s", async (name, row) => {
    const ask = typeof row.ask === "function" ? row.ask(stage) : row.ask;
    const { status, html, headers } = await request(ask);
    expect.soft(status).toBe(row.status ?? 200);
    expect.soft(await validity(html)).toEqual([]);

    const page = await open(ask.path, { before: (page) => answerWith(page, ask, { status, html, headers }) });
    if (status >= 400)
      faults.splice(
        faults.findIndex((fault) => fault.includes(String(status))),
        1,
      );
    expect.soft(await layoutShift(page), "layout shift").toBe(0);
    expect.soft(await blockingScripts(page)).toEqual([]);
    if (row.open) await expectOpen(page);
    expect.soft(await headings(page)).toEqual([]);
    expect.soft(await fragments(page), "places in the page").toEqual([]);
    for (const address of await links(page)) leads.set(address, name);
    expect.soft(await print(page)).toEqual([]);

    for (const width of WIDTHS) expect.soft(await overflow(page, width)).toEqual([]);
    for (const [width, colorScheme] of [
      [DESK, "light"],
      [DESK, "dark"],
      [PHONE, "dark"],
      [PHONE, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(PICTURES, `${name}, ${width}, ${colorScheme}.png`), fullPage: true });
      expect.soft(await accessibility(page), `${width}, ${colorScheme}`).toEqual([]);
    }
  });

  it("has only working links", async () => {
    const wrong = await Promise.all([...leads].map(async ([address, from]) => ({ from, why: await follow(address) })));
    expect(wrong.filter(({ why }) => why !== undefined)).toEqual([]);
  });

  it("every route with a page is in this table", () => {
    // The list is read as text: Node cannot import the styles and pictures that the pages import.
    const source = readFileSync(join(import.meta.dirname, "..", "..", "src", "routes.ts"), "utf8");
    const pages = source.slice(source.indexOf("// Pages"), source.indexOf("...ASSETS"));
    const routes = [...pages.matchAll(/\["(\w+)", "([^"]+)"/g)].map(([, method, path]) => `${method} ${path}`);
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter((route) => !REDIRECTS.includes(route) && !PAGES.some((row) => row.route === route))).toEqual(
      [],
    );
  });

  async function expectOpen(page: Page): Promise<void> {
    const files = await transferred(page);
    const sum = files.reduce((total, { bytes }) => total + bytes, 0);
    expect.soft(sum, JSON.stringify(files, null, 1)).toBeLessThan(MOST_BYTES);
    expect.soft(sum).toBeGreaterThan(1000);
    const head = page.locator("head");
    expect.soft(await head.locator('link[rel="canonical"]').getAttribute("href")).toContain(url());
    expect.soft(await head.locator('meta[name="description"]').getAttribute("content")).toMatch(/\w/);
  }

  /** Requests a page as a browser does. Forms are sent from a page of the site. */
  async function request({ path, form, cookie }: Ask): Promise<{ status: number; html: string; headers: Headers }> {
    const answer = await fetch(url() + path, {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: {
        accept: "text/html",
        ...(cookie && { cookie }),
        ...(form && { "sec-fetch-site": "same-origin", origin: url() }),
      },
      ...(form && { body: new URLSearchParams(form) }),
    });
    return { status: answer.status, html: await answer.text(), headers: answer.headers };
  }

  /** Shows the answer of a form under its address; the browser loads other pages by itself. */
  async function answerWith(
    page: Page,
    { path, form, cookie }: Ask,
    { status, html, headers }: Awaited<ReturnType<typeof request>>,
  ): Promise<void> {
    const [name, value] = cookie?.split("=") ?? [];
    if (name && value) await page.context().addCookies([{ name, value, url: `${url()}/curate` }]);
    if (form === undefined) return;
    await page.route(
      url() + path,
      (route) => route.fulfill({ status, body: html, headers: Object.fromEntries(headers) }),
      { times: 1 },
    );
  }

  /** Returns what is wrong with an address, if anything. */
  async function follow(address: string): Promise<string | undefined> {
    const { hash, pathname } = new URL(address);
    const answer = await fetch(address, { headers: { accept: "text/html", cookie: stage.cookie } });
    const text = await answer.text();
    if (!answer.ok) return `${address}: ${answer.status}`;
    // The fragment of an alert's link is its token.
    const id = pathname.startsWith("/alerts/al_") ? "" : decodeURIComponent(hash.slice(1));
    return id === "" || text.includes(`id="${id}"`) ? undefined : `${address}: nothing has this id`;
  }
});
