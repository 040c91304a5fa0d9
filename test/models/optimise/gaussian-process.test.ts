import { describe, expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import { FantasyPosterior } from "../../../src/models/optimise/fantasy-posterior.ts";
import { GaussianProcess } from "../../../src/models/optimise/gaussian-process.ts";
import { defaultPrior } from "../../../src/models/optimise/hyperparameters.ts";
import type { Inputs, KernelKind } from "../../../src/models/optimise/kernel.ts";
import { leaveOneOut } from "../../../src/models/optimise/leave-one-out.ts";
import { createMarginalLikelihood } from "../../../src/models/optimise/marginal-likelihood.ts";
import { posteriorAt } from "../../../src/models/optimise/posterior-gradient.ts";
import { SparseGaussianProcess } from "../../../src/models/optimise/sparse-gaussian-process.ts";
import {
  learningCount,
  Surrogate,
  scheduledCount,
} from "../../../src/models/optimise/surrogate.ts";
import { createTrainingSet, type TrainingRow } from "../../../src/models/optimise/training-set.ts";

const GROUPS = Int32Array.of(0, 1);
const THETA = { widths: Float64Array.of(0.4, 0.7), signal: 1.1, noise: 0.05 };
const f = (a: number, b: number): number => Math.sin(5 * a) + b * b;

function rowsOf(count: number, seed = "rows"): TrainingRow[] {
  const prng = createPrng(seed);
  return Array.from({ length: count }, () => {
    const x = Float64Array.of(prng.next(), prng.next());
    return { x, value: f(x[0]!, x[1]!) };
  });
}

function poolOf(count: number): Inputs {
  const prng = createPrng("pool");
  return { count, columns: 2, values: Float64Array.from({ length: 2 * count }, () => prng.next()) };
}

const pointOf = (pool: Inputs, n: number): Float64Array =>
  Float64Array.of(pool.values[n]!, pool.values[pool.count + n]!);

function trained(count: number, kind: KernelKind = "matern-5/2"): GaussianProcess {
  return new GaussianProcess(createTrainingSet(rowsOf(count), 2), THETA, GROUPS, kind);
}

describe.each(["squared-exponential", "matern-5/2"] as const)("kernel %s", (kind) => {
  test("the likelihood's gradient agrees with differences, known noise and repeats included", () => {
    const rows = rowsOf(15).map((row, k) => (k % 4 === 0 ? { ...row, uncertainty: 0.1 } : row));
    rows.push({ ...rows[3]!, value: rows[3]!.value + 0.1 });
    const evaluate = createMarginalLikelihood(
      createTrainingSet(rows, 2),
      GROUPS,
      kind,
      defaultPrior(2),
    );
    const theta = Float64Array.of(-0.7, -0.2, 0.1, -2.5);
    const gradient = new Float64Array(4);
    evaluate(theta, gradient);
    for (let k = 0; k < 4; k++) {
      const at = (step: number): number => {
        const moved = theta.slice();
        moved[k]! += step;
        return evaluate(moved, new Float64Array(4));
      };
      expect(gradient[k]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 4);
    }
  });

  test("the posterior's gradient agrees with differences", () => {
    const gp = trained(20, kind);
    const alpha = gp.alpha();
    const x = Float64Array.of(0.31, 0.62);
    const here = posteriorAt(gp, alpha, x);
    for (let c = 0; c < 2; c++) {
      const at = (step: number) => {
        const moved = x.slice();
        moved[c]! += step;
        return posteriorAt(gp, alpha, moved);
      };
      const [up, down] = [at(1e-5), at(-1e-5)];
      expect(here.meanGradient[c]).toBeCloseTo((up.mean - down.mean) / 2e-5, 5);
      expect(here.varianceGradient[c]).toBeCloseTo((up.variance - down.variance) / 2e-5, 5);
    }
  });
});

describe("the incremental posterior", () => {
  test("rows appended one by one give the posterior of the whole", () => {
    const pool = poolOf(60);
    const rows = rowsOf(40);
    const grown = new GaussianProcess(
      { ...createTrainingSet(rows, 2), ...subset(rows, 25) },
      THETA,
      GROUPS,
      "matern-5/2",
    );
    const belief = grown.over(pool);
    for (const row of rows.slice(25)) grown.append(row.x, row.value);
    belief.update();
    const alpha = grown.alpha();
    for (let n = 0; n < 60; n++) {
      const point = posteriorAt(grown, alpha, pointOf(pool, n));
      expect(belief.mean[n]).toBeCloseTo(point.mean, 9);
      expect(belief.variance[n]).toBeCloseTo(point.variance, 9);
    }
  });

  test("conditioning on imagined outcomes is what learning them would give", () => {
    const pool = poolOf(50);
    const gp = trained(20);
    const belief = gp.over(pool);
    const fantasy = new FantasyPosterior(belief, 4, createPrng("draws"));
    const first = fantasy.condition(7);
    const second = fantasy.condition(31);
    const learnt = trained(20);
    const user = (y: number): number => learnt.output.toUser(y);
    learnt.append(pointOf(pool, 7), user(first[2]!));
    learnt.append(pointOf(pool, 31), user(second[2]!));
    const expected = learnt.over(pool);
    for (let n = 0; n < 50; n++) {
      expect(fantasy.mean(2)[n]).toBeCloseTo(expected.mean[n]!, 8);
      expect(fantasy.variance[n]).toBeCloseTo(expected.variance[n]!, 8);
    }
  });

  test("paths have the posterior's mean and deviation", () => {
    const pool = poolOf(12);
    const belief = trained(15).over(pool);
    const prng = createPrng("paths");
    const draws = Array.from({ length: 1500 }, () => belief.drawPath(prng));
    for (let n = 0; n < 12; n++) {
      const mean = draws.reduce((sum, path) => sum + path[n]!, 0) / draws.length;
      const variance = draws.reduce((sum, path) => sum + (path[n]! - mean) ** 2, 0) / draws.length;
      expect(Math.abs(mean - belief.mean[n]!)).toBeLessThan(
        0.1 * Math.sqrt(belief.variance[n]!) + 0.01,
      );
      expect(variance).toBeGreaterThan(0.75 * belief.variance[n]! - 1e-3);
      expect(variance).toBeLessThan(1.35 * belief.variance[n]! + 2e-3);
    }
  });

  test("an exact repetition without noise is passed over instead of breaking the factor", () => {
    const data = createTrainingSet(
      rowsOf(10).map((r) => ({ ...r, uncertainty: 1e-9 })),
      2,
    );
    const gp = new GaussianProcess(data, { ...THETA, noise: 1e-9 }, GROUPS, "matern-5/2");
    expect(gp.append(rowsOf(10)[3]!.x, 99, 1e-12)).toBe(false);
    expect([...gp.fitted()].every(Number.isFinite)).toBe(true);
  });
});

test("leave-one-out predictions are those of models without the point", () => {
  const rows = rowsOf(14);
  const data = createTrainingSet(rows, 2);
  const gp = new GaussianProcess(data, THETA, GROUPS, "matern-5/2");
  const { residuals, r2 } = leaveOneOut(gp);
  for (const left of [0, 5, 13]) {
    const kept = rows.filter((_, k) => k !== left);
    const without = new GaussianProcess(
      {
        ...data,
        ...subsetOf(
          data,
          kept.map((row) => rows.indexOf(row)),
        ),
      },
      THETA,
      GROUPS,
      "matern-5/2",
    );
    const prediction = posteriorAt(without, without.alpha(), rows[left]!.x).mean;
    // The mean is re-estimated without the point; everything else is the same.
    expect(residuals[left]).toBeCloseTo(prediction - data.y[left]!, 1);
  }
  expect(r2).toBeGreaterThan(0.8);
});

describe("the sparse model", () => {
  const rows = rowsOf(400);
  const data = createTrainingSet(rows, 2);
  const make = (upTo: number): SparseGaussianProcess =>
    new SparseGaussianProcess({ ...data, ...subset(rows, upTo) }, THETA, GROUPS, "matern-5/2", {
      poolCount: 100,
      prng: createPrng("inducing"),
    });

  test("agrees with the exact model where inducing points suffice", () => {
    const pool = poolOf(100);
    const exact = new GaussianProcess(data, THETA, GROUPS, "matern-5/2").over(pool);
    const sparse = make(400).over(pool);
    for (let n = 0; n < 100; n++) {
      expect(sparse.mean[n]).toBeCloseTo(exact.mean[n]!, 1);
      expect(sparse.variance[n]).toBeLessThan(exact.variance[n]! + 1e-3);
    }
  });

  test("appended results move the posterior as a rebuild would", () => {
    const pool = poolOf(80);
    const grown = make(390);
    const belief = grown.over(pool);
    for (const row of rows.slice(390)) grown.append(row.x, row.value);
    belief.update();
    const fresh = grown.over(pool);
    const rebuilt = make(400).over(pool);
    for (let n = 0; n < 80; n++) {
      expect(belief.mean[n]).toBeCloseTo(fresh.mean[n]!, 12);
      expect(belief.mean[n]).toBeCloseTo(rebuilt.mean[n]!, 1);
    }
    const path = belief.drawPath(createPrng("p"));
    expect([...path].every(Number.isFinite)).toBe(true);
  });
});

describe("learning on a schedule", () => {
  test("counts never lie ahead and grow with the data", () => {
    let last = 0;
    for (let n = 0; n < 3000; n++) {
      const scheduled = scheduledCount(n);
      expect(scheduled).toBeLessThanOrEqual(n);
      expect(scheduled).toBeGreaterThanOrEqual(last);
      expect(n - scheduled).toBeLessThanOrEqual(Math.max(2, 0.06 * n));
      last = scheduled;
    }
  });

  test("with many results the model of the step before answers, and learning ahead changes nothing", () => {
    expect([60, 100, 104, 105, 110, 111, 200].map(learningCount)).toEqual([
      60, 100, 100, 100, 100, 105, 186,
    ]);
    const make = () => new Surrogate({ groups: GROUPS, kind: "matern-5/2", seed: "s" });
    const [plain, ahead] = [make(), make()];
    const rows = rowsOf(112);
    for (const count of [103, 105, 111, 112]) {
      plain.update(rows.slice(0, count));
      ahead.update(rows.slice(0, count));
      ahead.learnAhead();
      expect(ahead.gp!.theta).toEqual(plain.gp!.theta);
    }
    const fresh = make();
    fresh.update(rows);
    expect(fresh.gp!.theta).toEqual(plain.gp!.theta);
  });

  test("values scaled by 1e12 or 1e-12 give the same model in standardised units", () => {
    const learn = (scale: number): Surrogate => {
      const surrogate = new Surrogate({ groups: GROUPS, kind: "matern-5/2", seed: "s" });
      surrogate.update(rowsOf(25).map((row) => ({ ...row, value: scale * row.value })));
      return surrogate;
    };
    const [one, large, small] = [learn(1), learn(2 ** 40), learn(2 ** -40)];
    expect([...large.gp!.theta.widths]).toEqual([...one.gp!.theta.widths]);
    expect([...small.gp!.theta.widths]).toEqual([...one.gp!.theta.widths]);
  });
});

function subset(rows: readonly TrainingRow[], count: number) {
  const all = createTrainingSet(rows, 2);
  return subsetOf(
    all,
    Array.from({ length: count }, (_, k) => k),
  );
}

function subsetOf(all: ReturnType<typeof createTrainingSet>, kept: readonly number[]) {
  return {
    count: kept.length,
    x: Float64Array.from(kept.flatMap((k) => [all.x[2 * k]!, all.x[2 * k + 1]!])),
    y: Float64Array.from(kept, (k) => all.y[k]!),
    replicates: Float64Array.from(kept, (k) => all.replicates[k]!),
    knownVariance: Float64Array.from(kept, (k) => all.knownVariance[k]!),
  };
}
