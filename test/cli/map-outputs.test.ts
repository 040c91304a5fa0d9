import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "tieline-maps-"));
const truth = join(folder, "truth.csv");
const open = join(folder, "open.csv");

beforeAll(() => {
  const rows: string[][] = [];
  for (let a = 0; a <= 10; a++) {
    for (let b = 0; a + b <= 10; b++) {
      const label = a > 6 ? "x" : b > 6 ? "y" : a > 2 ? "x+y" : "z";
      rows.push([String(a / 10), String(b / 10), String((10 - a - b) / 10), label]);
    }
  }
  writeFileSync(truth, ["A,B,C,phases", ...rows.map((row) => row.join(","))].join("\n"));
  const half = rows.map((row, k) => (k % 4 === 0 ? row : [...row.slice(0, 3), ""]).join(","));
  writeFileSync(open, ["A,B,C,phases", ...half].join("\n"));
});

const EVALUATE = ["evaluate", "phase-diagram", "--axes", "A,B,C", "--budget", "20", "--truth"];

describe("evaluate phase-diagram", () => {
  test("writes the map as JSON with probabilities and boundaries, and a PNG; JSON on stdout stays alone", async () => {
    const [map, plot] = [join(folder, "map.json"), join(folder, "map.png")];
    const run = await tieline(...EVALUATE, truth, "--map", map, "--plot", plot, "--json");
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ candidates: 66 });
    expect(run.err).toContain(map);
    const document = JSON.parse(readFileSync(map, "utf8"));
    expect(document.components).toEqual(["A", "B", "C"]);
    expect(document.candidates).toHaveLength(66);
    for (const { probabilities, probability, phases } of document.candidates) {
      expect(probabilities[phases]).toBeCloseTo(probability, 3);
      const sum = Object.values<number>(probabilities).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 1);
    }
    expect(document.candidates.filter((c: { measured: boolean }) => c.measured)).toHaveLength(20);
    expect(document.boundaries.length).toBeGreaterThan(2);
    expect([...readFileSync(plot).subarray(1, 4)].map((c) => String.fromCharCode(c)).join("")).toBe(
      "PNG",
    );
  });

  test("refuses an unknown kind of file and unknown axes before any work", async () => {
    for (const args of [
      ["--plot", "map.gif"],
      ["--map", "map.xlsx"],
      ["--plot", "map.svg", "--plot-axes", "A,D"],
      ["--plot", "map.svg", "--plot-axes", "A"],
    ]) {
      const run = await tieline(...EVALUATE, truth, ...args);
      expect(run, args.join(" ")).toMatchObject({ code: 2, out: "" });
      expect(run.err).toMatch(/^TL-1001/);
    }
  });

  test("says which file cannot be written, with exit code 1", async () => {
    const run = await tieline(...EVALUATE, truth, "--plot", join(folder, "none", "map.svg"));
    expect(run.code).toBe(1);
    expect(run.err).toMatch(/^TL-1003: .*map\.svg cannot be written/m);
  });

  test("draws two chosen axes", async () => {
    const plot = join(folder, "axes.svg");
    await tieline(...EVALUATE, truth, "--plot", plot, "--plot-axes", "C,A");
    expect(readFileSync(plot, "utf8")).toContain(">C</text>");
  });
});

describe("suggest --goal phase-diagram", () => {
  test("writes the map as CSV tables and a picture that marks the next points", async () => {
    const [map, plot] = [join(folder, "next.csv"), join(folder, "next.svg")];
    const args = ["--goal", "phase-diagram", "--batch", "3", "--map", map, "--plot", plot];
    const run = await tieline("suggest", "--candidates", open, ...args);
    expect(run.code).toBe(0);
    const lines = readFileSync(map, "utf8").trim().split("\n");
    expect(lines[0]).toMatch(/^candidateId,A,B,C,phases,probability,measured,boundary,p_/);
    expect(lines).toHaveLength(67);
    expect(existsSync(join(folder, "next-boundaries.csv"))).toBe(true);
    const svg = readFileSync(plot, "utf8");
    expect(svg.match(/<title>next: /g)).toHaveLength(6);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

describe("optimise", () => {
  const table = join(folder, "table.csv");
  beforeAll(() => {
    const rows = Array.from({ length: 100 }, (_, k) => {
      const [a, b] = [(k % 10) / 9, Math.floor(k / 10) / 9];
      return [a, b, (a - 0.6) ** 2 + (b - 0.3) ** 2, (a - 0.2) ** 2 + b].join(",");
    });
    writeFileSync(table, ["a,b,y,z", ...rows].join("\n"));
  });

  test("evaluate draws regret, slices with their uncertainty and the Pareto front beside the true one", async () => {
    const plot = join(folder, "play.svg");
    const args = "--inputs a,b --objectives y:min,z:min --initial 5 --budget 12 --seeds 2".split(
      " ",
    );
    const run = await tieline("evaluate", "optimise", "--table", table, ...args, "--plot", plot);
    expect(run.code).toBe(0);
    const svg = readFileSync(plot, "utf8");
    for (const part of ["Hypervolume of every run", "Pareto front", "true front", "y along a"]) {
      expect(svg).toContain(part);
    }
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test("suggest draws what is known and lists what comes next, as PNG too", async () => {
    const known = join(folder, "known.csv");
    const lines = readFileSync(table, "utf8").split("\n");
    const half = lines.map((line, k) => {
      const [a, b, y] = line.split(",");
      return `${a},${b},${k === 0 || k % 8 === 1 ? y : ""}`;
    });
    writeFileSync(known, half.join("\n"));
    const plot = join(folder, "next.png");
    const args = ["--goal", "optimise", "--objectives", "y:min", "--batch", "2"];
    const run = await tieline("suggest", "--candidates", known, ...args, "--plot", plot);
    expect(run.code).toBe(0);
    expect(run.err).toContain(`written: ${plot}`);
    expect(readFileSync(plot).subarray(1, 4).toString()).toBe("PNG");
  });
});
