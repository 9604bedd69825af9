/** One cold load of a page on a slow phone, and the browser's own figures of it. */
import type { Browser, CDPSession, Page } from "playwright-core";

/** Times in milliseconds since the load began. */
export interface Load {
  /** As the server has it: the browser's throttle holds it back only after that. */
  firstByte: number;
  firstPaint: number;
  largestPaint: number;
  loaded: number;
  /** Sum of the layout shifts (Layout Instability): 0 where nothing moved. */
  shift: number;
  /** How long the main thread was blocked: of each task, what is beyond 50 ms. */
  blocked: number;
  /** What scripts took on the main thread. */
  script: number;
  elements: number;
  files: File[];
}

export interface File {
  kind: Kind;
  /** Over the wire, headers included. */
  bytes: number;
  /** Of its body, before it was compressed. */
  plain: number;
}

export type Kind = "HTML" | "CSS" | "script" | "picture";

/**
 * Lighthouse's mobile preset, as it hands it to the browser (core/config/constants.js, `mobileSlow4G`): 150 ms there and back and 1.6 Mbit/s.
 * The browser delays requests and not packets, so that the latency stands for connection and encryption too, by the factor 3.75, and nine
 * tenths of the rate are left for what is sent.
 */
const NETWORK = {
  offline: false,
  latency: 150 * 3.75,
  downloadThroughput: (1.6 * 1024 * 1024 * 0.9) / 8,
  uploadThroughput: (750 * 1024 * 0.9) / 8,
};
const CPU_SLOWDOWN = 4;
const PHONE = { width: 412, height: 823 };
/** After so long without a request or a task, in milliseconds, a page is done: what it painted largest stays so. */
const QUIET = 500;

export async function loadCold(browser: Browser, address: string): Promise<Load> {
  const context = await browser.newContext({
    viewport: PHONE,
    deviceScaleFactor: 1.75,
    isMobile: true,
    hasTouch: true,
  });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", NETWORK);
    await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
    await session.send("Performance.enable");
    const answer = await page.goto(address, { waitUntil: "load" });
    if (!answer?.ok()) throw new Error(`${address}: ${answer?.status()}`);
    await page.waitForTimeout(QUIET);
    return { ...(await readEntries(page)), script: await scriptTime(session) };
  } finally {
    await context.close();
  }
}

const readEntries = (page: Page): Promise<Omit<Load, "script">> =>
  page.evaluate(async () => {
    const entriesOf = (type: string): Promise<PerformanceEntry[]> =>
      new Promise((resolve) => {
        const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
        observer.observe({ type, buffered: true });
        // Where there are none, nothing is told.
        setTimeout(() => resolve([]), 100);
      });
    const [paints, largest, shifts, tasks] = await Promise.all(
      ["paint", "largest-contentful-paint", "layout-shift", "longtask"].map(entriesOf),
    );
    const [navigation] = performance.getEntriesByType("navigation");
    if (!(navigation instanceof PerformanceNavigationTiming)) throw new Error("there is no navigation");
    const kindOf = (address: string): Kind => {
      const { pathname } = new URL(address);
      if (pathname.endsWith(".css")) return "CSS";
      return pathname.endsWith(".js") ? "script" : "picture";
    };
    const resources = performance.getEntriesByType("resource");
    return {
      firstByte: navigation.responseStart,
      firstPaint: paints?.find(({ name }) => name === "first-contentful-paint")?.startTime ?? Number.NaN,
      largestPaint: largest?.at(-1)?.startTime ?? Number.NaN,
      loaded: navigation.loadEventEnd,
      shift: (shifts ?? []).reduce((sum, entry) => sum + Number(Reflect.get(entry, "value")), 0),
      blocked: (tasks ?? []).reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0),
      elements: document.querySelectorAll("*").length,
      files: [
        { kind: "HTML" as const, bytes: navigation.transferSize, plain: navigation.decodedBodySize },
        ...resources
          .filter((entry) => entry instanceof PerformanceResourceTiming)
          .map(({ name, transferSize, decodedBodySize }) => ({
            kind: kindOf(name),
            bytes: transferSize,
            plain: decodedBodySize,
          })),
      ],
    };
  });

async function scriptTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0) * 1000;
}
