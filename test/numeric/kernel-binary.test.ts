import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the compiled kernels are those of their sources", { timeout: 120_000 }, () => {
  const script = join(import.meta.dirname, "../support/build-kernel.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
