/** A Worker of its own with the record loaded, and Chromium to look at it as a reader does. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { ROOT } from "../../src/cli/paths.ts";
import { type Running, startPrepared } from "../cli/prepared.ts";
import { type Hook, startHook } from "../cli/programs.ts";
import { openBrowser } from "./browser.ts";

/** Where the pictures go, to be looked at; they are not committed. */
export const PICTURES = join(ROOT, ".wrangler", "pictures");

export interface Look {
  /** In CSS pixels; a phone's unless said. */
  width?: number;
  dark?: boolean;
  javascript?: boolean;
  /** What is done with the page before it goes to the address. */
  before?: (page: Page) => Promise<void>;
}

export interface Site {
  /** Its origin. */
  url: () => string;
  /** A receiver of webhooks that answers challenges. */
  hook: () => Hook;
  /** Opens an address of the site in a browser without history. */
  open: (path: string, look?: Look) => Promise<Page>;
  /**
   * What pages tried in vain, asked somebody else for, or said in the console as an error: the Content-Security-Policy's refusals among it.
   * After each test it must be empty; a test that provokes such takes it out with `splice(0)`.
   */
  faults: string[];
}

/** To be called in a `describe.runIf(hasBrowser)`: sets up before its tests, and takes down after them. */
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
        // A later question takes the place of an earlier one.
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
