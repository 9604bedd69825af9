import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { api, startHook, until } from "../cli/programs.ts";
import { hasBrowser } from "./browser.ts";
import { PICTURES, useSite } from "./site.ts";

describe.runIf(hasBrowser)("the pages, in Chromium", () => {
  const { url, hook, faults, open: openPage } = useSite();
  const open = (path: string, look = {}) => openPage(path, { javascript: false, ...look });

  it.each([
    ["phone, light", 390, false],
    ["phone, dark", 390, true],
    ["desk, light", 1280, false],
    ["desk, dark", 1280, true],
  ])("fit without scrolling sideways: %s", async (name, width, dark) => {
    for (const path of ["/", "/?q=aleppo+ceasefire", "/events/2016-09-22-issg-new-york"]) {
      const page = await open(path, { width, dark });
      const overflow = await page
        .locator("body")
        .evaluate((body) => body.scrollWidth - body.clientWidth)
        .catch(() => 0);
      expect(overflow, path).toBeLessThanOrEqual(0);
      await page.screenshot({ path: join(PICTURES, `${path.replace(/\W+/g, "-")} ${name}.png`), fullPage: true });
      await page.context().close();
    }
  });

  it("/ shows the latest events, and names its feeds for readers that look for them", async () => {
    const page = await open("/");
    expect(await page.locator("article h3").count()).toBe(30);
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
      const response = await fetch(url() + href);
      expect(response.headers.get("content-type")).toContain(type);
    }
  });

  it("a search shows how it was read, and an event its sources and claims", async () => {
    const page = await open("/");
    await page.fill("#q", "issg lavrov");
    await page.click("search button");
    await page.waitForURL(/q=issg/);
    expect(await page.locator("#reading").innerText()).toContain("International Syria Support Group");
    await page.click("article h3 a");
    await page.waitForURL(/events/);
    expect(await page.locator("h1").count()).toBe(1);
    expect(await page.locator("main").innerText()).toContain("Sources");
  });

  it("the form registers an alert, shows id, token and secret once, and the alert works", async () => {
    const page = await open("/");
    await page.fill("#query", "longitude");
    await page.fill("#url", hook().url);
    await page.click("text=Register the alert");
    await page.waitForSelector("dl.credentials");
    const [query, id, token, secret] = await page.locator("dl.credentials code").allInnerTexts();
    expect(query).toBe("longitude");
    expect(secret).toMatch(/^whsec_/);
    const view = () => api(url(), "GET", `/api/alerts/${id}`, undefined, token);
    await until(async () => (await view())["status"] === "active");
    await api(url(), "POST", "/api/articles", { title: "x", text: "A longitude.", published_at: null });
    await until(() => hook().bodies.some(({ type }) => type === "article.matched"));
    await page.screenshot({ path: join(PICTURES, "registered.png"), fullPage: true });
  });

  it("the form says what is wrong beside the field, and keeps what was typed", async () => {
    const page = await open("/");
    await page.fill("#query", 'aleppo "safe');
    await page.fill("#url", "ftp://bot.example");
    await page.click("text=Register the alert");
    await page.waitForSelector("#query-error");
    expect(await page.locator("#query-error").innerText()).toMatch(/never closed/);
    expect(await page.locator("#url-error").innerText()).toMatch(/https/);
    expect(await page.inputValue("#query")).toBe('aleppo "safe');
    expect(await page.inputValue("#url")).toBe("ftp://bot.example");
    expect(faults.splice(0)).toEqual([expect.stringContaining("400")]);
    await page.screenshot({ path: join(PICTURES, "form-error.png"), fullPage: true });
  });

  it("a link to confirm asks, and its button confirms", async () => {
    const silent = await startHook();
    silent.hold = true;
    const alert = await api(url(), "POST", "/api/alerts", {
      query: "equator",
      channel: { type: "webhook", url: silent.url },
    });
    await until(() => silent.bodies.length > 0);
    const { pathname, search } = new URL(String(silent.bodies[0]?.data["confirm_url"]));
    const page = await open(pathname + search);
    await page.screenshot({ path: join(PICTURES, "confirm.png"), fullPage: true });
    await page.click("text=Confirm the alert");
    await page.waitForSelector("h1:text('This alert is confirmed')");
    expect(await api(url(), "GET", `/api/alerts/${alert["id"]}`, undefined, String(alert["token"]))).toMatchObject({
      status: "active",
    });
    silent.close();
  });

  it("what is not there is a page for people, and a problem for programs", async () => {
    const page = await open("/events/nothing");
    expect(await page.locator("h1").innerText()).toBe("Not found");
    expect(faults.splice(0)).toEqual([expect.stringContaining("404")]);
    expect((await fetch(`${url()}/events/nothing`)).headers.get("content-type")).toBe("application/problem+json");
  });
});
