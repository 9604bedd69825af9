import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { api, TOKEN, until } from "../cli/programs.ts";
import { hasBrowser } from "./browser.ts";
import { PICTURES, useSite } from "./site.ts";

const EVENT = {
  date: "2016-09-22",
  title: "Delegations met in Geneva",
  summary: "Delegations met on Thursday and spoke of the ceasefire.",
  places: ["geneva"],
  actors: ["russia"],
  topics: ["ceasefire"],
  articles: ["issg-in-new-york"],
};

describe.runIf(hasBrowser)("an event's page and the status, in Chromium", () => {
  const { url, hook, open } = useSite();
  const put = (id: string, more = {}) => api(url(), "PUT", `/api/events/${id}`, { ...EVENT, ...more });
  const retract = (id: string, reason: string) => api(url(), "DELETE", `/api/events/${id}`, { reason });

  describe.each([
    ["with JavaScript", true],
    ["without", false],
  ])("%s", (name, javascript) => {
    it("shows the sources, and links to the events before and after", async () => {
      const page = await open("/events/2016-09-22-issg-new-york", { javascript });
      expect(await page.locator("h1").allInnerTexts()).toEqual([
        "Support group meets in New York without agreement on the ceasefire",
      ]);
      const sources = page.getByRole("region", { name: "Sources" });
      expect(await sources.getByRole("listitem").count()).toBe(1);
      expect(await sources.innerText()).toContain("unknown publisher, exact day unknown, in English, title by us");
      await page.getByText("How the date is known").click();
      expect(await page.getByText('The article prints "22 September".').isVisible()).toBe(true);
      const after = page.getByRole("region", { name: "After", exact: true }).getByRole("link").first();
      const title = await after.innerText();
      await after.click();
      await page.waitForURL(/kerry-and-lavrov-after-issg/);
      expect(await page.locator("h1").innerText()).toBe(title);
      await page.getByRole("region", { name: "Before", exact: true }).getByRole("link").last().click();
      await page.waitForURL(/2016-09-22-issg-new-york/);
    });

    it("shows what a correction changed, and the reason of a retraction", async () => {
      const id = `e-revised-${javascript ? "script" : "plain"}`;
      await put(id);
      await put(id, {
        summary: "Delegations met on Friday and spoke of the ceasefire.",
        articles: [],
        places: ["vienna"],
      });
      const page = await open(`/events/${id}`, { javascript });
      const history = page.getByRole("region", { name: "Corrections" });
      expect(await history.locator("del:visible").count()).toBe(3);
      expect(await history.locator("p:has(del)").innerText()).toMatch(
        /Thursday[\s\S]*Friday[\s\S]*and spoke of the ceasefire/,
      );
      expect(await history.locator("li > ins").innerText()).toContain("Vienna");
      await page.getByText("Corrected").click();
      expect(await history.locator("del:visible").count()).toBe(0);
      await retract(id, "They did not meet.");
      await page.reload();
      expect(await page.locator("h1").innerText()).toBe("Retracted: Delegations met in Geneva");
      expect(await page.getByText("Reason: They did not meet.").first().isVisible()).toBe(true);
      expect(await page.getByText("met on Friday").first().isVisible()).toBe(true);
      await page.screenshot({ path: join(PICTURES, `event-retracted ${name}.png`), fullPage: true });
    });
  });

  it("in print, source URLs are written out and closed sections are open", async () => {
    await api(url(), "POST", "/api/articles", {
      id: "e-paper",
      title: "A report",
      text: "x",
      url: "https://news.example/report",
      published_at: null,
      mode: "historic",
    });
    await put("e-paper-event", { articles: ["e-paper"], dated_from: "The programme says so." });
    const page = await open("/events/e-paper-event");
    await page.emulateMedia({ media: "print" });
    const printed = await page.locator(".sources a").evaluate((link) => getComputedStyle(link, "::after").content);
    expect(printed.replaceAll(/["\s]/g, "")).toContain("<https://news.example/report>");
    expect(
      await page.getByText("The programme says so.").evaluate((text) => text.getBoundingClientRect().height),
    ).toBeGreaterThan(0);
    expect(await page.getByRole("link", { name: "Create an alert" }).isVisible()).toBe(false);
  });

  it.each([390, 1280])("very long words do not make the page scroll sideways, at %d pixels", async (width) => {
    const word = "x".repeat(120);
    const id = `e-wide-${width}`;
    await put(id, { title: `A ${word}`, summary: word, claims: [{ by: word, says: word }] });
    await put(id, { title: `An ${word}`, summary: `${word}y`, dated_from: word });
    const page = await open(`/events/${id}`, { width });
    const wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await page.evaluate(wider)).toBe(0);
  });

  it("the status page works without JavaScript", async () => {
    const channel = { type: "webhook", url: hook().url };
    const alert = await api(url(), "POST", "/api/alerts", { query: "meridian", channel });
    const isActive = async () =>
      (await api(url(), "GET", `/api/alerts/${alert["id"]}`, undefined, String(alert["token"])))["status"] === "active";
    await until(isActive);
    await api(url(), "POST", "/api/articles", { title: "x", text: "A meridian.", published_at: null }, TOKEN);
    await until(() => hook().bodies.some(({ type }) => type === "article.matched"));
    const page = await open("/status", { javascript: false });
    await page.getByRole("link", { name: "Refresh" }).click();
    await page.waitForLoadState();
    expect(await page.locator(".verdict").innerText()).toContain("Everything is working.");
    expect(await page.locator(".counts").innerText()).toMatch(/^active\s+1/);
    await page.locator("summary", { hasText: "Shards" }).click();
    expect(await page.getByRole("rowheader").allInnerTexts()).toEqual(["0"]);
    await page.screenshot({ path: join(PICTURES, "status-open.png"), fullPage: true });
  });
});
