import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import {
  parseConstraints,
  parseInputConstraints,
  parseObjectives,
} from "../../src/cli/optimise-options.ts";
import { nameList } from "../../src/cli/option-values.ts";
import { usualAxes, usualLabel, usualObjective } from "../../src/tables/column-roles.ts";
import { readLabels } from "../../src/tables/label-cells.ts";
import { numericColumn } from "../../src/tables/numeric-column.ts";
import { readResults } from "../../src/tables/result-cells.ts";
import { findShares } from "../../src/tables/shares.ts";
import { parseTable, type Table } from "../../src/tables/table.ts";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "tieline-peculiar-tables-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const table = (...lines: string[]): Table => parseTable(lines.join("\n"), "t.csv");
const column = (name: string, ...cells: string[]): Table =>
  table(`row,${name}`, ...cells.map((cell, k) => `${k * 10},${cell}`));
const kinds = (cells: ReturnType<typeof readResults>["cells"]): string =>
  cells.map((cell) => cell?.kind[0] ?? "-").join("");

describe("separators and numbers that readers take differently (npm run proof -- readers)", () => {
  test("a header with another separator in a name does not decide", () => {
    const wrong = table("a:b;Zeit, min", "1,5;2", "2,5;3");
    expect(wrong.columns).toEqual(["a:b", "Zeit, min"]);
    expect(wrong.rows[0]?.cells).toEqual(["1,5", "2"]);
    expect(table('"a, b, c"\tx', '"p, q"\t1').columns).toEqual(["a, b, c", "x"]);
    expect(table("a,b;c", "1,2;5", "3,4;7").columns).toEqual(["a,b", "c"]);
    expect(table("a;b,c", "x;y,5", "z;w,7").columns).toEqual(["a;b", "c"]);
    // where nothing else tells, the comma is a decimal one
    expect(table("e;Zeit, min", "1_0;5,5", "2_0;6,5").columns).toEqual(["e", "Zeit, min"]);
    expect(table("Zeit, min;x", '1,5;"a;b"', '2,5;"c;d"').columns).toEqual(["Zeit, min", "x"]);
    // a line that misses a value still decides nothing, and is told as before
    expect(() => table("a,b,c", "1,2", "1,2,3")).toThrow(/line 2 has 2 values/);
  });

  test("only decimal numbers are numbers", () => {
    for (const word of ["0x1A", "0b11", "0o17"]) {
      const found = column("sample", word, word, `${word}0`);
      expect(numericColumn(found, 1)).toBeUndefined();
    }
    expect(numericColumn(table("a;b", "5,;1", ",5;2"), 0)?.values).toEqual(Float64Array.of(5, 0.5));
  });

  test("a number that no double holds is told, however many there are", () => {
    const found = column("x", "1e400", "cold", "2");
    expect(() => numericColumn(found, 1)).toThrow(/line 2: "1e400".*not a number/);
  });
});

describe("results that are no plain numbers", () => {
  test.each(["NA", "N/A", "None", "-", "#N/A"])("%s is not measured, and told", (mark) => {
    const { cells, warnings } = readResults(column("y", "1", mark, "2", mark), "y");
    expect(kinds(cells)).toBe("v-v-");
    expect(warnings.join()).toContain(`"${mark}" in the column y was taken as not measured`);
  });

  test("nan beside empty cells is a failure with its line; without one it is not measured", () => {
    const beside = readResults(column("y", "1", "nan", ""), "y");
    expect(kinds(beside.cells)).toBe("vf-");
    expect(beside.warnings.join()).toContain('line 3 "nan"');
    expect(kinds(readResults(column("y", "1", "nan", "2"), "y").cells)).toBe("v-v");
  });

  test.each(["0.42 (2nd try)", "<5", ">100", "0.5±0.1", "ca. 3"])(
    "%s is refused by its line",
    (cell) => {
      expect(() => readResults(column("y", "1", cell, ""), "y")).toThrow(
        `more than a number: line 3 "${cell}"`,
      );
    },
  );

  test("words are failures, a unit in every cell is read", () => {
    expect(kinds(readResults(column("y", "cracked", "1", ""), "y").cells)).toBe("fv-");
    const { cells, warnings } = readResults(column("y", "12 %", "7.5 %", ""), "y");
    expect(cells[1]).toEqual({ kind: "value", value: 7.5 });
    expect(warnings).toEqual(["every result of y carries the unit %"]);
    expect(() => readResults(column("y", "12 %", "7.5", ""), "y")).toThrow(/line 2 "12 %"/);
  });
});

