/** The load generator, in a process of its own. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Load, Loaded } from "./load-process.ts";

export interface LoadGenerator {
  /** One at a time. Throws where an answer is not what was expected. */
  run(load: Load): Promise<Loaded>;
  stop(): void;
}

/** How long a run may take, in milliseconds. */
const PATIENCE = 600_000;

export function startLoadGenerator(): LoadGenerator {
  const child = fork(join(import.meta.dirname, "load-process.ts"), { serialization: "advanced" });
  return {
    run: async (load) => {
      child.send(load);
      const [loaded] = await once(child, "message", { signal: AbortSignal.timeout(PATIENCE) });
      if (typeof loaded === "string") throw new Error(loaded);
      return loaded;
    },
    stop: () => void child.kill(),
  };
}
