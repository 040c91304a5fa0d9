import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tieline } from "../support/command-line.ts";

test("tieline contract writes what it lists", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tieline-contract-"));
  try {
    const { code, out } = await tieline("contract", "--out", join(folder, "new"), "--json");
    expect(code).toBe(0);
    const { files } = JSON.parse(out) as { files: string[] };
    expect(readdirSync(join(folder, "new")).sort()).toEqual([...files].sort());
    expect(JSON.parse(readFileSync(join(folder, "new", "asyncapi.json"), "utf8"))).toMatchObject({
      asyncapi: "3.0.0",
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("without a folder it is a misuse, with an impossible one a failure", async () => {
  expect(await tieline("contract")).toMatchObject({ code: 2 });
  const failed = await tieline("contract", "--out", "/dev/null/x");
  expect(failed.code).toBe(1);
  expect(failed.err).toMatch(/^TL-1003: .*\n$/);
});
