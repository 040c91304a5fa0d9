import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CommandRun, tieline } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "tieline-effective-"));
const dimer = {
  ...{ spins: 2, spin: 0.5, g: 2.08, T: [1.5, 10], H: [0, 10, 20] },
  bonds: [{ i: 0, j: 1, J: -2 }],
};
const fit = {
  ...{ spins: 2, spin: 0.5, g: 2.08, seed: 3, sweeps: 100, samples: 50 },
  bonds: [{ i: 0, j: 1, coupling: "J1" }],
  couplings: { J1: { min: -20, max: 20 } },
  curves: [{ T: 1.5, H: [0, 10, 15, 20, 30], m: [0.002, 0.001, 0.1, 0.48, 0.5] }],
};

function run(args: readonly string[], spec: unknown): Promise<CommandRun> {
  const file = join(folder, `${Math.floor(performance.now() * 1000)}.json`);
  writeFileSync(file, typeof spec === "string" ? spec : JSON.stringify(spec));
  return tieline("effective-model", ...args, "--spec", file);
}

describe("effective-model forward", () => {
  test("--json prints one document with the fields of the contract", async () => {
    const { code, out, err } = await run(["forward", "--json"], dimer);
    expect([code, err]).toEqual([0, ""]);
    const result = JSON.parse(out) as Record<string, unknown>;
    expect(result["spinGap_meV"]).toBeCloseTo(2, 12);
    expect(result["magnetisation"]).toHaveLength(2);
    for (const field of ["groundEnergy_meV", "gapToM1_meV", "specificHeat_kB", "susceptibility"]) {
      expect(result).toHaveProperty(field);
    }
  });

  test("text for a person names the gap and the step", async () => {
    const { out } = await run(["forward"], dimer);
    expect(out).toMatch(/spin gap +2\.000000 meV/);
    expect(out).toMatch(/16\.612 T +M 0 -> 1/);
  });

  test.each([
    ["text that is not JSON", "{", "TL-8002"],
    ["a bond to itself", { ...dimer, bonds: [{ i: 0, j: 0, J: 1 }] }, "TL-8003"],
    ["fields in oersted", { ...dimer, H: [50_000] }, "TL-8006"],
  ])("%s is a misuse, in one line", async (_name, spec, code) => {
    const result = await run(["forward", "--json"], spec);
    expect(result.code).toBe(2);
    expect(result.out).toBe("");
    expect(result.err).toMatch(new RegExp(`^${code}: .+\n$`));
  });
});

describe("effective-model estimate", () => {
  test("--json and --report: the fields of the contract and a page without references", async () => {
    const report = join(folder, "fit.html");
    const { code, out } = await run(["estimate", "--json", "--report", report], fit);
    expect(code).toBe(0);
    const result = JSON.parse(out) as { J: Record<string, { value: number; error: number }> };
    expect(result.J["J1"]?.value).toBeLessThan(-1.5);
    for (const field of [
      "correlation",
      "lambda",
      "sigma",
      "spinGap_meV",
      "otherModes",
      "evaluations",
      "evidence",
    ]) {
      expect(result).toHaveProperty(field);
    }
    const html = readFileSync(report, "utf8");
    expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(3);
    expect(html).not.toMatch(/NaN|undefined|(src|href)=/);
  });

  test("too few values for the couplings is a misuse", async () => {
    const curves = [{ T: 2, H: [10], m: [0.1] }];
    const { code, err } = await run(["estimate"], { ...fit, curves });
    expect(code).toBe(2);
    expect(err).toMatch(/^TL-8007/);
  });
});
