/** The plain loop of signed POSTs, in a process of its own. */
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundle } from "../../../src/cli/bundle.ts";
import { makeFolder, removeFolder } from "./parley.ts";
import type { PlainRun } from "./plain-worker.ts";

export interface PlainLoop {
  /** Sends for so many seconds. */
  run(run: PlainRun): Promise<void>;
  stop(): Promise<void>;
}

export async function startPlainLoop(): Promise<PlainLoop> {
  const folder = makeFolder();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      resourcePersistencePath: folder,
      workers: [
        {
          name: "plain-loop",
          modules: bundle(join(import.meta.dirname, "plain.toml"), "plain-worker.js"),
          compatibilityDate: "2026-10-01",
          durableObjects: { LOOP: { className: "Loop", useSQLite: true } },
        },
      ],
    }),
  );
  await miniflare.ready;
  return {
    run: async (run) => {
      const response = await miniflare.dispatchFetch("http://plain/", { method: "POST", body: JSON.stringify(run) });
      if (!response.ok) throw new Error(await response.text());
    },
    stop: async () => {
      await miniflare.dispose();
      removeFolder(folder);
    },
  };
}
