import { describe, expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import { createCompiledEvidence } from "../../../src/models/optimise/compiled-evidence.ts";
import { descendFromTwo } from "../../../src/models/optimise/descend-likelihood.ts";
import {
  createPlainEvidence,
  type EvidenceProblem,
} from "../../../src/models/optimise/evidence.ts";
import { fitHyperparameters } from "../../../src/models/optimise/fit-hyperparameters.ts";
import { defaultPrior } from "../../../src/models/optimise/hyperparameters.ts";
import type { KernelKind } from "../../../src/models/optimise/kernel.ts";
import { createMarginalLikelihood } from "../../../src/models/optimise/marginal-likelihood.ts";
import { createTrainingSet } from "../../../src/models/optimise/training-set.ts";

function problem(count: number, kind: KernelKind, seed: string): EvidenceProblem {
  const prng = createPrng(seed);
  const distances = [0, 1, 2].map(() => {
    const x = Float64Array.from({ length: count }, () => prng.next());
    const pairs: number[] = [];
    for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) pairs.push((x[i]! - x[j]!) ** 2);
    return Float64Array.from(pairs);
  });
  return { count, kind, distances, y: Float64Array.from({ length: count }, () => prng.normal()) };
}

function expectClose(a: Float64Array, b: Float64Array): void {
  expect(a.length).toBe(b.length);
  const most = b.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(1e-9 * most);
}

describe.each(["squared-exponential", "matern-5/2"] as const)("the evidence with %s", (kind) => {
  test("in WebAssembly is that of the plain code, also while other problems are asked in between", () => {
    const inverseSquares = Float64Array.of(9, 4, 0.5);
    // Every remainder by 4 of the padding.
    const pairs = [101, 102, 103, 104, 30].map((count) => {
      const one = problem(count, kind, `rows ${count}`);
      const compiled = createCompiledEvidence(one);
      if (compiled === undefined) throw new Error("there is no WebAssembly");
      return { count, compiled, plain: createPlainEvidence(one) };
    });
    for (let round = 0; round < 2; round++) {
      for (const { count, compiled, plain } of pairs) {
        const s2 = 1.3 + round;
        const diagonal = Float64Array.from({ length: count }, (_, i) => s2 + 0.01 * (1 + (i % 3)));
        const [a, b] = [compiled, plain].map((one) => one.factor(inverseSquares, s2, diagonal)!);
        for (const part of ["pivots", "z", "ones"] as const) expectClose(a![part], b![part]);
        const [p, q] = [compiled.slopes(a!.z), plain.slopes(b!.z)];
        expectClose(p.widths, q.widths);
        expectClose(p.diagonal, q.diagonal);
        expect(Math.abs(p.signal / q.signal - 1)).toBeLessThan(1e-9);
      }
    }
  });

  test("is undefined where the matrix cannot be factored", () => {
    const one = problem(120, kind, "no matrix");
    const diagonal = new Float64Array(120).fill(0.1);
    expect(createCompiledEvidence(one)?.factor(Float64Array.of(1, 1, 1), 1, diagonal)).toBe(
      undefined,
    );
  });
});

test("with many groups of many rows the memory is spared", () => {
  const { count, kind, y, distances } = problem(320, "matern-5/2", "many");
  const many = Array.from({ length: 40 }, () => distances[0]!);
  expect(createCompiledEvidence({ count, kind, y, distances: many })).toBe(undefined);
});

/** Results of a function with an axis that says nothing, with instruments' deviations and repetitions among them. */
function rowsOf(count: number) {
  const prng = createPrng("many results");
  return Array.from({ length: count }, (_, k) => {
    const x = Float64Array.from({ length: 3 }, () => prng.next());
    const value = Math.sin(6 * x[0]!) + x[1]! ** 2 + 0.05 * prng.normal();
    return k % 5 === 0 ? { x, value, uncertainty: 0.07 } : { x, value };
  });
}
const GROUPS = Int32Array.of(0, 1, 2);
const PRIOR = defaultPrior(3);

