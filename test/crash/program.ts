/** A program that runs the Worker until it is killed: `npm start` without data/, on a bundle that was made before. */
import { startServer } from "../../src/cli/server.ts";
import type { ProgramOptions, Ready } from "./victim.ts";

process.once("message", async (options: ProgramOptions) => {
  const server = await startServer({ ...options, port: 0 });
  process.send?.({ url: server.url } satisfies Ready);
  await server.tick();
});
