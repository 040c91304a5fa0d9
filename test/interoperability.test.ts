import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const page = readFileSync(join(ROOT, "docs/interoperability.md"), "utf8");

test("every test that the page of neighbours names is there", () => {
  const named = [...page.matchAll(/`(test\/[^`:]+)`/g)].map(([, path]) => path ?? "");
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("every finding has its row, and every row's finding is there", () => {
  const scripts = readdirSync(join(ROOT, "findings")).flatMap((name) =>
    name.endsWith(".sh") ? [name.slice(0, -".sh".length)] : [],
  );
  const named = [...page.matchAll(/\(findings? `([^`]+)`\)/g)].map(([, name]) => name ?? "");
  expect([...new Set(named)].sort()).toEqual(scripts.sort());
});
