import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Lines that tests must reach, in per cent, by folder: where a mistake costs a sample or a result, nearly all. */
const LINES: Readonly<Record<string, number>> = {
  "machines/**": 95,
  "src/runtime/**": 95,
  "adapters/mqtt/**": 95,
  // Asked are 95: what a standby does while servers die is shown by processes of its own, which are not counted here.
  "adapters/storage/**": 91,
  "src/models/**": 90,
};

const STARTS_THREADS = "/system/start-thread.ts";

export default defineConfig({
  plugins: [
    {
      // Threads of the program start out of its bundle; a test that asks for the module itself gets it.
      name: "built-threads",
      enforce: "pre",
      resolveId: (asked, importer) =>
        asked.endsWith(STARTS_THREADS) && importer?.includes("/test/") === false
          ? join(import.meta.dirname, "test/support/built-thread.ts")
          : undefined,
    },
  ],
  test: {
    include: ["test/**/*.test.ts"],
    // What hangs is found here; how fast something is, benchmarks say: a test must not fail because the machine is busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    // One process runs many files and loads the program once: a process a file costs as much again as all tests together.
    // A test must therefore undo what it does to the process (environment, patches of modules).
    isolate: false,
    // Most of a run's time goes by in waiting for brokers, browsers and devices: by itself vitest takes one worker on two cores.
    maxWorkers: availableParallelism() + 1,
    coverage: {
      provider: "v8",
      include: ["src", "machines", "adapters", "config", "simulators"].map(
        (folder) => `${folder}/**/*.ts`,
      ),
      // It runs in a browser.
      exclude: ["adapters/dashboard/page/**"],
      reporter: ["text-summary", "json-summary"],
      thresholds: Object.fromEntries(
        Object.entries(LINES).map(([folder, lines]) => [folder, { lines }]),
      ),
    },
  },
});
