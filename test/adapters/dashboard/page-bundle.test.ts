import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { BUNDLE_FILE, bundlePage } from "../../support/bundle-page.ts";

describe("the page's bundle", () => {
  test("is what its sources give: run `npm run page` after changing them", async () => {
    expect(readFileSync(BUNDLE_FILE, "utf8") === (await bundlePage())).toBe(true);
  });

  test("stays below 500 kB, and a quarter of that on the wire", () => {
    const bundle = readFileSync(BUNDLE_FILE);
    expect(bundle.length).toBeLessThan(500_000);
    expect(gzipSync(bundle).length).toBeLessThan(125_000);
  });
});
