/** Each check finds what it is for, on a page with every mistake. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser } from "./browser.ts";
import {
  accessibility,
  blockingScripts,
  fragments,
  headings,
  layoutShift,
  overflow,
  print,
  validity,
} from "./looks.ts";

const WRONG = `<!doctype html><html><head><title>Wrong</title><script>window.late = 1</script></head><body>
<nav><a href="#nowhere">Nowhere</a></nav><h2>Second</h2><h1>First</h1>
<p style="color: #ccc; background: #fff">Pale</p><img src="data:,"><p><div>inside</div></p>
<div style="width: 2000px">wide</div></body></html>`;

const RIGHT = `<!doctype html><html lang="en"><head><meta charset="utf-8"/><title>Right</title>
<meta name="viewport" content="width=device-width, initial-scale=1"/></head>
<body><main id="main"><h1>First</h1><h2>Second</h2><p><a href="#main">To the top</a></p></main></body></html>`;

describe.runIf(hasBrowser)("looks", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  async function show(html: string): Promise<Page> {
    const page = await browser.newPage();
    await page.setContent(html);
    return page;
  }

  it.each([
    ["accessibility", accessibility, /(?=.*color-contrast)(?=.*html-has-lang)/s],
    ["headings", headings, /2 1/],
    ["overflow", (page: Page) => overflow(page, 390), /wide/],
    ["blocking scripts", blockingScripts, /window\.late/],
    ["places in the page", fragments, /#nowhere/],
    ["print", print, /<nav>/],
  ] as const)("%s", async (_, look, found) => {
    expect((await look(await show(WRONG))).join("\n")).toMatch(found);
    expect(await look(await show(RIGHT))).toEqual([]);
  });

  it("validity", async () => {
    expect((await validity(WRONG)).join("\n")).toMatch(/no-implicit-close|close-order/);
    expect(await validity(RIGHT)).toEqual([]);
  });

  it("layout shift", async () => {
    const page = await show(RIGHT);
    expect(await layoutShift(page)).toBe(0);
    await page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          document.body.insertAdjacentHTML("afterbegin", "<p>Late</p>".repeat(9));
          requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
        }),
    );
    expect(await layoutShift(page)).toBeGreaterThan(0);
  });
});
