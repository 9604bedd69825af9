/** `node test/site/take-pictures.ts` takes the pictures in README.md from a Worker with the shipped record. */
import { join } from "node:path";
import { freePort, start, temporaryState } from "../cli/programs.ts";
import { openBrowser } from "./browser.ts";

const TAKEN = [
  { name: "timeline", path: "/", width: 1280, height: 1000 },
  { name: "event", path: "/events/2016-09-22-issg-new-york", width: 390, height: 844 },
];

const state = temporaryState();
const program = await start(state.path, await freePort());
const browser = await openBrowser();
try {
  for (const { name, path, width, height } of TAKEN) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: "light" });
    await page.goto(program.url + path);
    await page.screenshot({ path: join(import.meta.dirname, "pictures", `${name}.png`) });
  }
} finally {
  await browser.close();
  await program.interrupt();
  state.remove();
}
