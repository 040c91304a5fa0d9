import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tableHere, tablesDiffer } from "./compare-tables.ts";
import { DOCUMENTED } from "./documented.ts";
import { tableFile } from "./table-files.ts";
import { xyzFile } from "./xyz-files.ts";

const ROOT = join(import.meta.dirname, "../../..");

test("what is excused as documented stands in the page", () => {
  const missing = DOCUMENTED.filter(
    ({ page, words }) => !readFileSync(join(ROOT, page), "utf8").includes(words),
  );
  expect(missing).toEqual([]);
});

test("a blank line before an empty first cell moves nothing, whatever the line ends", () => {
  const folder = mkdtempSync(join(tmpdir(), "tieline-blank-"));
  for (const end of ["\r", "\n", "\r\n"]) {
    const path = join(folder, "t.csv");
    writeFileSync(path, ["a\tb\tc", "\tx\t1", "", "\ty\t2", "3\tz\t4", ""].join(end));
    expect(tableHere(path)).toEqual({
      read: [
        { name: "a", values: [null, null, 3] },
        { name: "b", values: ["x", "y", "z"] },
        { name: "c", values: [1, 2, 4] },
      ],
    });
  }
  rmSync(folder, { recursive: true });
});

test("a seed is always the same file", () => {
  expect(tableFile(12).content).toEqual(tableFile(12).content);
  expect(xyzFile(13).content).not.toEqual(xyzFile(21).content);
});

test("another number, another text, a missing row are differences", () => {
  const here = [
    { name: "x", values: [1, null, 3] },
    { name: "w", values: ["a", "b", "c"] },
  ];
  expect(tablesDiffer(here, here, ".")).toEqual([]);
  const other = (k: number, values: readonly (number | string | null)[]) =>
    here.map((column, j) => (j === k ? { ...column, values } : column));
  expect(tablesDiffer(here, other(0, [1, null, 4]), ".")).toHaveLength(1);
  expect(tablesDiffer(here, other(1, ["a", "B", "c"]), ".")).toHaveLength(1);
  expect(tablesDiffer(here, other(0, ["0x1", "NA", "3"]), ".")).toHaveLength(1);
  const short = here.map((column) => ({ ...column, values: column.values.slice(1) }));
  expect(tablesDiffer(here, short, ".")).not.toEqual([]);
  expect(tableHere("/nowhere.csv")).toHaveProperty("refused");
});
