import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { spaceSchema } from "../../config/space-schema.ts";
import { tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "suggest-space-"));
const space = join(folder, "space.yaml");
writeFileSync(
  space,
  `axes:
  - { name: temperature_K, min: 300, max: 900, resolution: 1 }
  - { name: annealed, categories: ["no", "yes"] }
  - { name: anneal_K, min: 400, max: 700, resolution: 5, onlyIf: { axis: annealed, is: ["yes"] } }
`,
);
const suggest = (...more: string[]) =>
  tieline(..."suggest --goal optimise --objectives yield:max --space".split(" "), space, ...more);

interface Answer {
  readonly measured: number;
  readonly inFlight: number;
  readonly points: { readonly parameters: Record<string, number | string> }[];
}
const answer = async (...more: string[]): Promise<Answer> => {
  const { code, out, err } = await suggest("--json", ...more);
  expect(err.includes("error"), err).toBe(false);
  expect(code).toBe(0);
  return JSON.parse(out) as Answer;
};

describe("suggest --space", () => {
  test("no file yet: a design of set points; rows without a result are in flight; nothing twice", async () => {
    const results = join(folder, "results.csv");
    const first = await answer("--results", results, "--batch", "5");
    expect(first.points).toHaveLength(5);
    const place = (p: Record<string, number | string>) =>
      `${p["temperature_K"]},${p["annealed"]},${p["anneal_K"] ?? ""}`;
    const rows = first.points.map(
      ({ parameters }, k) => `${place(parameters)},${k < 4 ? 0.1 * k : ""}`,
    );
    writeFileSync(results, ["temperature_K,annealed,anneal_K,yield", ...rows, ""].join("\n"));
    const next = await answer("--results", results, "--batch", "3", "--initial", "4");
    expect([next.measured, next.inFlight]).toEqual([4, 1]);
    for (const { parameters } of [...first.points, ...next.points]) {
      expect(Number.isInteger(parameters["temperature_K"])).toBe(true);
      expect("anneal_K" in parameters).toBe(parameters["annealed"] === "yes");
    }
    const places = [...first.points, ...next.points].map(({ parameters }) => place(parameters));
    expect(new Set(places).size).toBe(8);
    const { out } = await suggest("--results", results, "--batch", "3", "--initial", "4");
    expect(out).toContain("4 results, 1 in flight; the best so far is 0.3");
    for (const { parameters } of next.points)
      expect(out).toContain(`temperature_K = ${parameters["temperature_K"]}, annealed`);
  });

  test("what the file of results has wrong is told with its line", async () => {
    const file = join(folder, "wrong.csv");
    const header = "temperature_K,annealed,anneal_K,yield,remark";
    writeFileSync(file, `${header}\n950,yes,500,0.4,hot\n500,no,,0.1,\n`);
    const { err, code } = await suggest("--results", file);
    expect(code).toBe(0);
    expect(err).toMatch(/temperature_K is outside 300..900 and was learnt as it is: .*line 2/);
    expect(err).toContain("remark is neither an axis nor a result");
    writeFileSync(file, `${header}\n500,maybe,500,0.4,\n`);
    expect((await suggest("--results", file)).err).toContain('line 2: "maybe" is no annealed');
    writeFileSync(file, `${header}\n500,yes,,0.4,\n`);
    expect((await suggest("--results", file)).err).toMatch(/line 2: "" in the column anneal_K/);
  });

  test.each([
    ["axes: [{ name: a, min: 3, max: 4, resolution: 5 }]", /no multiple of the resolution 5/],
    [
      "axes: [{ name: a, min: 0, max: 0.3 }, { name: b, min: 0, max: 0.3 }]\nfractions: [{ of: [a, b] }]",
      /:2: fractions\[0\]: the limits of the axes allow sums from 0 to 0.6, not 1/,
    ],
    [
      "axes: [{ name: a, min: 0, max: 1, onlyIf: { axis: b, is: [x] } }]",
      /no category "x" of an axis b/,
    ],
    ["axes: [{ name: a, min: 0, max: 1, step: 2 }]", /the key "step" is not known/],
  ])("%s is refused with its line", async (text, message) => {
    const file = join(folder, "bad.yaml");
    writeFileSync(file, text);
    const { code, err } = await tieline(
      ..."suggest --goal optimise --objectives y:max --space".split(" "),
      file,
    );
    expect(code).not.toBe(0);
    expect(err).toContain("TL-1010");
    expect(err).toMatch(message);
  });

  test("a campaign's box takes steps, lists and fractions; no axis of it depends on another", () => {
    const box = (...axes: object[]) =>
      spaceSchema.safeParse({ kind: "box", axes, fractions: [{ of: ["a", "b"] }] });
    const [a, b] = [
      { name: "a", min: 0, max: 1, resolution: 0.05 },
      { name: "b", min: 0, max: 0.5 },
    ];
    const parsed = box(a, b, { name: "h", values: [4, 1, 2] });
    expect(parsed.data).toMatchObject({ axes: [a, b, { values: [1, 2, 4], min: 1, max: 4 }] });
    expect(box(a, { ...b, name: "c" }).error?.message).toMatch(/"b\\*" is no axis with min/);
    const gas = { name: "gas", categories: ["x", "y"] };
    const dependent = { ...b, onlyIf: { axis: "gas", is: ["x"] } };
    expect(box(a, gas, dependent).error?.message).toContain("onlyIf");
  });

  test("one of --space and --candidates, for optimise", async () => {
    const both = await suggest("--candidates", resolve("examples/reactions.csv"));
    expect(both.err).toContain("Name one of --candidates and --space");
    const other = await tieline("suggest", "--goal", "phase-diagram", "--space", space);
    expect(other.err).toContain("--space is for --goal optimise");
    expect((await suggest("--cost", "c")).err).toContain("--cost goes with --candidates");
  });

  test("the example's points are written as set points", async () => {
    const out = join(folder, "next.csv");
    const example = (name: string) => resolve("examples", name);
    const { code } = await tieline(
      ..."suggest --goal optimise --objectives yield:max --batch 2 --space".split(" "),
      ...[example("synthesis-space.yaml"), "--results", example("synthesis.csv"), "--out", out],
    );
    expect(code).toBe(0);
    const [header, ...rows] = readFileSync(out, "utf8").trim().split("\n");
    expect(header).toBe("Al,Mg,Zn,melt_K,crucible,annealed,anneal_K,hours,score,why");
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      const [al = "", mg = "", zn = ""] = row.split(",");
      expect(Number(al) + Number(mg) + Number(zn)).toBeCloseTo(1, 9);
      for (const share of [al, mg, zn]) expect(share).toMatch(/^[01](\.\d\d?)?$/);
    }
  });
});