describe("labels", () => {
  const labels = (...cells: string[]) => readLabels(column("phase", ...cells), "phase");

  test("1, 1.0 and 1.00 are one label, codes and names stay", () => {
    expect(labels("1", "1.0", "1.00", "01", "2H", "1.0+2.0").phases).toEqual([
      ["1"],
      ["1"],
      ["1"],
      ["01"],
      ["2H"],
      ["1", "2"], // biome-ignore format: a row each
    ]);
  });

  test("-1 among words or in most rows is not measured, among codes it is a label", () => {
    expect(labels("bcc", "-1").phases).toEqual([["bcc"], undefined]);
    expect(labels("1", "-1", "-1", "-1.0").phases.filter(Boolean)).toHaveLength(1);
    expect(labels("1", "-1", "2").phases[1]).toEqual(["-1"]);
  });

  test("failures are no phases; ? is one beside empty cells, and not measured without", () => {
    const { phases, failed, warnings } = labels("bcc", "fail", "?", "");
    expect(phases).toEqual([["bcc"], undefined, undefined, undefined]);
    expect(failed).toEqual([1, 2]);
    expect(warnings.join()).toContain(
      '2 rows of the column phase failed (line 3 "fail", line 4 "?")',
    );
    expect(labels("bcc", "?").failed).toEqual([]);
  });

  test("case, numbers and a phase named twice", () => {
    expect(labels("bcc", "Bcc").warnings.join()).toMatch(/bcc and Bcc differ by case only/);
    expect(labels("1240", "1255", "1300.5", "990", "1010", "1111").warnings.join()).toContain(
      "--goal optimise",
    );
    expect(labels("1", "2", "3", "1", "2", "3").warnings).toEqual([]);
    expect(() => labels("x", "FCC_A1+FCC_A1")).toThrow(
      expect.objectContaining({
        message: 't.csv, line 3: the label "FCC_A1+FCC_A1" names the phase FCC_A1 twice',
        hint: expect.stringContaining("FCC_A1#1+FCC_A1#2"),
      }),
    );
  });

  test("of three spellings each is told beside the next", () => {
    const told = labels("bcc", "fcc", "Bcc", "BCC").warnings;
    expect(told.map((one) => one.split(" differ")[0])).toEqual([
      "the labels bcc and Bcc",
      "the labels Bcc and BCC",
    ]);
  });

  test("as many labels as rows are read once each, and no row is made for them", () => {
    const lines = Array.from({ length: 200_000 }, (_, k) => `${k},p${k}`);
    const many = parseTable(`row,phase\n${lines.join("\n")}\n7,fail`, "t.csv");
    const rows = vi.spyOn(many, "rows", "get");
    const began = performance.now();
    const { phases, failed } = readLabels(many, "phase");
    // Half a second where each spelling is looked up; over ten where it is compared with every other, or looked for in all rows.
    expect(performance.now() - began).toBeLessThan(5000);
    expect(phases[199_999]).toEqual(["p199999"]);
    expect(failed).toEqual([200_000]);
    expect(rows).not.toHaveBeenCalled();
  });
});