test("the gradient with many results agrees with differences, known noise and repeats included", () => {
  const rows = rowsOf(130);
  rows.push({ x: rows[3]!.x, value: rows[3]!.value + 0.1 });
  const evaluate = createMarginalLikelihood(
    createTrainingSet(rows, 3),
    GROUPS,
    "matern-5/2",
    PRIOR,
  );
  const theta = Float64Array.of(-0.7, -0.2, 0.5, 0.1, -2.5);
  const gradient = new Float64Array(5);
  evaluate(theta, gradient);
  for (let k = 0; k < 5; k++) {
    const at = (step: number): number => {
      const moved = theta.slice();
      moved[k]! += step;
      return evaluate(moved, new Float64Array(5));
    };
    expect(Math.abs(gradient[k]! - (at(1e-5) - at(-1e-5)) / 2e-5)).toBeLessThan(1e-3);
  }
});

test("many results are learnt as well from two starts as by a long search, in fewer calls", () => {
  const kind = "matern-5/2";
  const prng = createPrng("fit");
  const warm = fitHyperparameters({
    ...{ data: createTrainingSet(rowsOf(90), 3), groups: GROUPS, kind, prng },
  }).hyperparameters;
  const data = createTrainingSet(rowsOf(180), 3);
  const fit = fitHyperparameters({ data, groups: GROUPS, kind, warm, prng });
  const long = fitHyperparameters({ data, groups: GROUPS, kind, warm, prng, calls_max: 300 });
  expect(fit.value).toBeLessThan(long.value + 0.05);
  expect(fit.calls).toBeLessThan(29);
});

test("where the last optimum's valley is the worse one, the other start's is taken", () => {
  // Two valleys along the first axis: at -1 (depth 1) and at 2 (depth 5).
  const valleys = (x: Float64Array, gradient: Float64Array): number => {
    const [a, b] = [x[0]!, x[1]!];
    const [near, far] = [Math.exp(-2 * (a + 1) ** 2), 5 * Math.exp(-2 * (a - 2) ** 2)];
    gradient[0] = 4 * (a + 1) * near + 4 * (a - 2) * far;
    gradient[1] = 2 * b;
    return b * b - near - far;
  };
  const { best } = descendFromTwo({
    ...{ whole: valleys, part: valleys, ratio: 1 },
    ...{ warm: Float64Array.of(-1.2, 0.4), centre: Float64Array.of(1.6, 0.5) },
    ...{ lower: Float64Array.of(-4, -4), upper: Float64Array.of(4, 4) },
  });
  expect(best.x[0]).toBeCloseTo(2, 2);
});

test("the curvature of a part is that of the whole once it is multiplied by their ratio", () => {
  // One minimum, 40 times as steep in the whole as in the part.
  const bowl =
    (scale: number) =>
    (x: Float64Array, gradient: Float64Array): number => {
      const weights = [1, 30, 900];
      for (const [i, w] of weights.entries()) gradient[i] = 2 * scale * w * (x[i]! - 1);
      return weights.reduce((sum, w, i) => sum + scale * w * (x[i]! - 1) ** 2, 0);
    };
  /** How far from the minimum the whole is asked next, after the last optimum. */
  const firstStepOf = (ratio: number): number => {
    const asked: number[] = [];
    const whole = bowl(4000);
    descendFromTwo({
      whole: (x, gradient) => {
        asked.push(Math.hypot(...x.map((v) => v - 1)));
        return whole(x, gradient);
      },
      ...{ part: bowl(100), ratio, warm: Float64Array.of(0.4, 0.9, 1.2) },
      ...{ centre: Float64Array.of(1, 1, 1), lower: Float64Array.of(-9, -9, -9) },
      upper: Float64Array.of(9, 9, 9),
    });
    return asked[1]!;
  };
  const right = firstStepOf(40);
  for (const wrong of [1, 1600]) expect(right).toBeLessThan(0.3 * firstStepOf(wrong));
});

test("where noise is at its floor the jitter's share of the signal's derivative counts", () => {
  const rows = rowsOf(140).map(({ x }) => ({
    x: x.subarray(0, 2),
    value: Math.sin(5 * x[0]!) + x[1]!,
  }));
  const data = createTrainingSet(rows, 2);
  const evaluate = createMarginalLikelihood(data, GROUPS.subarray(0, 2), "matern-5/2", PRIOR);
  const theta = Float64Array.of(0.28, 1.77, 1.22, Math.log(1e-4));
  const gradient = new Float64Array(4);
  evaluate(theta, gradient);
  const at = (step: number): number => {
    const moved = theta.slice();
    moved[2]! += step;
    return evaluate(moved, new Float64Array(4));
  };
  expect(Math.abs(gradient[2]! - (at(1e-4) - at(-1e-4)) / 2e-4)).toBeLessThan(1);
});
