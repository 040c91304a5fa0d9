import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fieldAt } from "../models/phase-diagram/binary/toy-binary.ts";
import { tieline } from "../support/command-line.ts";

const folder = await mkdtemp(join(tmpdir(), "tieline-phase-"));

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

function section(): string[] {
  const lines = ["A,B,C,phases"];
  for (let a = 0; a <= 10; a++) {
    for (let b = 0; a + b <= 10; b++) {
      const label = a > 6 ? "x" : b > 6 ? "y" : a > 2 ? "x+y" : "z";
      lines.push(`${a / 10},${b / 10},${(10 - a - b) / 10},${label}`);
    }
  }
  return lines;
}

describe("evaluate phase-diagram", () => {
  test("prints the document of the design", async () => {
    const truth = await file("truth.csv", section());
    const args = ["--truth", truth, "--axes", "A,B,C", "--space", "ternary"];
    const run = await tieline(
      "evaluate",
      "phase-diagram",
      ...args,
      "--budget",
      "40",
      "--seeds",
      "2",
      "--batch",
      "5",
      "--json",
    );
    expect(run).toMatchObject({ code: 0, err: "" });
    const document = JSON.parse(run.out);
    expect(document).toMatchObject({ candidates: 66, phases: 4 });
    expect(document.runs[1].samples).toEqual([8, 13, 18, 23, 28, 33, 38, 40]);
    expect(new Set(document.runs[0].sampled).size).toBe(40);
    expect(document.runs[0].macroF1.at(-1)).toBeGreaterThan(0.9);
    expect(document.summary.samplesToMacroF1["0.8"].reached).toBe(2);
    expect(document.summary.samplesToAllPhases.mean).toBeGreaterThan(3);
  });

  test("takes the engine of binaries where a table over temperature has the ends of tie-lines", async () => {
    const rows = ["T_K,x_B,phases,phase_1,x_1_A,x_1_B,phase_2,x_2_A,x_2_B"];
    for (let T = 300; T <= 1050; T += 50) {
      for (let k = 0; k <= 20; k++) {
        const { phases, ends } = fieldAt(k / 20, T);
        const parts = phases.map((phase, j) => `${phase},${1 - ends[j]!},${ends[j]}`);
        rows.push([T, k / 20, phases.join("+"), parts[0], parts[1] ?? ",,"].join(","));
      }
    }
    const truth = await file("binary.csv", rows);
    const args = ["--truth", truth, "--axes", "T_K,x_B", "--initial", "corners", "--budget", "25"];
    const run = await tieline("evaluate", "phase-diagram", ...args, "--json");
    expect(run).toMatchObject({ code: 0, err: "" });
    const document = JSON.parse(run.out);
    expect(document.settings).toMatchObject({ coexistence: "full", method: "binary-fields" });
    expect(document.runs[0].macroF1.at(-1)).toBeGreaterThan(0.9);
    const both = rows.map((row, k) =>
      k === 0 ? `x_A,${row}` : `${1 - Number(row.split(",")[1])},${row}`,
    );
    const whole = await tieline(
      ...["evaluate", "phase-diagram", "--truth", await file("both.csv", both)],
      ...["--axes", "x_A,x_B,T_K", "--initial", "corners", "--budget", "5", "--json"],
    );
    expect(JSON.parse(whole.out).settings).toMatchObject({ method: "binary-fields" });
    const graph = await tieline(
      ...["evaluate", "phase-diagram", ...args, "--coexistence", "off", "--json"],
    );
    expect(JSON.parse(graph.out).runs[0].macroF1.at(-1)).toBeLessThan(
      document.runs[0].macroF1.at(-1),
    );
  });

  test("proposes the same points whatever the order of rows and axes and the names of phases", async () => {
    const [header, ...rows] = section();
    const mixed = rows.map((row) => row.split(",")).reverse();
    const rename: Record<string, string> = { x: "q", y: "b", "x+y": "b+q", z: "a" };
    const plain = await file("plain.csv", [header!, ...rows]);
    const turned = await file("turned.csv", [
      "C,phases,B,A",
      ...mixed.map(([a, b, c, label]) => [c, rename[label!], b, a].join(",")),
    ]);
    const chosen = async (path: string, axes: string): Promise<string[]> => {
      const run = await tieline(
        "evaluate",
        "phase-diagram",
        "--truth",
        path,
        "--axes",
        axes,
        "--budget",
        "30",
        "--batch",
        "3",
        "--json",
      );
      const lines = (await readFile(path, "utf8")).split("\n").slice(1);
      const names = (await readFile(path, "utf8")).split("\n")[0]!.split(",");
      return JSON.parse(run.out).runs[0].sampled.map((row: number) => {
        const cells = lines[row]!.split(",");
        return ["A", "B", "C"].map((axis) => cells[names.indexOf(axis)]).join();
      });
    };
    expect(await chosen(turned, "C,A,B")).toEqual(await chosen(plain, "A,B,C"));
  });

  test("names the line of a bad value and the columns there are", async () => {
    const bad = await file("bad.csv", ["A,B,C,phases", "1,0,0,x", "0,1,oops,y"]);
    const number = await tieline("evaluate", "phase-diagram", "--truth", bad, "--axes", "A,B,C");
    expect(number.code).toBe(1);
    expect(number.err).toMatch(
      /^TL-1020: .*bad\.csv, line 3: "oops" in the column C is not a number/,
    );
    const column = await tieline("evaluate", "phase-diagram", "--truth", bad, "--axes", "A,B,D");
    expect(column.err).toMatch(/^TL-1021: .*"D".*A, B, C, phases/);
    const method = await tieline(
      "evaluate",
      "phase-diagram",
      "--truth",
      bad,
      "--axes",
      "A",
      "--method",
      "magic",
    );
    expect(method).toMatchObject({ code: 2 });
  });
});

