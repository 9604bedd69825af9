/** From the list of names to a name and its events, in Chromium, with the shipped record. */
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { NameRecord } from "../../src/record/names/name.ts";
import { hasBrowser } from "./browser.ts";
import { useSite } from "./site.ts";

describe.runIf(hasBrowser)("names and the map, in Chromium", () => {
  const { url, open } = useSite();

  const heading = (page: Page): Promise<string> => page.locator("h1").innerText();
  const titles = (page: Page): Promise<string[]> => page.locator("h4").allInnerTexts();

  it.each([
    ["with JavaScript", true],
    ["without JavaScript", false],
  ])("a reader goes from the list to a place, and on to an event: %s", async (_, javascript) => {
    const page = await open("/topics", { javascript });
    await page.click("nav >> text=Cities");
    await page.click("text=Palmyra");
    await page.waitForURL("**/places/palmyra");
    expect(await heading(page)).toBe("Palmyra");
    expect(await page.locator('.spellings [lang="ar"]').first().innerText()).toBe("تدمر");
    const [title = ""] = await titles(page);
    await page.click(`text=${title}`);
    await page.waitForURL("**/events/*");
    expect(await heading(page)).toBe(title);
    await page.click("main >> a[href='/places/palmyra']");
    expect(await heading(page)).toBe("Palmyra");
  });

  it.each([
    ["with JavaScript", true],
    ["without JavaScript", false],
  ])("the map narrows to the events that are at a place as well: %s", async (_, javascript) => {
    const page = await open("/topics/ceasefire", { javascript });
    const all = await titles(page);
    await page.click('.map [aria-label^="Vienna: "]');
    await page.waitForURL("**/?q=*");
    expect(new URL(page.url()).searchParams.get("q")).toBe("place:vienna topic:ceasefire");
    const both = await titles(page);
    expect(both.length).toBeGreaterThan(0);
    expect(both.length).toBeLessThan(all.length);
    expect(both.filter((title) => !all.includes(title))).toEqual([]);
  });

  it.each([
    ["with JavaScript", true],
    ["without JavaScript", false],
  ])("land and borders are drawn, and the map leads to the closer one: %s", async (_, javascript) => {
    const page = await open("/places/aleppo", { javascript });
    for (const part of ["land", "borders"]) {
      const boxes = await page
        .locator(`use.${part}`)
        .evaluateAll((uses) => uses.map((use) => use.getBoundingClientRect().width));
      // The whole world is wider than the frame.
      expect(boxes.filter((width) => width > 390)).toHaveLength(2);
    }
    expect(
      await page
        .locator("use.land")
        .first()
        .evaluate((land) => getComputedStyle(land).fill),
    ).toMatch(/^rgb/);
    await page.click(".map .closer");
    await page.waitForURL("**/places/aleppo#closer-map");
    expect(await page.locator('#closer-map [aria-label^="Aleppo: "]').getAttribute("aria-current")).toBe("page");
  });

  it("the map works by keyboard, and its links have names", async () => {
    const page = await open("/topics/ceasefire");
    const circle = page.locator(".map a:not(.closer)").first();
    await circle.focus();
    const name = await circle.getAttribute("aria-label");
    expect(name).toMatch(/^.+: \d+ events?$/);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/?q=*");
  });

  it.each([390, 1280])("labels are not cut off and do not overlap, at %i pixels", async (width) => {
    for (const path of ["/places/aleppo", "/topics/ceasefire", "/places/vienna", "/places/syria"]) {
      const page = await open(path, { width });
      const overlaps = await page.locator(".map .frame > svg").evaluateAll((frames) =>
        frames.flatMap((frame) => {
          const edge = frame.getBoundingClientRect();
          const boxes = [...frame.querySelectorAll("text")]
            .map((text) => ({ name: text.textContent, box: text.getBoundingClientRect() }))
            .filter(({ box }) => box.width > 0);
          return boxes.flatMap(({ name, box }, i) => [
            ...(box.left < edge.left || box.right > edge.right ? [`${name} is cut off`] : []),
            ...boxes
              .slice(i + 1)
              // The space above and below the letters of a line may touch.
              .filter(({ box: other }) => box.left < other.right && other.left < box.right)
              .filter(({ box: other }) => box.top + 3 < other.bottom && other.top + 3 < box.bottom)
              .map((other) => `${name} lies on ${other.name}`),
          ]);
        }),
      );
      expect(overlaps, path).toEqual([]);
      await page.context().close();
    }
  });

  it("every name on record has a page with all its spellings", async () => {
    const { names }: { names: NameRecord[] } = JSON.parse(await (await fetch(`${url()}/api/names`)).text());
    expect(names.length).toBeGreaterThan(80);
    for (const { id, label, spellings, capitals = [] } of names) {
      const answer = await fetch(`${url()}/${id.replace(":", "s/")}`, { headers: { accept: "text/html" } });
      expect(answer.status, id).toBe(200);
      const shown = (await answer.text()).replaceAll("&amp;", "&").replaceAll("&quot;", '"');
      const missing = [label, ...Object.values(spellings).flat(), ...capitals].filter((each) => !shown.includes(each));
      expect(missing, id).toEqual([]);
    }
  });
});
