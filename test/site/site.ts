/** A Worker with the shipped record, and Chromium to view it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { ROOT } from "../../src/cli/paths.ts";
import { type Running, startPrepared } from "../cli/prepared.ts";
import { type Hook, startHook } from "../cli/programs.ts";
import { openBrowser } from "./browser.ts";

/** Folder of the screenshots, which are not committed. */
export const PICTURES = join(ROOT, ".wrangler", "pictures");

export interface Look {
  /** In CSS pixels; by default a phone's width. */
  width?: number;
  dark?: boolean;
  javascript?: boolean;
  /** Called with the page before it opens the address. */
  before?: (page: Page) => Promise<void>;
}

export interface Site {
  /** The site's origin. */
  url: () => string;
  /** A receiver of webhooks that answers challenges. */
  hook: () => Hook;
  /** Opens an address in a browser without history. */
  open: (path: string, look?: Look) => Promise<Page>;
  /**
   * Failed requests, requests to other sites, and console errors such as refusals by the Content-Security-Policy.
   * After each test the list must be empty; a test that causes such errors removes them with `splice(0)`.
   */
  faults: string[];
}

/** Starts the site before the tests of a `describe.runIf(hasBrowser)` and stops it after them. */
export function useSite(settings: Record<string, string> = {}): Site {
  const faults: string[] = [];
  let worker: Running;
  let browser: Browser;
  let hook: Hook;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    hook = await startHook();
    worker = await startPrepared(inject("prepared"), settings);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.stop();
    hook?.close();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(faults.splice(0)).toEqual([]);
  });

  return {
    url: () => worker.url,
    hook: () => hook,
    faults,
    open: async (path, { width = 390, dark = false, javascript = true, before } = {}) => {
      const context = await browser.newContext({
        javaScriptEnabled: javascript,
        colorScheme: dark ? "dark" : "light",
        viewport: { width, height: 844 },
      });
      const page = await context.newPage();
      page.on("requestfailed", (request) => {
        // A later request replaces an earlier one.
        if (request.failure()?.errorText !== "net::ERR_ABORTED") faults.push(`failed: ${request.url()}`);
      });
      page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on(
        "request",
        (request) => new URL(request.url()).origin === worker.url || faults.push(`elsewhere: ${request.url()}`),
      );
      await before?.(page);
      await page.goto(worker.url + path);
      return page;
    },
  };
}
