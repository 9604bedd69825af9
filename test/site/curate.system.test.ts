import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { api, TOKEN, until } from "../cli/programs.ts";
import { hasBrowser } from "./browser.ts";
import { PICTURES, useSite } from "./site.ts";

describe.runIf(hasBrowser)("the curators' pages, in Chromium", () => {
  const { url, hook, faults, open } = useSite();

  async function signIn(
    path: string,
    look: { javascript?: boolean; width?: number; dark?: boolean } = {},
  ): Promise<Page> {
    const page = await open(path, look);
    await page.fill("#token", TOKEN);
    await page.click("main button");
    await page.waitForURL(url() + path);
    return page;
  }

  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(PICTURES, `curate ${name}.png`), fullPage: true });

  const messages = (type: string, words: string) =>
    hook().bodies.filter((body) => body.type === type && JSON.stringify(body.data).includes(words));

  it("shows a wrong token beside the field, and asks again after signing out", async () => {
    const page = await open("/curate/articles");
    expect(await page.title()).toContain("Sign in");
    await page.fill("#token", "wrong");
    await page.click("main button");
    await page.waitForSelector("#token-error");
    expect(faults.splice(0)).toEqual([expect.stringContaining("401")]);
    await page.fill("#token", TOKEN);
    await page.click("main button");
    await page.waitForURL(/\/curate\/articles$/);
    await page.click("text=Sign out");
    await page.waitForURL(/\/curate\/session/);
    await page.goto(`${url()}/curate/articles`);
    expect(await page.locator("#token").count()).toBe(1);
  });

  describe.each([
    ["with JavaScript", true],
    ["without JavaScript", false],
  ])("%s", (name, javascript) => {
    const word = javascript ? "sandpiper" : "oystercatcher";

    it("adds an article, publishes, corrects and retracts an event, and notifies the subscriber each time", async () => {
      const alert = await api(url(), "POST", "/api/alerts", {
        query: word,
        channel: { type: "webhook", url: hook().url },
      });
      const view = () => api(url(), "GET", `/api/alerts/${alert["id"]}`, undefined, String(alert["token"]));
      await until(async () => (await view())["status"] === "active");

      const page = await signIn("/curate/articles", { javascript });
      await page.fill("#title", `A ${word} over Aleppo`);
      await page.fill("#text", `A ${word} was seen while Sergei Lavrov spoke of a ceasefire in Aleppo.`);
      await page.fill("#published_at", "2016-09-22");
      await page.fill("#publisher", "The Paper");
      await page.click("text=Preview");
      await page.waitForSelector("#preview");
      expect(await page.locator(".count").innerText()).toBe("It sets off 1 alert.");
      expect(await page.locator("input[name='events[]']").count()).toBeGreaterThan(3);
      await page.check("input[name='events[]'] >> nth=0");
      await picture(page, `article preview, ${name}`);
      expect(messages("article.matched", word)).toEqual([]);
      await page.click("text=Add the article");
      await page.waitForURL(/\/curate\/articles\/a-.*done=added/);
      expect(await page.locator("[role=status]").innerText()).toBe("The article was added.");
      await until(() => messages("article.matched", word).length === 1);
      const article = new URL(page.url()).pathname.split("/").at(-1) ?? "";

      await page.click("text=Add an event");
      await page.fill("#title", `The ${word} came`);
      await page.fill("#summary", "It was seen over the city.");
      await page.fill("#date", "2016-09-22");
      await page.fill("#places", "Halab");
      await page.click("summary:text('Newest articles')");
      await page.check(`input[value="${article}"]`);
      await page.fill('[name="claims.0.by"]', "A witness");
      await page.fill('[name="claims.0.says"]', "It came at noon.");
      await page.click("text=Preview");
      await page.waitForSelector(".preview");
      expect(await page.locator("h1").innerText()).toBe(`The ${word} came`);
      expect(await page.locator(".preview").innerText()).toContain(`A ${word} over Aleppo`);
      await picture(page, `event preview, ${name}`);
      await page.click("text=Publish the event");
      await page.waitForURL(/done=created/);
      const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
      expect(id).toBe(`2016-09-22-the-${word}-came`);

      await page.fill("#summary", "It was heard over the city.");
      await page.click("text=Preview");
      await page.waitForSelector("#does");
      expect(await page.locator(".does del").innerText()).toContain("seen");
      await page.click("text=Publish the correction");
      await page.waitForURL(/done=corrected/);
      await until(() => messages("event.corrected", id).length === 1);

      await page.fill("#reason", "It was another bird.");
      await page.check("[name=sure]");
      await page.click("text=Retract the event");
      await page.waitForURL(`${url()}/events/${id}`);
      expect(await page.locator("main").innerText()).toContain("It was another bird.");
      await until(() => messages("event.retracted", id).length === 1);

      await page.goto(`${url()}/curate/articles/${article}`);
      await page.fill("#publisher", "The Other Paper");
      await page.click("text=Preview");
      await page.waitForSelector("#preview");
      await page.click("text=Correct the article");
      await page.waitForURL(/done=corrected/);
      expect(messages("article.matched", word)).toHaveLength(1);
    });

    it("keeps the form if the session ends while writing", async () => {
      const page = await signIn("/curate/articles", { javascript });
      await page.fill("#title", `Kept ${word}`);
      await page.fill("#text", `Kept while nobody was signed in, ${word}.`);
      await page.context().clearCookies();
      await page.click("text=Preview");
      await page.waitForSelector("h1:text('Your session has ended')");
      expect(faults.splice(0)).toEqual([expect.stringContaining("401")]);
      const [other] = await Promise.all([page.context().waitForEvent("page"), page.click("text=Sign in in another")]);
      await other.fill("#token", TOKEN);
      await other.click("main button");
      await other.waitForURL(/\/curate$/);
      await page.reload();
      expect(await page.inputValue("#title")).toBe(`Kept ${word}`);
      expect(await page.locator("#preview").count()).toBe(1);
    });
  });

  it("the browser asks before leaving a form with unsent input", async () => {
    const page = await signIn("/curate/events");
    const asked: string[] = [];
    page.on("dialog", async (dialog) => {
      asked.push(dialog.type());
      await dialog.accept();
    });
    await page.goto(`${url()}/curate`);
    expect(asked).toEqual([]);
    await page.goto(`${url()}/curate/events`);
    await page.locator("#title").pressSequentially("Unsent");
    await page.goto(`${url()}/curate`);
    expect(asked).toEqual(["beforeunload"]);
    expect(page.url()).toBe(`${url()}/curate`);
  });

  it("the Enter key previews and never publishes", async () => {
    const page = await signIn("/curate/articles");
    await page.fill("#title", "Entered");
    await page.fill("#text", "Entered by a key.");
    await page.press("#title", "Enter");
    await page.waitForSelector("#preview");
    await page.press("#title", "Enter");
    await page.waitForSelector("#preview");
    expect(new URL(page.url()).pathname).toBe("/curate/articles");
    const { articles } = await api(url(), "GET", "/api/articles?q=entered");
    expect(articles).toEqual([]);
  });
});
