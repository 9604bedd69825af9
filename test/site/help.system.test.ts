import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../src/cli/paths.ts";
import { RECEIVER } from "../../src/site/help/receiver.ts";
import { hasBrowser } from "./browser.ts";
import { useSite } from "./site.ts";

it("the receiver that /help shows is README.md's, which a test runs", () => {
  expect(/```js\n(.*?)\n```/s.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1]).toBe(RECEIVER);
});

describe.runIf(hasBrowser)("/help, in Chromium", () => {
  const { open } = useSite();

  it("reads a query while the user types, and links to its matches", async () => {
    const page = await open("/help");
    await page.fill("#q", "isis -geneva");
    await page.waitForSelector("#reading >> text=Islamic State in any spelling");
    const found = await page.locator("#reading a").first().innerText();
    await page.click("#reading a >> nth=0");
    await page.waitForURL(/\?q=isis/);
    expect(await page.locator("main").innerText()).toContain(found);
  });

  it("works without JavaScript, and shows errors beside the input", async () => {
    const page = await open("/help", { javascript: false });
    await page.fill("#q", 'aleppo "safe');
    await page.click("text=Try it");
    await page.waitForURL(/q=aleppo/);
    expect(await page.locator("#reading .error").innerText()).toMatch(/never closed/);
    expect(await page.inputValue("#q")).toBe('aleppo "safe');
    await page.fill("#q", "aleppo");
    await page.click("text=Try it");
    await page.waitForSelector("#reading >> text=It finds");
  });

  it("links an example to the events that it counts", async () => {
    const page = await open("/help", { javascript: false });
    const example = page.locator("dl.examples > div").first();
    const [, count] = /Finds (\d+ events)/.exec(await example.innerText()) ?? [];
    await example.locator("a").click();
    await page.waitForURL(/\?q=/);
    expect(await page.locator("main").innerText()).toContain(count);
  });
});
