import { availableParallelism } from "node:os";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** What is polled for comes when the machine gets to it: by itself vitest would give up after a second. */
const PATIENT = { poll: { timeout: 20_000 } };

export default defineConfig({
  test: {
    // The Worker logs each request; only a failed test's log is of interest.
    silent: "passed-only",
    // By itself vitest would leave one of two cores alone, and these tests wait more than they work.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "node",
          include: ["test/node/**/*.test.ts"],
          expect: PATIENT,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Storage is isolated per test file, not per test: take a fresh object id in each test. Sockets may stay open.
        // The Worker runs in the tests' own isolate, so its globals can be spied on; `reset()` wipes all storage.
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: "wrangler.toml" },
            miniflare: {
              bindings: {
                ...inject("workerBindings"),
                FRONTEND_ORIGINS: "https://app.duet.test",
                // Hundreds of accounts are made, each with a password: 2 ms instead of 250.
                PASSWORD_COST: "8",
              },
              // Three tiny pages in place of web/out, which is not built when these tests run.
              assets: { directory: "test/workerd/assets", binding: "ASSETS" },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["test/workerd/**/*.test.ts"],
          expect: PATIENT,
          globalSetup: "dev/workerd-setup.ts",
          // The environment of this process does not reach the Worker's isolate by itself.
          env: { SEED: process.env["SEED"] ?? "" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          expect: PATIENT,
          sequence: { groupOrder: 2 },
          // They wait more than they work: for heartbeats, time limits and restarts. But they time what they see.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          expect: PATIENT,
          // After the others, one by one: browsers and timing deserve a quiet machine.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