describe("evaluate phase-diagram with settings that cannot go together, or with wrong results", () => {
  test("refuses the expected risk of label spreading", async () => {
    const truth = await file("risk.csv", section());
    const run = await tieline(
      ...["evaluate", "phase-diagram", "--truth", truth, "--axes", "A,B,C"],
      ...["--method", "label-spreading", "--score", "expected-risk"],
    );
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/^TL-5003: /);
  });

  test("asks again where results contradict their surroundings", async () => {
    const truth = await file("wrong.csv", section());
    const run = await tieline(
      ...["evaluate", "phase-diagram", "--truth", truth, "--axes", "A,B,C"],
      ...["--wrong-labels", "0.1", "--budget", "60", "--json"],
    );
    expect(run.code).toBe(0);
    const [one] = JSON.parse(run.out).runs;
    expect(new Set(one.sampled).size).toBeLessThan(one.sampled.length);
    expect(one.macroF1.at(-1)).toBeGreaterThan(0.8);
  });
});

describe("suggest --goal phase-diagram", () => {
  test("its answer for programs lists the labels that somebody has found, once each", async () => {
    const rows = ["A,B,phases", "0,1,1", "0.5,0.5,1.0", "1,0,2+3", "0.25,0.75,", "0.75,0.25,"];
    const table = await file("found.csv", rows);
    const args = ["--candidates", table, "--goal", "phase-diagram", "--batch", "1", "--json"];
    const run = await tieline("suggest", ...args);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out).model.summary.labelsFound).toEqual(["1", "2+3"]);
  });

  const grid = (label: (t: number, p: number) => string): string[] => {
    const lines = ["temperature,pressure,objective"];
    for (let t = 0; t < 6; t++)
      for (let p = 0; p < 6; p++) lines.push(`${t * 10},${p * 500},${label(t, p)}`);
    return lines;
  };

  test("weighs labels by a column of confidences, and refines a grid from coarse to fine", async () => {
    const lines = section().map((line, k) =>
      k === 0
        ? `${line},sure`
        : k % 9 === 1
          ? `${line},${k === 10 ? "0.01" : "0.9"}`
          : `${line.replace(/[^,]*$/, "")},`,
    );
    const candidates = await file("sure.csv", lines);
    const common = ["--candidates", candidates, "--goal", "phase-diagram", "--label", "phases"];
    const run = await tieline(
      ...["suggest", ...common, "--confidence", "sure", "--axes", "A,B,C"],
      ...["--refine-from", "5", "--batch", "3", "--json"],
    );
    expect(run).toMatchObject({ code: 0 });
    const document = JSON.parse(run.out);
    expect(document.warnings.join()).toMatch(/too uncertain to learn from/);
    const isCoarse = (x: number): boolean => Math.abs(2 * x - Math.round(2 * x)) < 1e-9;
    for (const { parameters } of document.points) {
      expect(Object.values(parameters as Record<string, number>).every(isCoarse)).toBe(true);
    }
  });

  test("works with no label, one label, some and all", async () => {
    const cases: [string, (t: number, p: number) => string, RegExp, number][] = [
      ["none", () => "", /No candidate has a label yet/, 4],
      ["one", (t, p) => (t + p === 0 ? "1" : ""), /until a second label is found/, 4],
      ["two", (t, p) => (t + p === 0 ? "1" : t + p === 10 ? "2" : ""), /labels: 2 measured/, 4],
      ["all", (t) => (t > 2 ? "1" : "0"), /All 36 candidates have a label/, 0],
    ];
    for (const [name, label, message, points] of cases) {
      const path = await file(`${name}.csv`, grid(label));
      const run = await tieline(
        "suggest",
        "--candidates",
        path,
        "--goal",
        "phase-diagram",
        "--batch",
        "4",
        "--json",
      );
      expect(run).toMatchObject({ code: 0, err: "" });
      const document = JSON.parse(run.out);
      expect(document.message).toMatch(message);
      expect(document.points).toHaveLength(points);
      expect(new Set(document.points.map((p: { row: number }) => p.row)).size).toBe(points);
    }
  });

  test("writes the proposals to a file", async () => {
    const path = await file(
      "out-in.csv",
      grid((t) => (t === 0 ? "a" : t === 5 ? "b" : "")),
    );
    const out = join(folder, "proposals.csv");
    await tieline(
      "suggest",
      "--candidates",
      path,
      "--goal",
      "phase-diagram",
      "--batch",
      "2",
      "--out",
      out,
    );
    const lines = (await readFile(out, "utf8")).trim().split("\n");
    expect(lines[0]).toBe("row,line,temperature,pressure,score,why");
    expect(lines).toHaveLength(3);
  });
});
