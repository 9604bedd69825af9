import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = new URL("..", import.meta.url).pathname;

export default defineConfig({
  root,
  test: {
    // Most of the time the tests wait: for a receiver, an alarm, a program that starts.
    maxWorkers: 3,
    // What the Worker logs goes to the terminal as it is. Sent to the runner instead, a line that an object writes while its file
    // ends is an error of the run.
    disableConsoleIntercept: true,
    projects: [
      {
        // Runs in workerd, as the Worker does.
        plugins: [
          cloudflareTest({
            wrangler: { configPath: `${root}wrangler.toml` },
            miniflare: {
              bindings: {
                MIGRATIONS: await readD1Migrations(`${root}data/migrations`),
                CURATOR_TOKEN: "curator-token",
                ALLOW_PRIVATE_TARGETS: "true",
                RETRY_SECONDS: "1,1,1",
                REGISTRATION_LIMIT: "0",
              },
            },
          }),
        ],
        test: {
          name: "workerd",
          // One workerd runs many files, since to start one takes longer than most files: setup.ts makes all new for each.
          isolate: false,
          // On a machine that others use as well, setting up may take long.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: ["test/**/*.{node,system}.test.ts"],
          globalSetup: ["test/receiver.ts"],
          setupFiles: ["test/setup.ts"],
        },
      },
      {
        // Runs in Node: what reads files, or starts a program and waits for its end.
        test: { name: "node", include: ["test/**/*.node.test.ts"], testTimeout: 120_000, hookTimeout: 200_000 },
      },
      {
        // The whole of it as others meet it: `npm start`, browsers, feed readers, kills. `npm run test:system`.
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
