import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["latchkey-source"] },
  ssr: { resolve: { conditions: ["latchkey-source"], externalConditions: ["latchkey-source"] } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "bench/**/*.test.ts",
      "tests/**/*.test.ts",
      "tools/**/*.test.ts",
    ],
    globalSetup: ["tests/setup/postgres.ts", "tests/setup/dashboard.ts"],
    setupFiles: [
      "tests/setup/unchanged-process.ts",
      "tests/setup/no-outside-connections.ts",
      "tests/setup/check-responses.ts",
    ],
    pool: "forks",
    // A process runs many test files, because each new one loads the platform again.
    isolate: false,
    execArgv: ["--conditions=latchkey-source", "--import", "./tools/launch/compile-cache.js"],
    // One more than the cores of a small machine: many tests wait for processes, browsers and clocks.
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
