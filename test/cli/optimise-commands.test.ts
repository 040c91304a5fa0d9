import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parseInputConstraints, parseObjectives } from "../../src/cli/optimise-options.ts";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "optimise-commands-"));
const table = join(folder, "known.csv");
const open = join(folder, "open.csv");

beforeAll(() => {
  const rows = Array.from({ length: 144 }, (_, k) => {
    const [a, b] = [(k % 12) / 11, Math.floor(k / 12) / 11];
    return { a, b, y: (a - 0.6) ** 2 + (b - 0.3) ** 2, z: a + b };
  });
  const text = rows.map(({ a, b, y, z }) => `${a},${b},${y},${z}`);
  writeFileSync(table, ["a,b,y,z", ...text].join("\n"));
  const half = rows.map(({ a, b, y }, k) => `${a},${b},${k % 9 === 0 ? y : k === 50 ? "nan" : ""}`);
  writeFileSync(open, ["a,b,y", ...half].join("\n"));
});

describe("evaluate optimise", () => {
  test("gives the documented fields and reaches the optimum", async () => {
    const { code, out } = await tieline(
      ..."evaluate optimise --inputs a,b --objectives y:min --initial 5 --budget 25".split(" "),
      ...["--table", table, "--seeds", "2", "--json"],
    );
    expect(code).toBe(0);
    const document = JSON.parse(out) as {
      candidates: number;
      optimum: number;
      runs: Record<string, number[]>[];
      summary: { simpleRegret: Record<string, { mean: number; median: number }> };
    };
    expect(document.candidates).toBe(144);
    expect(document.runs).toHaveLength(2);
    const first = document.runs[0]!;
    expect(first["evaluations"]!.at(-1)).toBe(25);
    expect(first["best"]!.at(-1)).toBe(document.optimum);
    expect(new Set(first["sampled"]).size).toBe(25);
    expect(first["proposal_ms"]).toHaveLength(first["evaluations"]!.length);
    expect(document.summary.simpleRegret["25"]).toEqual({ mean: 0, median: 0, sd: 0 });
  });

  test("several objectives: hypervolume, never above that of all candidates", async () => {
    const { code, out } = await tieline(
      ..."evaluate optimise --inputs a,b --objectives y:min,z:max --reference 1,0".split(" "),
      ...["--table", table, "--budget", "20", "--batch", "5", "--json"],
    );
    expect(code).toBe(0);
    const document = JSON.parse(out) as {
      hypervolume_max: number;
      runs: { hypervolume: number[] }[];
    };
    const curve = document.runs[0]!.hypervolume;
    expect(curve.at(-1)).toBeGreaterThan(0.85 * document.hypervolume_max);
    expect(curve.at(-1)).toBeLessThanOrEqual(document.hypervolume_max + 1e-12);
    expect([...curve].sort((p, q) => p - q)).toEqual(curve);
  });

  test.each([
    [["--objectives", "y:best"], "TL-1001"],
    [["--objectives", "y:min", "--batch", "0"], "TL-1001"],
    [["--objectives", "y:min", "--reference", "1,2"], "TL-1001"],
  ])("%s is a misuse", async (argv, code) => {
    const result = await tieline(
      "evaluate",
      "optimise",
      "--table",
      table,
      "--inputs",
      "a,b",
      ...argv,
    );
    expect(result.code).toBe(2);
    expect(result.err).toContain(code);
  });

  test("a missing column is named with the columns there are", async () => {
    const result = await tieline(
      ...["evaluate", "optimise", "--table", table, "--inputs", "a,q", "--objectives", "y:min"],
    );
    expect(result.code).toBe(1);
    expect(result.err).toMatch(/TL-1021.*"q".*a, b, y, z/);
  });
});

describe("suggest --goal optimise", () => {
  test("proposes unmeasured lines, counts failures, and writes the batch", async () => {
    const file = join(folder, "next.csv");
    const argv = ["suggest", "--goal", "optimise", "--candidates", open, "--batch", "3"];
    const { code, out } = await tieline(...argv, "--objectives", "y:min", "--out", file, "--json");
    expect(code).toBe(0);
    const document = JSON.parse(out) as {
      measured: number;
      points: { row: number; line: number }[];
      model: { summary: { failed: number } };
    };
    expect(document.measured).toBe(17);
    expect(document.model.summary.failed).toBe(1);
    expect(document.points).toHaveLength(3);
    for (const { row, line } of document.points) {
      expect(line).toBe(row + 2);
      expect(row % 9).not.toBe(0);
      expect(row).not.toBe(50);
    }
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(4);
    const again = await tieline(...argv, "--objectives", "y:min", "--json");
    expect(JSON.parse(again.out)).toEqual(JSON.parse(out));
  });

  test("an axis cannot be a result as well", async () => {
    const result = await tieline(
      ...["suggest", "--goal", "optimise", "--candidates", open, "--axes", "a,y"],
      ...["--objectives", "y:min"],
    );
    expect(result.code).toBe(2);
  });
});

describe("option texts", () => {
  test("objectives with a target range", () => {
    expect(parseObjectives("y:min, t:target:-1..2.5")).toEqual([
      { name: "y", direction: "min" },
      { name: "t", direction: "target", range: { min: -1, max: 2.5 } },
    ]);
    expect(() => parseObjectives("t:target")).toThrow(/not a number/);
  });

  test("linear constraints", () => {
    expect(parseInputConstraints(["a + 2*b - c <= 1.5", "a=0.2"])).toEqual([
      { coefficients: { a: 1, b: 2, c: -1 }, min: undefined, max: 1.5 },
      { coefficients: { a: 1 }, min: 0.2, max: 0.2 },
    ]);
    expect(() => parseInputConstraints(["a*b<=1"])).toThrow(/linear/);
  });
});