describe("columns that cannot be inputs", () => {
  const rows = (cell: (k: number) => string): Table =>
    table(
      "x,odd,y",
      ...Array.from({ length: 6 }, (_, k) => `${k * 2.5},${cell(k)},${k % 3 === 0 ? k : ""}`),
    );
  const out = (given: Table) => usualAxes(given, ["y"], ["y"]);

  test.each([
    ["ids", (k: number) => `S00${k}`, /differ in every row/],
    ["the numbers of the rows", (k: number) => String(k + 1), /numbers of the rows/],
    ["dates", (k: number) => `2031-04-0${1 + (k >> 1)}`, /dates/],
    ["a constant", () => "900", /"900" in every row/],
    ["remarks", (k: number) => (k === 2 ? "spilt" : ""), /words, and not in every row/],
    ["remarks where a result is", (k: number) => (k === 3 ? "ok" : ""), /only where a result is/],
    ["a second result", (k: number) => (k % 3 === 0 ? "5.1" : ""), /a result of its own/],
  ])("%s", (_, cell, why) => {
    const { axes, leftOut } = out(rows(cell));
    expect(axes).toEqual(["x"]);
    expect(leftOut).toEqual([{ column: "odd", why: expect.stringMatching(why) }]);
  });

  test("categories and numbers stay, and so does the one axis of a scan", () => {
    expect(out(rows((k) => ["Cu", "Ag"][k % 2]!)).axes).toEqual(["x", "odd"]);
    expect(out(rows((k) => String(k * k))).axes).toEqual(["x", "odd"]);
    expect(out(table("T,y", "0,1", "1,2", "2,", "3,")).axes).toEqual(["T"]);
  });

  test("one typo among numbers is refused by its line; a unit in every cell is read", () => {
    const typo = rows((k) => (k === 4 ? "1.S" : String(k / 2)));
    expect(() => numericColumn(typo, 1)).toThrow('line 6: "1.S" in the column odd is not a number');
    const unit = rows((k) => `${300 + k} K`);
    expect(numericColumn(unit, 1)).toMatchObject({
      unit: "K",
      values: Float64Array.of(300, 301, 302, 303, 304, 305),
    });
    expect(
      numericColumn(
        rows((k) => `${k}H`),
        1,
      ),
    ).toBeUndefined();
    expect(
      numericColumn(
        rows((k) => (k === 1 ? "5 h" : `${k} K`)),
        1,
      ),
    ).toBeUndefined();
  });

  test("the result where none is named: of numbers, incomplete; the label: by its name, or asked for", () => {
    expect(usualObjective(table("x,y,remarks", "1,2,", "2,,ok", "3,,"))).toBe("y");
    expect(usualObjective(table("x,y,z", "1,2,3", "2,4,5"))).toBe("z");
    expect(usualLabel(table("x,phase,note", "1,bcc,", "2,,late"), undefined)).toBe("phase");
    expect(usualLabel(table("x,a", "1,bcc", "2,"), undefined)).toBe("a");
    expect(() => usualLabel(table("x,a,b", "1,bcc,", "2,,ok"), undefined)).toThrow(
      /which one is the label/,
    );
  });
});

describe("shares of one whole", () => {
  const ternary = (edit: (row: number[], k: number) => (number | string)[]): Table => {
    const rows: number[][] = [];
    for (let a = 0; a <= 10; a++)
      for (let b = 0; a + b <= 10; b++) rows.push([a / 10, b / 10, (10 - a - b) / 10]);
    return table("p,q,A,B,C", ...rows.map((row, k) => edit(row, k).join(",")));
  };

  test("are found behind constant columns and in spite of weighing errors, which are told", () => {
    const constant = ternary((row) => [900, 4, ...row]);
    expect(findShares(constant, ["p", "q", "A", "B", "C"])).toEqual({
      names: ["A", "B", "C"],
      warnings: [],
    });
    const weighed = ternary((row, k) => [900, 4, ...row.map((x) => x * (1 + 0.02 * Math.sin(k)))]);
    const { names, warnings } = findShares(weighed, ["A", "B", "C"]);
    expect(names).toEqual(["A", "B", "C"]);
    expect(warnings.join()).toContain("A + B + C sum to 0.98");
  });

  test("a component that has no column is told; a square is none", () => {
    const left = ternary((row) => [900, 4, ...row]);
    expect(findShares(left, ["A", "B"]).warnings.join()).toMatch(
      /A and B look like two components/,
    );
    const square = table(
      "A,B",
      ...Array.from({ length: 36 }, (_, k) => `${(k % 6) / 5},${Math.floor(k / 6) / 5}`),
    );
    expect(findShares(square, ["A", "B"])).toEqual({ names: [], warnings: [] });
  });
});

