import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "suggest-tell-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const read = (path: string): string => readFileSync(path, "utf8");
const OPTIMISE = "suggest --goal optimise --objectives yield:max".split(" ");
const tells = (...texts: string[]): string[] => texts.flatMap((text) => ["--tell", text]);

interface Answer {
  readonly measured: number;
  readonly points: { readonly parameters: Record<string, number | string> }[];
}
async function answer(...argv: string[]): Promise<Answer> {
  const { code, out, err } = await tieline(...argv, "--json");
  expect(code, err).toBe(0);
  return JSON.parse(out) as Answer;
}
const placeOf = ({ parameters }: Answer["points"][number]): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");

const grid = (): string => {
  const rows = Array.from({ length: 30 }, (_, k) => `${400 + 20 * (k % 6)},${Math.floor(k / 6)},`);
  return ["T_K,hours,yield", ...rows, ""].join("\n");
};

describe("suggest --tell", () => {
  test.each(["sobol", "latin-hypercube", "random"])(
    "%s: a design told one by one, later without options, is the design asked for at once",
    async (design) => {
      const table = file(`${design}.csv`, grid());
      const begin = [...OPTIMISE, "--initial-design", design, "--seed", "7", "--initial", "6"];
      const whole = await answer(...begin, "--candidates", table, "--batch", "6");
      let next = await answer(...begin, "--candidates", table);
      for (let k = 0; k < 5; k++) {
        expect(next.points.map(placeOf)).toEqual([placeOf(whole.points[k]!)]);
        const told = tells(`${placeOf(next.points[0]!)},yield=${0.1 * k}`);
        const options = k === 0 ? begin : ["suggest"];
        next = await answer(...options, "--candidates", table, ...told);
        expect(next.measured).toBe(k + 1);
      }
      expect(next.points.map(placeOf)).toEqual([placeOf(whole.points[5]!)]);
      const record = JSON.parse(read(`${table}.tieline.json`)) as { options: object };
      expect(record.options).toMatchObject({ goal: "optimise", seed: "7", initialDesign: design });
    },
  );

  test("in a space: the file begins, rows that wait are filled, others are appended", async () => {
    const space = file(
      "space.yaml",
      `axes:
  - { name: T_K, min: 400, max: 600, resolution: 5 }
  - { name: gas, categories: [none, "Ar, dry"] }
  - { name: flow, min: 1, max: 9, integer: true, onlyIf: { axis: gas, is: ["Ar, dry"] } }
`,
    );
    const results = join(folder, "mine.csv");
    const told = tells('T_K=500,gas="Ar, dry",flow=3,yield=0.5', "T_K=410,gas=none,yield=failed");
    const first = await answer(...OPTIMISE, "--space", space, "--results", results, ...told);
    expect(first.measured).toBe(2);
    expect(read(results)).toBe('T_K,gas,flow,yield\n500,"Ar, dry",3,0.5\n410,none,,failed\n');
    writeFileSync(results, `${read(results)}450,none,,\n`);
    const next = await answer("suggest", "--results", results, ...tells("T_K=450,yield=0.25"));
    expect(next.measured).toBe(3);
    expect(read(results)).toContain("\n450,none,,0.25\n");
    const { err } = await tieline("suggest", "--results", results, ...tells("T_K=455,yield=1"));
    expect(err).toContain("a new one lacks gas");
    const warned = await tieline("suggest", "--results", results, "--seed", "5");
    expect(warned.err).toContain("--seed 5 and not 1 as in");
  });

  test("everything else in the file stays to the letter", async () => {
    const text = '\uFEFFsep=;\r\nT_K;"note ""a""";yield\r\n400;"x;y";0,5\r\n 420 ;;NA\r\n440;;';
    const table = file("letter.csv", text);
    const { code } = await tieline(
      ...OPTIMISE,
      "--candidates",
      table,
      ...tells("T_K=420,yield=0.75"),
    );
    expect(code).toBe(0);
    expect(read(table)).toBe(text.replace("NA", "0,75"));
  });

  test("a phase, several at once, all or nothing", async () => {
    const table = file("map.csv", "x,y,phase\n0,0,A\n0,1,\n1,0,\n1,1,\n");
    const begin = ["suggest", "--goal", "phase-diagram", "--candidates", table];
    const wrong = await tieline(...begin, ...tells("x=0,y=1,phase=B", "x=3,y=0,phase=A"));
    expect(wrong.err).toMatch(/no open row with x = 3, y = 0, phase = A/);
    expect(read(table)).not.toContain("B");
    expect(existsSync(`${table}.tieline.json`)).toBe(false);
    await answer(...begin, ...tells("x=0,y=1,phase=B", "x=1,y=0,phase=A+B"));
    expect(read(table)).toBe("x,y,phase\n0,0,A\n0,1,B\n1,0,A+B\n1,1,\n");
  });

  test.each([
    ["a=1,yield=0.5", /has no open row with a = 1, yield = 0.5[\s\S]*Line 2 has yield = 0.4/],
    ["b=5,yield=0.5", /may mean the lines 3, 4/],
    ["a=2,yield=maybe", /"maybe" is no result of yield/],
    ["a=2,yield=0.5 (late)", /more than a number/],
    ["a=2,speed=1", /no column "speed"/],
    ["a=2,yield", /"yield" does not say/],
  ])("%s is refused, and the file is as it was", async (told, message) => {
    const text = "a,b,yield\n1,5,0.4\n2,5,\n3,5,\n4,6,0.1\n";
    const table = file("refused.csv", text);
    const { code, err } = await tieline(...OPTIMISE, "--candidates", table, ...tells(told));
    expect(code).not.toBe(0);
    expect(err).toMatch(message);
    expect(read(table)).toBe(text);
  });

  test("while another command writes, nothing is lost: it is refused", async () => {
    const table = file("held.csv", grid());
    file("held.csv.new", "");
    const { err } = await tieline(
      ...OPTIMISE,
      "--candidates",
      table,
      ...tells("T_K=400,hours=0,yield=1"),
    );
    expect(err).toContain("TL-1003");
    expect(err).toContain("held.csv.new");
    expect(read(table)).toBe(grid());
  });
});
