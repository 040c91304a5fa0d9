import { describe, expect, test } from "vitest";
import { createPrng, type Prng } from "../../../src/core/prng.ts";
import {
  type EvaluationOptions,
  runEvaluation,
} from "../../../src/evaluation/phase-diagram-evaluation.ts";
import type { PhaseDiagramTruth, TruthRow } from "../../../src/evaluation/phase-diagram-truth.ts";
import { fc } from "../../support/properties.ts";

const BUDGET = 22;

/** A random map of a ternary section, with a temperature or without: the nearest of a few sites decides the label. */
function randomTruth(seed: number, hasTemperature: boolean): PhaseDiagramTruth {
  const prng = createPrng(`truth/${seed}`);
  const names = ["alpha", "beta", "alpha+beta", "liquid", "gamma"];
  const sites = names.map(() => [prng.next(), prng.next(), prng.next()] as const);
  const divisions = hasTemperature ? 5 : 9;
  const rows: TruthRow[] = [];
  for (let t = 0; t < (hasTemperature ? 4 : 1); t++) {
    for (let i = 0; i <= divisions; i++) {
      for (let j = 0; j <= divisions - i; j++) {
        const at = [i / divisions, j / divisions, (divisions - i - j) / divisions] as const;
        const near = sites.map(([a, b, c]) =>
          Math.hypot(at[0] - a, at[1] - b, hasTemperature ? t / 4 - c : 0),
        );
        const label = names[near.indexOf(Math.min(...near))] ?? "alpha";
        const parameters = { A: at[0], B: at[1], C: at[2], ...(hasTemperature && { T: 300 * t }) };
        rows.push({ parameters, label, phases: label.split("+") });
      }
    }
  }
  const components = ["A", "B", "C"];
  const axes = hasTemperature ? [...components, "T"] : components;
  return { file: "random", axes, components, rows, hasCompositions: false };
}

/** The places of a campaign in their order, as text that does not depend on the order of rows, columns or names. */
function placesOf(truth: PhaseDiagramTruth, options: Partial<EvaluationOptions>): string[] {
  const run = runEvaluation(
    truth,
    {
      settings: { coexistence: "off" },
      batch: 1,
      budget: BUDGET,
      startsAtCorners: false,
      initial: 4,
      compositionNoise: 0,
      missingCompositions: 0,
      ...options,
    },
    1,
    () => {},
  );
  return run.sampled.map((row) => {
    const parameters = truth.rows[row]?.parameters ?? {};
    return Object.keys(parameters)
      .sort()
      .map((axis) => `${axis} ${parameters[axis]}`)
      .join(", ");
  });
}

function shuffled<T>(items: readonly T[], prng: Prng): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = prng.integer(i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1000 }),
  hasTemperature: fc.boolean(),
  batch: fc.constantFrom(1, 4),
  score: fc.constantFrom(undefined, "least-confident", "entropy", "margin", "random"),
  method: fc.constantFrom(undefined, "label-propagation", "label-spreading"),
});

describe("proposals do not depend on", () => {
  test("the order of the rows", () => {
    fc.assert(
      fc.property(cases, ({ seed, hasTemperature, batch, score, method }) => {
        const truth = randomTruth(seed, hasTemperature);
        const options = { batch, settings: { coexistence: "off", score, method } as const };
        const mixed = { ...truth, rows: shuffled(truth.rows, createPrng(`rows/${seed}`)) };
        expect(placesOf(mixed, options)).toEqual(placesOf(truth, options));
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  test("the order of the columns", () => {
    fc.assert(
      fc.property(cases, ({ seed, hasTemperature, batch, score, method }) => {
        const truth = randomTruth(seed, hasTemperature);
        const options = { batch, settings: { coexistence: "off", score, method } as const };
        const axes = shuffled(truth.axes, createPrng(`axes/${seed}`));
        const rows = truth.rows.map((row) => ({
          ...row,
          parameters: Object.fromEntries(axes.map((axis) => [axis, row.parameters[axis] ?? 0])),
        }));
        const components = axes.filter((axis) => axis !== "T");
        expect(placesOf({ ...truth, axes, components, rows }, options)).toEqual(
          placesOf(truth, options),
        );
      }),
      { numRuns: 25, seed: 2 },
    );
  });

  test("the names of the phases", () => {
    const renamed: Readonly<Record<string, string>> = {
      alpha: "zeta",
      beta: "Al2Cu",
      gamma: "00",
      liquid: "B",
    };
    fc.assert(
      fc.property(cases, ({ seed, hasTemperature, batch, score, method }) => {
        const truth = randomTruth(seed, hasTemperature);
        const options = { batch, settings: { coexistence: "off", score, method } as const };
        const rows = truth.rows.map((row) => {
          const phases = row.phases.map((phase) => renamed[phase] ?? phase).sort();
          return { ...row, phases, label: phases.join("+") };
        });
        expect(placesOf({ ...truth, rows }, options)).toEqual(placesOf(truth, options));
      }),
      { numRuns: 25, seed: 3 },
    );
  });
});
