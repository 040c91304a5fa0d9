import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tieline } from "../support/command-line.ts";

const CONFIGURATION = `version: 1
campaigns:
  - id: wrong-bonds
    goal: effective-model
    budget: 5
    space: { kind: grid, axes: [{ name: T, values: [2, 5, 10] }, { name: H, values: [0, 5] }] }
    recipe: [{ capability: magnetisation, parameters: { temperature_K: { axis: T } } }]
    model:
      target: { quantity: J1, error_max: 0.1 }
      spec:
        spins: 4
        g: 99
        bonds:
          - { i: 0, j: 1, coupling: J1 }
          - { i: 1, j: 7, coupling: J1 }
          - { i: 2, j: 3, coupling: J9 }
        couplings:
          J1: { min: 20, max: -20 }
        curves:
          - { T: 2, H: [0, 5], m: [0, 0.1] }
          - { T: 5, H: [0, 5], m: [0, 7] }
  - id: wrong-input
    goal: optimise
    budget: 5
    space: { kind: grid, axes: [{ name: x, values: [2, 5, 10] }, { name: y, values: [0, 5] }] }
    recipe: [{ capability: magnetisation, parameters: { temperature_K: { axis: x } } }]
    model:
      objectives: [{ name: z, direction: min }]
      inputs: [nothing]
`;

async function validate(text: string) {
  const file = join(mkdtempSync(join(tmpdir(), "tieline-validate-")), "lab.yaml");
  writeFileSync(file, text);
  const { code, out, err } = await tieline("validate", "--config", file, "--json");
  const problems = (JSON.parse(out) as { problems: { line: number; text: string }[] }).problems;
  return { code, err, problems };
}

test("what only the planners can see is reported for every campaign at once, each with its line", async () => {
  const { code, err, problems } = await validate(CONFIGURATION);
  expect(code).not.toBe(0);
  expect(err).not.toContain("    at ");
  const found = problems.map(({ line, text }) => `${line} ${text.slice(0, 7)}`);
  expect(found).toEqual([
    "12 TL-8006",
    "15 TL-8003",
    "17 TL-8002",
    "18 TL-8002",
    "21 TL-8006",
    "29 there i",
  ]);
});

test("a target that is no coupling is found although the specification is sound", async () => {
  const sound = CONFIGURATION.replace("g: 99", "g: 2")
    .replace("j: 7", "j: 2")
    .replace("J9", "J1")
    .replace("{ min: 20, max: -20 }", "{ min: -20, max: 20 }")
    .replace("m: [0, 7]", "m: [0, 0.05]")
    .replace("quantity: J1", "quantity: J7")
    .replace("inputs: [nothing]", "inputs: [x]");
  const { problems } = await validate(sound);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.text).toContain("TL-8002");
});
