/** The timeline in a browser: searching, filtering, and following links to feeds and events. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasBrowser } from "./browser.ts";
import { accessibility } from "./looks.ts";
import { PICTURES, useSite } from "./site.ts";

const MODES = [
  ["with scripts, at a desk", { javascript: true, width: 1280 }],
  ["without scripts, on a phone", { javascript: false, width: 390 }],
] as const;

/** Returns the number of events that the page says, and the number in its list. */
async function shown(page: Page): Promise<number> {
  const said = Number.parseInt(await page.locator("#count").innerText(), 10);
  expect(await page.locator(".timeline article").count()).toBe(said);
  return said;
}

const parameters = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

/** Follows a link by its accessible name, which ends in the number of its events. */
async function follow(page: Page, region: string, name: RegExp): Promise<void> {
  const link = page.locator(region).getByRole("link", { name }).first();
  const title = (await link.locator("title").count()) > 0 ? link.locator("title") : link;
  const [count] = /\d+(?=\D*$)/.exec((await title.textContent()) ?? "") ?? [];
  await link.click();
  await page.waitForLoadState();
  expect(await shown(page), `${name}`).toBe(Number(count));
}

describe.runIf(hasBrowser)("the timeline, in Chromium", () => {
  const { url, faults, open } = useSite();

  it.each(MODES)("can be searched and filtered, and links feeds and events: %s", async (_, look) => {
    const page = await open("/", look);
    const all = await shown(page);
    await page.fill("#q", "issg OR lavrov");
    await page.click("search button");
    await page.waitForURL(/q=issg/);
    expect(await page.locator("#reading").innerText()).toContain("International Syria Support Group");
    const found = await shown(page);
    expect(found).toBeLessThan(all);

    await follow(page, ".overview", /^September 2016: /);
    expect(parameters(page)).toEqual({ q: "issg OR lavrov", month: "2016-09" });
    if (look.width < 1000) await page.click("text=By topic, actor or place");
    await follow(page, ".narrow", /^Ceasefire/);
    expect(parameters(page)).toEqual({ q: "(issg OR lavrov) topic:ceasefire", month: "2016-09" });
    await page.screenshot({ path: join(PICTURES, `timeline narrowed, ${look.width}.png`), fullPage: true });

    const feeds = await page
      .locator(".beside a[href*='?q=']")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    expect(feeds.map((href) => href.replace(/\?.*/, ""))).toEqual([
      ...["/feed.rss", "/feed.json", "/feed.atom", "/feed.ics"],
      ...["/articles.rss", "/articles.json", "/articles.atom"],
      "/alerts/new",
    ]);
    for (const href of feeds) {
      expect(new URL(href, url()).searchParams.get("q")).toBe("(issg OR lavrov) topic:ceasefire");
    }
    const feed = await (await fetch(url() + feeds[0])).text();
    for (const title of await page.locator(".timeline h4").allInnerTexts()) expect(feed).toContain(title);

    for (const chip of ["Remove September 2016", "Remove Ceasefire"]) {
      await page.getByRole("link", { name: chip }).click();
      await page.waitForLoadState();
    }
    expect(parameters(page)).toEqual({ q: "issg OR lavrov" });
    expect(await shown(page)).toBe(found);

    await page.click(".timeline h4 a");
    await page.waitForURL(/\/events\//);
    await page.goBack();
    expect(await shown(page)).toBe(found);
    await page.click("text=Create an alert");
    await page.waitForURL(/\/alerts\/new\?q=issg/);
    expect(await page.inputValue("#q")).toBe("issg OR lavrov");
  });

  it.each(MODES)("can be filtered by a topic in a month and by a place on the map: %s", async (_, look) => {
    const page = await open("/", look);
    await follow(page, ".overview", /^Ceasefire, May 2016: /);
    expect(parameters(page)).toEqual({ q: "topic:ceasefire", month: "2016-05" });
    await page.goto(`${url()}/`);
    const before = await shown(page);
    await page.locator(".map a", { has: page.locator("title", { hasText: /^New York: / }) }).click();
    await page.waitForURL(/q=/);
    expect(parameters(page)).toEqual({ q: "place:new-york" });
    expect(await shown(page)).toBeLessThan(before);
    await page.getByRole("link", { name: "Remove New York" }).click();
    await page.waitForURL(`${url()}/`);
    expect(await shown(page)).toBe(before);
  });

  it("updates page and address while the user types, and keeps the focus", async () => {
    const page = await open("/?month=2016-09", { width: 1280 });
    const all = await shown(page);
    await page.locator("#q").pressSequentially("convoy");
    await page.waitForURL((to) => to.searchParams.get("q") === "convoy");
    expect(await shown(page)).toBeLessThan(all);
    expect(parameters(page)).toEqual({ q: "convoy", month: "2016-09" });
    expect(await page.title()).toMatch(/^convoy, September 2016 · /);
    expect(await page.locator("#q").evaluate((box) => box === document.activeElement)).toBe(true);
    // A screen reader announces a status that changes, so it must be the same element as before.
    await page.locator("#count").evaluate((status) => status.setAttribute("data-same", ""));

    await page.locator("#q").pressSequentially(' "aid');
    await page.locator("#reading .error").waitFor();
    expect(await page.locator("#reading .error").innerText()).toMatch(/never closed \(at character 8\)/);
    expect(await page.locator("#reading mark").innerText()).toBe('"');
    await page.locator("#q").pressSequentially(' trucks"');
    await page.locator("#reading .error").waitFor({ state: "detached" });
    expect(await page.locator("#count[data-same]").innerText()).toMatch(/^No event matches|^\d+ events? match/);
    expect(await accessibility(page)).toEqual([]);

    await page.reload();
    expect(await page.inputValue("#q")).toBe('convoy "aid trucks"');
  });

  it.each([
    ["the connection fails", undefined],
    ["something in between answers", { status: 503, contentType: "text/html", body: "<title>Error 1102</title>" }],
    [
      "with a page of its own",
      { status: 200, contentType: "text/html", body: "<title>Sign in to the network</title>" },
    ],
  ])("says that what is shown is not what was typed, where %s", async (_, answer) => {
    const page = await open("/?q=aleppo");
    const [title, address] = [await page.title(), page.url()];
    await page.route("**/?q=aleppo+*", (route) => (answer ? route.fulfill(answer) : route.abort()));
    await page.locator("#q").fill("aleppo convoy");
    await page.locator("#trouble").waitFor();
    expect(await page.locator("#trouble").innerText()).toMatch(/^The server did not answer/);
    expect([await page.title(), page.url()]).toEqual([title, address]);
    await page.unroute("**/?q=aleppo+*");
    await page.locator("#q").fill("convoy");
    await page.waitForURL((to) => to.searchParams.get("q") === "convoy");
    expect(await page.locator("#trouble").isVisible()).toBe(false);
    faults.splice(0);
  });

  it("has an address without a query when the input is cleared", async () => {
    const page = await open("/?q=aleppo");
    await page.locator("#q").fill("");
    await page.waitForURL((to) => to.search === "");
  });

  it("works by keyboard: the overview can be skipped or walked through, with visible focus", async () => {
    const page = await open("/", { width: 1280 });
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
    await page.getByRole("link", { name: "Skip the overview" }).focus();
    await page.keyboard.press("Tab");
    expect(await focused()).toMatch(/^September 2015: 7 events/);
    const outline = () => page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    expect(await outline()).toBe("solid");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest(".overview"))).toBeNull();
    expect(await page.evaluate(() => document.activeElement?.closest("#shown") !== null)).toBe(true);
    await page.getByRole("link", { name: /^May 2016: / }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/month=2016-05/);
    expect(await page.locator(".overview [aria-current] title").textContent()).toMatch(/^May 2016: .*selected/);
  });

  it("shows the facets if there is room, and closes them otherwise", async () => {
    const atDesk = await open("/", { width: 1280 });
    expect(await atDesk.locator("#facets-topic").isVisible()).toBe(true);
    const onPhone = await open("/", { width: 390 });
    expect(await onPhone.locator("#facets-topic").isVisible()).toBe(false);
    await onPhone.click("text=By topic, actor or place");
    expect(await onPhone.locator("#facets-topic").isVisible()).toBe(true);
  });

  it("names its feeds for autodiscovery", async () => {
    const page = await open("/");
    const feeds = await page
      .locator('link[rel="alternate"]')
      .evaluateAll((links) => links.map((link) => [link.getAttribute("type"), link.getAttribute("href")]));
    expect(feeds).toEqual([
      ["application/rss+xml", "/feed.rss"],
      ["application/feed+json", "/feed.json"],
      ["application/atom+xml", "/feed.atom"],
      ["text/calendar", "/feed.ics"],
      ["application/rss+xml", "/articles.rss"],
      ["application/feed+json", "/articles.json"],
      ["application/atom+xml", "/articles.atom"],
    ]);
    for (const [type, href] of feeds) {
      expect((await fetch(url() + href)).headers.get("content-type")).toContain(type);
    }
  });

  it("answers a malformed parameter with a page for people and a problem for programs", async () => {
    const page = await open("/?month=soon");
    expect(await page.locator("main").innerText()).toContain("month: a month such as 2016-09");
    expect(faults.splice(0)).toEqual([expect.stringContaining("400")]);
    expect((await fetch(`${url()}/?month=soon`)).headers.get("content-type")).toBe("application/problem+json");
  });
});
