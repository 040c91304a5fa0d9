import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readResults } from "../../src/tables/result-cells.ts";
import { parseTable } from "../../src/tables/table.ts";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "suggest-bounds-"));

interface Answer {
  readonly measured: number;
  readonly message: string;
  readonly table: { readonly inputs: string[]; readonly warnings: string[] };
  readonly points: { readonly parameters: { readonly t: number }; readonly why: string }[];
  readonly model: { readonly summary: { readonly best: number; readonly failed: number } };
}

/** Suggests from a scan of `t` from 0 to 20 with these results. */
async function suggest(
  results: Readonly<Record<number, string>>,
  direction = "max",
): Promise<Answer> {
  const file = join(folder, "scan.csv");
  const isWide = Object.values(results).some((text) => text.includes(","));
  const rows = Array.from(
    { length: 41 },
    (_, k) => `${k / 2},${results[k / 2] ?? (isWide ? "," : "")}`,
  );
  writeFileSync(file, [`t,y${isWide ? ",y_se" : ""}`, ...rows].join("\n"));
  const argv = `suggest --goal optimise --objectives y:${direction} --initial 4 --json`.split(" ");
  const { out, err, code } = await tieline(...argv, "--candidates", file);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Answer;
}

describe("results that are not known exactly", () => {
  test("bounds are results: learnt to their side, told with their lines, the best only where sure", async () => {
    const values = { 1: "1", 5: "2", 9: "2.2", 19: "1" };
    const plain = await suggest(values);
    const above = await suggest({ ...values, 13: ">6" });
    expect(above.measured).toBe(5);
    expect(above.table.warnings.join()).toContain('1 results of y are bounds: line 28 ">6"');
    expect(above.model.summary.best).toBe(6);
    expect(above.message).toContain("the best so far is at least 6");
    expect(Math.abs(above.points[0]!.parameters.t - 13)).toBeLessThan(2.5);
    const below = await suggest({ ...values, 13: "<=3" });
    expect(below.model.summary).toMatchObject({ best: 2.2, failed: 0 });
    // Where small is good the sides are turned.
    expect((await suggest({ ...values, 13: "<0.1" }, "min")).model.summary.best).toBe(0.1);
    expect((await suggest({ ...values, 13: "> 0.1" }, "min")).model.summary.best).toBe(1);
    expect(plain.model.summary.best).toBe(2.2);
  });

  test("a standard error is the noise of its row: what is uncertain is believed less", async () => {
    const values = { 2: "1,0.01", 6: "1.2,0.01", 10: "3,0.01", 14: "1.1,0.01", 18: "1,0.01" };
    const sure = await suggest(values);
    const doubtful = await suggest({ ...values, 10: "3,5" });
    expect(sure.table.inputs).toEqual(["t"]);
    const meanOf = ({ points }: Answer): number =>
      Number(/predicted ([\d.e+-]+)/.exec(points[0]!.why)?.[1]);
    expect(Math.abs(sure.points[0]!.parameters.t - 10)).toBeLessThan(3);
    expect(meanOf(sure)).toBeGreaterThan(2);
    expect(meanOf(doubtful)).toBeLessThan(1.8);
  });

  test.each([
    ["<0.1", { value: 0.1, bound: "below" }],
    ["≥ 1e2", { value: 100, bound: "above" }],
    ["0.5±0.1", { value: 0.5, error: 0.1 }],
    ["0.5 +/- 0.1", { value: 0.5, error: 0.1 }],
    ["2e-3 ± 1e-4", { value: 2e-3, error: 1e-4 }],
  ])("%s is read where bounds are learnt, and nowhere else", (cell, wanted) => {
    const table = parseTable(`a,y\n1,${cell}\n2,3\n`, "t.csv");
    expect(readResults(table, "y", { learnsBounds: true }).cells[0]).toMatchObject(wanted);
    expect(() => readResults(table, "y")).toThrow(/more than a number/);
  });

  test.each(["<5 (dried)", "0.5±", "1<2", "<0.1±0.2"])("%s stays an error", (cell) => {
    const table = parseTable(`a,y\n1,${cell}\n2,3\n`, "t.csv");
    expect(() => readResults(table, "y", { learnsBounds: true })).toThrow(/more than a number/);
  });

  test("a negative standard error is refused with its line", () => {
    const table = parseTable("a,y,y ±\n1,2,0.1\n2,3,-1\n", "t.csv");
    expect(() => readResults(table, "y", { learnsBounds: true })).toThrow(
      /line 3: -1 in the column y ±/,
    );
    expect(
      readResults(parseTable("a,y,y_se\n1,2,0.1\n2,3,\n", "t.csv"), "y", { learnsBounds: true })
        .cells,
    ).toEqual([
      { kind: "value", value: 2, error: 0.1 },
      { kind: "value", value: 3, error: undefined },
    ]);
  });
});
