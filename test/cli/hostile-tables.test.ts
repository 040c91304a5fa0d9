import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "tieline-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A section of 66 compositions; `edit` changes one line of it (by its cells), `keepLabel` empties labels. */
function section(
  edit: (cells: string[], line: number) => string[] = (cells) => cells,
  separator = ",",
): string {
  const lines: string[][] = [["A", "B", "C", "phases"]];
  for (let a = 0; a <= 10; a++) {
    for (let b = 0; a + b <= 10; b++) {
      const label = a > 6 ? "x" : b > 6 ? "y" : a > 2 ? "x+y" : "z";
      lines.push([String(a / 10), String(b / 10), String((10 - a - b) / 10), label]);
    }
  }
  const path = join(folder, "section.csv");
  writeFileSync(path, lines.map((cells, k) => edit(cells, k + 1).join(separator)).join("\n"));
  return path;
}

const evaluate = (truth: string, ...more: string[]) =>
  tieline(
    ...["evaluate", "phase-diagram", "--axes", "A,B,C", "--budget", "4", "--initial", "2"],
    ...["--truth", truth, "--json", ...more],
  );
const suggest = (candidates: string, ...more: string[]) =>
  tieline("suggest", "--goal", "phase-diagram", "--candidates", candidates, "--json", ...more);
const setLine14 = (k: number, value: string) => (cells: string[], line: number) =>
  line === 14 ? cells.map((cell, i) => (i === k ? value : cell)) : cells;
/** Every fourth label is known. */
const partly = (cells: string[], line: number) =>
  line === 1 || line % 4 === 0 ? cells : [...cells.slice(0, 3), ""];

test("one line that cannot be is refused by its number, in the truth and among candidates", async () => {
  const cases: readonly [number, string, RegExp][] = [
    [0, "-0.1", /line 14: A \+ B \+ C is 0\.8, in most rows 1\./],
    [0, "0.6", /line 14: A \+ B \+ C is 1\.5, in most rows 1\./],
    [0, "nan", /line 14: "nan" in the column A is not a number/],
    [3, "x++y", /line 14: the label "x\+\+y" names a phase without a name\. Write phases/],
  ];
  for (const [column, value, said] of cases) {
    for (const run of [evaluate, suggest]) {
      const { code, out, err } = await run(section(setLine14(column, value)));
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(said);
      expect(err.trim()).not.toContain("\n");
    }
  }
});

test("shares that sum to 1 with a negative one among them are refused", async () => {
  const truth = section((cells, line) => (line === 14 ? ["-0.1", "0.3", "0.8", "z"] : cells));
  expect((await evaluate(truth)).err).toContain('line 14: the share "-0.1" of A is negative');
});

test("shares that are rounded to two decimals are still a section", async () => {
  const third = section((cells, line) => (line === 14 ? ["0.33", "0.33", "0.33", "z"] : cells));
  const { code, out } = await suggest(third);
  expect(code).toBe(0);
  expect(JSON.parse(out).model.hyperparameters.dimension).toBe(2);
  expect((await evaluate(third, "--space", "ternary")).code).toBe(0);
});

test("axes in any order give the same runs, a temperature before the composition too", async () => {
  const path = join(folder, "stack.csv");
  const rows = [500, 600].flatMap((T) =>
    Array.from({ length: 66 }, (_, k) => {
      const a = Math.floor((Math.sqrt(8 * k + 1) - 1) / 2);
      const b = k - (a * (a + 1)) / 2;
      return [10 - a, a - b, b].map((n) => n / 10).concat(T);
    }),
  );
  const label = ([a = 0, , , T = 0]: number[]) => (a > 0.5 + (T - 500) / 500 ? "x" : "y");
  writeFileSync(
    path,
    ["A,B,C,T,phases", ...rows.map((r) => [...r, label(r)].join(","))].join("\n"),
  );
  const runs = await Promise.all(
    ["A,B,C,T", "T,A,B,C", "C,T,B,A"].map(async (axes) => {
      const { out } = await evaluate(path, "--axes", axes);
      return JSON.parse(out).runs[0].sampled;
    }),
  );
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]).toEqual(runs[0]);
});

test("decimal commas with semicolons give what points give", async () => {
  const points = await suggest(section(partly), "--batch", "3");
  const commas = await suggest(
    section((cells, line) => partly(cells, line).map((cell) => cell.replace(".", ",")), ";"),
    "--batch",
    "3",
  );
  expect(JSON.parse(commas.out).points).toEqual(JSON.parse(points.out).points);
});

test("the numbers of the rows that pandas writes are no axis", async () => {
  const plain = await suggest(section(partly), "--batch", "3");
  for (const name of ["", "Unnamed: 0"]) {
    const numbered = section((cells, line) => [
      line === 1 ? name : String(line - 2),
      ...partly(cells, line),
    ]);
    const { code, out, err } = await suggest(numbered, "--batch", "3");
    expect(code).toBe(0);
    expect(err).toMatch(
      /^warning: (column 1 \(""\)|Unnamed: 0) is left out: it holds the numbers of the rows/,
    );
    expect(JSON.parse(out).points).toEqual(JSON.parse(plain.out).points);
  }
  const nameless = await suggest(
    section((cells, line) => (line === 1 ? ["A", "", "C", "phases"] : cells)),
  );
  expect(nameless).toMatchObject({ code: 1, out: "" });
  expect(nameless.err).toContain("column 2 has no name");
});

test("a label that pandas writes as nan is no label", async () => {
  const open = section((cells, line) =>
    partly(cells, line)[3] === "" ? [...cells.slice(0, 3), "nan"] : cells,
  );
  expect(JSON.parse((await suggest(open)).out).measured).toBe(16);
  expect((await evaluate(open)).err).toMatch(/line 2: the label in the column phases is empty/);
});

test("a point with two labels in a truth is told, an axis named twice refused", async () => {
  const twice = section((cells, line) => (line === 14 ? ["0", "0", "1", "x"] : cells));
  const { code, err } = await evaluate(twice);
  expect(code).toBe(0);
  expect(err).toMatch(/^warning: 1 row repeats a point with another label \(lines 2 and 14\)/);
  expect(await evaluate(section(), "--axes", "A,A,B")).toMatchObject({ code: 2, out: "" });
});

test("words with commas and quotes stay one value in the batch that is written", async () => {
  const table = join(folder, "words.csv");
  const rows = Array.from(
    { length: 9 },
    (_, k) => `"salt, ""${k % 3}""",${2 * k},${k < 4 ? k * k : ""}`,
  );
  writeFileSync(table, ["salt,x,y", ...rows].join("\n"));
  const batch = join(folder, "batch.csv");
  const { code } = await tieline(
    ...["suggest", "--goal", "optimise", "--candidates", table, "--objectives", "y:max"],
    ...["--out", batch],
  );
  expect(code).toBe(0);
  const [header, first] = readFileSync(batch, "utf8").split("\n");
  expect(header).toBe("row,line,salt,x,score,why");
  expect(first).toMatch(/^\d,\d+,"salt, ""\d""",\d+,/);
});
