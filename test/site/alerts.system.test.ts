/** Alerts in a browser, from the first letter of a query to deletion, with a real receiver. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { api, until } from "../cli/programs.ts";
import { type Receiver, startReceiver } from "./alerts-receiver.ts";
import { hasBrowser } from "./browser.ts";
import { accessibility, validity } from "./looks.ts";
import { PICTURES, useSite } from "./site.ts";

const MODES = [
  ["with scripts", true],
  ["without scripts", false],
] as const;

describe.runIf(hasBrowser)("alerts in a browser", () => {
  const { url, faults, open } = useSite({ RETRY_SECONDS: "1,1,600" });
  let receiver: Receiver;
  /** The URLs of all requests. */
  let asked: string[];
  /** The HTML of the last page. */
  let served: string;

  beforeEach(async () => {
    receiver = await startReceiver();
    asked = [];
  });
  afterEach(() => receiver.close());

  const visit = (path: string, javascript: boolean): Promise<Page> =>
    open(path, {
      javascript,
      width: javascript ? 1280 : 390,
      before: async (page) => {
        page.context().on("request", (request) => asked.push(request.url()));
        page.on("response", async (response) => {
          if (response.request().resourceType() === "document") served = await response.text().catch(() => served);
        });
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      },
    });

  const addArticle = (title: string, text: string, more = {}) =>
    api(url(), "POST", "/api/articles", { title, text, published_at: "2016-09-22T10:00:00Z", language: "en", ...more });

  const picture = (page: Page, name: string, javascript: boolean) =>
    page.screenshot({ path: join(PICTURES, `alert, ${name}, ${javascript ? "" : "un"}scripted.png`), fullPage: true });

  /**
   * Expects valid HTML and no axe-core findings. axe-core runs through the debugger and needs no script of the page.
   */
  async function expectSound(page: Page, javascript: boolean): Promise<void> {
    if (javascript) expect.soft(await accessibility(page)).toEqual([]);
    else expect.soft(await validity(served)).toEqual([]);
  }

  /** Types a query and waits for its matches. */
  async function preview(page: Page, query: string, javascript: boolean): Promise<void> {
    await page.fill("#q", query);
    if (!javascript) await page.click("text=Preview");
    await page.locator("#found", { hasText: /\d past match|^No past matches/ }).waitFor();
  }

  interface Credentials {
    id: string;
    token: string;
    secret: string;
    feed: string;
  }

  async function credentials(page: Page): Promise<Credentials> {
    await page.waitForSelector("dl.credentials");
    const [address = "", token = "", secret = "", feed = ""] = await page.locator(".credentials code").allInnerTexts();
    return { id: new URL(address).pathname.split("/").at(-1) ?? "", token, secret, feed };
  }

  /** Opens an alert's page: by the link with the token in its fragment, or by typing the token. */
  async function openAlert({ id, token }: Credentials, javascript: boolean): Promise<Page> {
    const page = await visit(`/alerts/${id}${javascript ? `#${token}` : ""}`, javascript);
    if (!javascript) {
      await page.fill("#token", token);
      await page.click('button:text-is("Open")');
    }
    await page.waitForSelector("#messages");
    return page;
  }

  /** Presses a button and returns the result that the page shows. */
  async function press(page: Page, button: string, folded?: string): Promise<string> {
    await page.evaluate(() => document.querySelector("#result")?.remove()).catch(() => {});
    if (folded && (await page.locator(`#${folded}`).getAttribute("open")) === null)
      await page.click(`#${folded} summary`);
    await page.click(`button:text-is("${button}")`);
    return page.locator("#result").innerText();
  }

  /** Waits until a message has this status. With scripts, the page refreshes itself. */
  async function expectMessage(page: Page, sequence: number, status: string, javascript: boolean): Promise<void> {
    const badge = page.locator(`#message-${sequence} .badge`, { hasText: status });
    await until(async () => {
      if (await badge.isVisible()) return true;
      if (!javascript) await page.click("text=Refresh");
      return false;
    });
  }

  it.each(MODES)("from typing a query to deleting the alert, %s", async (_, javascript) => {
    const word = javascript ? "zeugma" : "anaphora";
    await addArticle("An early one", `Nobody had said ${word} before.`);
    const page = await visit("/alerts/new", javascript);
    await preview(page, word, javascript);
    expect(await page.locator("#found").innerText()).toBe("1 past match.");
    expect(await page.locator("#preview mark").first().innerText()).toBe(word);
    expect(await page.locator("#preview figure").innerText()).toContain("Sep");
    await picture(page, "preview", javascript);
    await expectSound(page, javascript);

    await page.check('[value="webhook"]');
    await page.fill("#url", receiver.url);
    await page.click("text=Create the alert");
    const alert = await credentials(page);
    expect(alert.secret).toMatch(/^whsec_/);
    expect(receiver.messages[0]?.type ?? "alert.confirm").toBe("alert.confirm");
    if (javascript) {
      await page.click("[data-copy='token']");
      await page.locator("dd:has(#token) [role='status']", { hasText: "Copied" }).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(alert.token);
      await page.locator("#state .active").waitFor();
    } else {
      expect(await page.locator("[data-copy]:visible").count()).toBe(0);
      const other = page.context().waitForEvent("page");
      await until(() => receiver.messages.length > 0);
      await page.click("text=Refresh").catch(() => {});
      await (await other).locator("#state").waitFor();
    }
    await picture(page, "registered", javascript);
    await expectSound(page, javascript);

    const own = await openAlert(alert, javascript);
    await until(async () => (await read(alert))["status"] === "active");
    await addArticle("A new one", `They say ${word} now.`, { url: `https://courier.example/${word}` });
    await until(async () => (await read(alert))["latest"] === 1);
    await own.click("text=Refresh");
    await expectMessage(own, 1, "Delivered", javascript);
    expect(await own.locator("#message-1").innerText()).toMatch(
      /A new one[\s\S]*accepted with status 200[\s\S]*thank you/,
    );

    expect(await press(own, "Send a test message")).toBe("The test is being sent as message 2.");
    await expectMessage(own, 2, "Delivered", javascript);
    await own.click('[aria-label="Send again: message 1"]');
    await own.locator("#result", { hasText: "Message 1 is being sent again." }).waitFor();
    await until(() => receiver.messages.filter(({ data }) => data["sequence"] === 1).length === 2);

    await own.click("#replay summary");
    await own.fill("#since", "2016-01-01");
    expect(await press(own, "Send past matches", "replay")).toBe("2 past matches will be sent.");
    await expectMessage(own, 4, "Delivered", javascript);

    expect(await press(own, "Pause")).toMatch(/paused/);
    expect(await own.locator("#state").innerText()).toMatch(/Paused[\s\S]*its owner paused it/);
    expect(await press(own, "Resume")).toMatch(/active again/);

    await press(own, "Create a new secret", "rotate");
    const secret = await own.locator("#result code").innerText();
    expect(secret).not.toBe(alert.secret);
    await picture(own, "rotated", javascript);
    const before = receiver.messages.length;
    await press(own, "Send a test message");
    await until(() => receiver.messages.length > before);
    expect([alert.secret, secret, `whsec_${btoa("x".repeat(32))}`].map(receiver.verifies)).toEqual([true, true, false]);
    await expectMessage(own, 5, "Delivered", javascript);

    await own.click("#change-query summary");
    await own.fill("#q", `${word} OR sophistry`);
    if (javascript) await own.locator("#found", { hasText: "2 past matches" }).waitFor();
    else {
      expect(await own.locator('button:text-is("Change the query")').isVisible()).toBe(false);
      await own.click("text=Preview the change");
    }
    expect(await own.locator("#preview mark").first().innerText()).toBe(word);
    await expectSound(own, javascript);
    expect(await press(own, "Change the query", "change-query")).toBe(
      `The alert now sends what matches ${[word, "sophistry"].sort().join(" OR ")}.`,
    );
    await addArticle("Another", "A piece of sophistry.", { id: `sophistry-${word}` });
    await until(() => receiver.messages.some(({ data }) => JSON.stringify(data).includes(`sophistry-${word}`)));
    await picture(own, "at the end", javascript);

    await own.click("#delete summary");
    await own.check("[name='sure']");
    await own.click("#delete button");
    await own.locator("h1", { hasText: "Deleted" }).waitFor();
    await expect(read(alert)).rejects.toThrow("404");

    expect(asked.filter((address) => address.includes(`/alerts/${alert.id}`)).length).toBeGreaterThan(5);
    expect(asked.filter((address) => address.split("#")[0]?.includes(alert.token))).toEqual([]);
  });

  const read = ({ id, token }: Credentials) => api(url(), "GET", `/api/alerts/${id}`, undefined, token);

  it.each(MODES)("a private feed is created with one click and can be read, %s", async (_, javascript) => {
    const page = await visit("/alerts/new?q=synecdoche", javascript);
    await page.click("text=Get a private feed");
    const alert = await credentials(page);
    expect(await page.locator("#state").innerText()).toMatch(/Active/);
    await addArticle("In the feed", `A synecdoche ${javascript}.`);
    await until(async () => (await (await fetch(alert.feed)).text()).includes("In the feed"));
    const own = await openAlert(alert, javascript);
    await expectMessage(own, 1, "In the feed", javascript);
    expect(await own.locator('[aria-label="Send again: message 1"]').count()).toBe(0);
  });

  it.each(MODES)("someone confirms an alert through the link in the message, %s", async (_, javascript) => {
    receiver.behaviour = { status: 200, body: "seen" };
    const page = await visit("/alerts/new?q=aleppo+anastrophe", javascript);
    await page.fill("#url", receiver.url);
    await page.click("text=Create the alert");
    const alert = await credentials(page);
    await until(async () => JSON.stringify(await read(alert)).includes('"status":"delivered"'));
    const { pathname, search } = new URL(String(receiver.messages[0]?.data["confirm_url"]));
    const other = await visit(pathname + search, javascript);
    const said = await other.locator("main").innerText();
    expect(said).toContain("aleppo is Aleppo in any spelling");
    expect(said).toContain("a webhook at 127.0.0.1");
    expect(said).not.toContain(new URL(receiver.url).pathname);
    expect((await read(alert))["status"]).toBe("pending");
    await expectSound(other, javascript);
    await picture(other, "confirmation", javascript);
    await other.click("text=Confirm the alert");
    await other.locator("h1", { hasText: "This alert is confirmed" }).waitFor();
    expect((await read(alert))["status"]).toBe("active");
    // The page of the person who created the alert shows the confirmation.
    if (javascript) await page.locator("#state .active").waitFor();
  });

  it.each(MODES)("shows the attempts and answers of a failing receiver, %s", async (_, javascript) => {
    receiver.behaviour = { status: 503, body: "<b>down</b> until <script>alert(1)</script>" };
    const page = await visit("/alerts/new?q=litotes", javascript);
    await page.fill("#url", receiver.url);
    await page.click("text=Create the alert");
    const alert = await credentials(page);
    await until(async () => JSON.stringify(await read(alert)).includes('"status":503'));
    const own = await openAlert(alert, javascript);
    const said = await own.locator("#state").innerText();
    expect(said).toMatch(/Waiting for confirmation/);
    expect(said).toContain("answered with status 503");
    expect(said).toContain("<b>down</b> until <script>alert(1)</script>");
    expect(await own.locator("#state script, #state b").count()).toBe(0);
    await expectSound(own, javascript);

    receiver.behaviour = "echo";
    expect(await press(own, "Request confirmation again")).toMatch(/confirmation request/);
    await until(async () => (await read(alert))["status"] === "active");
    if (!javascript) await own.click("text=Refresh");
    await own.locator("#state .active").waitFor();

    receiver.behaviour = { status: 410, body: "gone" };
    await addArticle("Not taken", `A litotes ${javascript}.`);
    await until(async () => (await read(alert))["status"] === "paused");
    await own.click("text=Refresh");
    await own.locator("#state .paused").waitFor();
    expect(await own.locator("#state").innerText()).toContain("the receiver answered 410 Gone");

    const other = await startReceiver();
    await own.click("#change-channel summary");
    await own.fill("#url", other.url);
    expect(await press(own, "Change the channel", "change-channel")).toMatch(
      /go to a webhook at .* confirmation request/,
    );
    await until(async () => (await read(alert))["status"] === "active");
    await addArticle("Taken", `A litotes again ${javascript}.`);
    await until(() => other.messages.some(({ type }) => type === "article.matched"));
    other.close();
  });

  it.each(MODES)("shows an error beside its field and keeps the input, %s", async (_, javascript) => {
    const page = await visit("/alerts/new?q=aleppo", javascript);
    await page.check('[value="ntfy"]');
    await page.fill("#url", "ftp://bot.example");
    await page.selectOption("#digest", "daily");
    await page.click("text=Create the alert");
    expect(await page.locator("#url-error").innerText()).toMatch(/https/);
    expect(await page.inputValue("#url")).toBe("ftp://bot.example");
    expect(await page.inputValue("#q")).toBe("aleppo");
    expect(await page.inputValue("#digest")).toBe("daily");
    expect(await page.isChecked('[value="ntfy"]')).toBe(true);
    expect(await page.locator("[role='alert']:not(#trouble)").innerText()).toContain("URL: ");
    expect(faults.splice(0)).toEqual([expect.stringContaining("400")]);
    await expectSound(page, javascript);
  });

  it.each(MODES)("answers a wrong token and an unknown alert alike, %s", async (_, javascript) => {
    const { id } = await api(url(), "POST", "/api/alerts", { query: "meiosis", channel: { type: "feed" } });
    const said: string[] = [];
    for (const alert of [String(id), "al_0_aaaaaaaaaaaaaaaa", "al_77_aaaaaaaaaaaaaaaa"]) {
      const page = await visit(`/alerts/${alert}`, javascript);
      await page.fill("#token", "wrong");
      await page.click('button:text-is("Open")');
      said.push(await page.locator("#token-error").innerText());
      await page.context().close();
    }
    expect(new Set(said)).toEqual(new Set(["There is no such alert, or the token is wrong."]));
    expect(faults.splice(0)).toEqual(said.map(() => expect.stringContaining("404")));
  });

  it("with scripts a reload keeps the alert open, and links within the page keep its token in the fragment", async () => {
    const { id, token } = await api(url(), "POST", "/api/alerts", { query: "hendiadys", channel: { type: "feed" } });
    const page = await visit(`/alerts/${id}#${token}`, true);
    await page.waitForSelector("#messages");
    await page.reload();
    await page.waitForSelector("#messages");
    await page.keyboard.press("Tab");
    await page.locator(".skip").press("Enter");
    expect(new URL(page.url()).hash).toBe(`#${token}`);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  });

  it("with scripts, pressing the button twice creates one alert", async () => {
    const page = await visit("/alerts/new?q=anadiplosis", true);
    const refused = await page.evaluate(() =>
      [1, 2].map(() => {
        const press = new SubmitEvent("submit", { bubbles: true, cancelable: true });
        document.querySelector(".one-click")?.dispatchEvent(press);
        return press.defaultPrevented;
      }),
    );
    expect(refused).toEqual([false, true]);
  });

  it("with scripts, the alert uses the query in the input even without a preview", async () => {
    const page = await visit("/alerts/new?q=first", true);
    await page.fill("#q", "second");
    await page.click("text=Get a private feed");
    await page.waitForSelector("dl.credentials");
    expect(await page.locator(".registered code").first().innerText()).toBe("second");
  });

  describe("with scripts, concurrent actions", () => {
    /** An alert whose page is open. */
    async function opened(query: string): Promise<{ page: Page; id: string; token: string }> {
      const { id, token } = await api(url(), "POST", "/api/alerts", { query, channel: { type: "feed" } });
      const page = await visit(`/alerts/${id}#${token}`, true);
      await page.waitForSelector("#messages");
      return { page, id: String(id), token: String(token) };
    }

    it("sending one form keeps what was typed in another", async () => {
      const { page } = await opened("tmesis");
      await page.click("#change-query summary");
      await page.fill("#q", "tmesis OR zeugma");
      expect(await press(page, "Pause")).toMatch(/paused/);
      expect(await page.inputValue("#q")).toBe("tmesis OR zeugma");
      expect(await page.locator("#change-query").getAttribute("open")).not.toBeNull();
    });

    it("a stale answer does not replace a newer one", async () => {
      const { page } = await opened("syllepsis");
      const { promise: held, resolve: release } = Promise.withResolvers<void>();
      const { promise: late, resolve: arrived } = Promise.withResolvers<void>();
      let first = true;
      await page.route("**/alerts/*", async (route) => {
        if (!first) return route.continue();
        first = false;
        const response = await route.fetch();
        await held;
        await route.fulfill({ response });
        arrived();
      });
      await page.click("text=Refresh");
      expect(await press(page, "Pause")).toMatch(/paused/);
      release();
      await late;
      // The next refresh is answered after the delayed one.
      await page.click("text=Refresh");
      await page.locator("#state .badge", { hasText: "Paused" }).waitFor();
      expect(await page.locator('button:text-is("Resume")').count()).toBe(1);
    });

    it("says that the alert was deleted elsewhere", async () => {
      const { page, id, token } = await opened("epizeuxis");
      await api(url(), "DELETE", `/api/alerts/${id}`, undefined, token);
      await page.click("text=Refresh");
      await page.locator("#trouble").waitFor();
      expect(await page.locator("#trouble").innerText()).toBe("There is no such alert, or the token is wrong.");
      expect(faults.splice(0)).toEqual([expect.stringContaining("404")]);
    });

    it("keeps the page and shows an error if the server does not answer", async () => {
      const { page } = await opened("antanaclasis");
      await page.route("**/alerts/*", (route) => route.fulfill({ status: 503, body: "<title>Error 1102</title>" }));
      await page.click('button:text-is("Pause")');
      await page.locator("#trouble").waitFor();
      expect(await page.locator("#trouble").innerText()).toMatch(/^The server did not answer/);
      expect(await page.locator('button:text-is("Pause")').isVisible()).toBe(true);
      faults.splice(0);
    });
  });
});
