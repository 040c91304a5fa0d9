import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // One process runs many files and loads the program once: a process a file costs as much again as all tests together.
    // A test must therefore undo what it does to the process (environment, patches of modules).
    isolate: false,
  },
});