describe("names with colons, commas and blanks", () => {
  test("in quotes, and the direction behind the last colon", () => {
    expect(parseObjectives('Score: crumb:max,"a, b":min,c:target:1..2')).toEqual([
      { name: "Score: crumb", direction: "max" },
      { name: "a, b", direction: "min" },
      { name: "c", direction: "target", range: { min: 1, max: 2 } },
    ]);
    expect(parseInputConstraints(['2*"bake time" - b <= 22'])).toEqual([
      { coefficients: { "bake time": 2, b: -1 }, min: undefined, max: 22 },
    ]);
    expect(parseConstraints('"a: b":..5')).toEqual([{ name: "a: b", min: undefined, max: 5 }]);
    expect(nameList("--axes", '"Time, min", salt')).toEqual(["Time, min", "salt"]);
    expect(() => nameList("--axes", "a,,b")).toThrow(/names separated by commas/);
  });
});

test("points in flight are not proposed again, for a phase diagram too", async () => {
  const file = join(folder, "phases.csv");
  const lines = ["A,B,C,phase"];
  for (let a = 0; a <= 6; a++)
    for (let b = 0; a + b <= 6; b++)
      lines.push(
        [a, b, 6 - a - b]
          .map((n) => n / 6)
          .concat()
          .join(",") + (b % 4 ? "," : a > 3 ? ",x" : ",y"),
      );
  writeFileSync(file, lines.join("\n"));
  const argv = ["suggest", "--goal", "phase-diagram", "--candidates", file, "--json"];
  const lineOf = async (...more: string[]) =>
    JSON.parse((await tieline(...argv, ...more)).out).points[0].line as number;
  const first = await lineOf();
  expect(await lineOf("--in-flight", String(first))).not.toBe(first);
  expect((await tieline(...argv, "--in-flight", "999")).err).toContain("line 999");
});

test("the output names inputs, results and what was left out", async () => {
  const file = join(folder, "roles.csv");
  const rows = Array.from({ length: 9 }, (_, k) => `S${k},${k * 2},${k % 2 ? "" : k}`);
  writeFileSync(file, ["Sample,x,y", ...rows].join("\n"));
  const { out, err } = await tieline("suggest", "--goal", "optimise", "--candidates", file);
  expect(out).toMatch(/^Inputs x; results y\.\n/);
  expect(err).toBe(
    "warning: Sample is left out: its words differ in every row. --axes takes it in.\n",
  );
});

test("a row that is measured in part is an experiment, and no candidate again", async () => {
  const file = join(folder, "half.csv");
  const rows = Array.from(
    { length: 12 },
    (_, k) => `${k * k},${k < 5 ? k : ""},${k < 3 ? 9 - k : ""}`,
  );
  writeFileSync(file, ["x,y,z", ...rows].join("\n"));
  const { out } = await tieline(
    ...["suggest", "--goal", "optimise", "--candidates", file, "--objectives", "y:max,z:max"],
    ...["--batch", "7", "--json"],
  );
  const lines = (JSON.parse(out).points as { line: number }[]).map(({ line }) => line);
  expect(lines.sort((a, b) => a - b)).toEqual([7, 8, 9, 10, 11, 12, 13]);
});
