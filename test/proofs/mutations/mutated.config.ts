import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import type { Mutation } from "./mutation.ts";

/** The tests as they are, on a tree in which one file is read with its fault: nothing on the disk changes. */
const mutation = JSON.parse(process.env["TIELINE_MUTATION"] ?? "{}") as Mutation;
const root = join(import.meta.dirname, "../../..");
const file = join(root, mutation.file);

export default defineConfig({
  root,
  plugins: [
    {
      name: "planted-fault",
      enforce: "pre",
      load: (id) =>
        id.split("?")[0] === file
          ? readFileSync(file, "utf8").replace(mutation.find, () => mutation.replace)
          : undefined,
    },
  ],
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    bail: 1,
    pool: "forks",
    maxWorkers: 1,
    isolate: false,
  },
});
