import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

const root = new URL("..", import.meta.url).pathname;
const MIGRATIONS = await readD1Migrations(`${root}data/migrations`);

const FAULTS = "test/alerts/faults/**";

/** Tests that run in workerd, as the Worker does. */
const inWorkerd = (name: string, include: string, exclude: string[]): TestProjectInlineConfiguration => ({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: `${root}wrangler.toml` },
      miniflare: {
        bindings: {
          MIGRATIONS,
          CURATOR_TOKEN: "curator-token",
          ALLOW_PRIVATE_TARGETS: "true",
          RETRY_SECONDS: "1,1,1",
          REGISTRATION_LIMIT: "0",
        },
      },
    }),
  ],
  test: {
    name,
    // One workerd runs many files, since to start one takes longer than most files: setup.ts makes all new for each.
    isolate: false,
    // On a machine that others use as well, setting up may take long.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    include: [include],
    exclude,
    globalSetup: ["test/receiver.ts"],
    setupFiles: ["test/setup.ts"],
  },
});

export default defineConfig({
  root,
  test: {
    // Most of the time the tests wait: for a receiver, an alarm, a program that starts.
    maxWorkers: 3,
    // What the Worker logs goes to the terminal as it is. Sent to the runner instead, a line that an object writes while its file
    // ends is an error of the run.
    disableConsoleIntercept: true,
    projects: [
      inWorkerd("workerd", "test/**/*.test.{ts,tsx}", ["test/**/*.{node,system}.test.ts", FAULTS]),
      // They wait for what is tried again, and for what is given up.
      inWorkerd("faults", `${FAULTS}/*.test.ts`, []),
      {
        // Runs in Node: what reads files, or starts a program and waits for its end.
        test: { name: "node", include: ["test/**/*.node.test.ts"], testTimeout: 120_000, hookTimeout: 200_000 },
      },
      {
        // The whole of it as others meet it: `npm start`, browsers, feed readers, kills.
        test: {
          name: "system",
          // What many files import alike, wrangler above all, is loaded once.
          isolate: false,
          include: ["test/**/*.system.test.ts"],
          globalSetup: ["test/cli/prepared.ts"],
          testTimeout: 120_000,
          hookTimeout: 200_000,
        },
      },
    ],
  },
});
