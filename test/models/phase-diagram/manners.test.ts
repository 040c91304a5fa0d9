import { describe, expect, test } from "vitest";
import { createPrng, shuffled } from "../../../src/core/prng.ts";
import type { MapModel, PhaseEvidence } from "../../../src/models/phase-diagram/map-model.ts";
import { ENGINES, type ToyEngine } from "./engines.ts";

const request = {
  count: 1,
  pending: [] as number[],
  pendingElsewhere: [] as Float64Array[],
  excluded: new Set<number>(),
  seed: "1",
};

/** A model that knows the corners, and a few results around. */
function started(engine: ToyEngine, results = 0): MapModel {
  const model = engine.create();
  engine.known.forEach((i, k) => {
    model.observe({ ...engine.truth(i, -1 - k), known: true });
  });
  for (let n = 0; n < results; n++) {
    const [point] = model.rank({ ...request, seed: `${n}`, excluded: new Set([engine.middle]) });
    model.observe(engine.truth(point!.candidate, 100 + n));
  }
  return model;
}

/** A result that names one phase at a candidate. */
function said(candidate: number, phase: string, id: number, confidence = 1): PhaseEvidence {
  return { id, candidate, phases: [phase], confidence, known: false };
}

function labelAt(model: MapModel, i: number): string | undefined {
  const { labels, label } = model.predict();
  return labels[label[i]!];
}

/** Everything that a model tells, with figures rounded: how it learnt may show in their last digits. */
function told(model: MapModel): unknown {
  const { labels, label, certainty, probabilities } = model.predict();
  const round = (x: number): number => Math.round(x * 1e7) / 1e7;
  const { meanCertainty, ...status } = model.status();
  return JSON.parse(
    JSON.stringify(
      {
        labels: Array.from(label, (k) => labels[k] ?? ""),
        known: labels,
        certainty: Array.from(certainty),
        columns: probabilities.map((column) => Array.from(column)),
        status: { meanCertainty, ...status },
        next: model.rank({ ...request, count: 5 }).map(({ candidate, why }) => [candidate, why]),
        geometry: model.geometry(),
        origins: Array.from(label, (_, i) => model.originOf?.(i)),
      },
      (_, value) => (typeof value === "number" ? round(value) : value),
    ),
  );
}

describe.each(ENGINES.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const { middle, grid } = engine;

  test("sets a lone result of a confidence below 0.5 aside, and asks for it again", () => {
    const model = started(engine);
    model.observe(said(middle, "WRONG", 1, 0.1));
    expect(labelAt(model, middle)).not.toBe("WRONG");
    expect(model.predict().labels).not.toContain("WRONG");
    expect(model.status().suspicious).toMatchObject([{ id: 1, candidate: middle, label: "WRONG" }]);
    expect(model.status().warnings.join()).toMatch(/WRONG \(result 1\).*10 %/);
    const [first] = model.rank({ ...request, count: 2 });
    expect(first).toMatchObject({ candidate: middle });
    expect(first!.why).toMatch(/^Repeat: WRONG/);
    expect(model.rank({ ...request, count: 2, pending: [middle] })[0]!.candidate).not.toBe(middle);
  });

  test("lets doubtful results that agree stand together", () => {
    const model = started(engine);
    model.observe(said(middle, "NEW", 1, 0.4));
    expect(labelAt(model, middle)).not.toBe("NEW");
    model.observe(said(middle, "NEW", 2, 0.4));
    expect(labelAt(model, middle)).toBe("NEW");
    expect(model.status().suspicious).toEqual([]);
  });

  test.each([0.5, 0.7, 0.95])("is never surer of a lone result than its confidence %d", (c) => {
    const model = started(engine);
    model.observe(said(middle, "NEW", 1, c));
    const { labels, label, certainty, probabilities } = model.predict();
    const own = labels.indexOf("NEW");
    expect(probabilities[own]![middle]).toBeLessThanOrEqual(c + 1e-9);
    if (label[middle] === own) expect(certainty[middle]).toBeLessThanOrEqual(c + 1e-9);
    if (c > 0.5) expect(label[middle]).toBe(own);
  });

  test("lets repeats vote: alpha, alpha, beta is alpha, by two thirds, whatever came last", () => {
    for (const order of ["aab", "aba", "baa"]) {
      const model = started(engine);
      [...order].forEach((name, k) => {
        model.observe(said(middle, name === "a" ? "alpha" : "beta", k + 1));
      });
      expect(labelAt(model, middle)).toBe("alpha");
      expect(model.predict().certainty[middle]).toBeCloseTo(2 / 3, 6);
    }
  });

  test("lets a sure result outvote two that are not", () => {
    const model = started(engine);
    for (const [k, c] of [0.6, 0.6].entries()) model.observe(said(middle, "alpha", k + 1, c));
    model.observe(said(middle, "beta", 3));
    expect(labelAt(model, middle)).toBe("beta");
    expect(model.predict().certainty[middle]).toBeLessThan(0.9);
  });

  test("asks again where two results disagree, and a person after the third", () => {
    const model = started(engine);
    model.observe(said(middle, "alpha", 1));
    model.observe(said(middle, "beta", 2));
    expect(model.predict().certainty[middle]).toBeCloseTo(0.5, 6);
    expect(model.rank(request)[0]).toMatchObject({ candidate: middle });
    expect(model.status().warnings.join()).toMatch(/disagrees/);
    model.observe(said(middle, "gamma", 3));
    expect(model.rank({ ...request, count: 3 }).map((p) => p.candidate)).not.toContain(middle);
    expect(model.status().warnings.join()).toMatch(/disagrees/);
  });

  test("a sure result gives the same map to the bit, whatever sets are told beside it", () => {
    const everything = (more: Partial<PhaseEvidence>): unknown => {
      const model = started(engine, 2);
      model.observe({ ...engine.truth(middle, 50), ...more });
      model.observe({ ...said(middle + 1, "alpha", 51, 0.8), alternatives: [] });
      const { labels, ...map } = model.predict();
      return structuredClone([labels, map, model.status(), model.rank({ ...request, count: 4 })]);
    };
    const other = [{ phases: ["OTHER"], probability: 0.4 }];
    expect(everything({ alternatives: other })).toEqual(everything({}));
    const rare = [{ phases: ["OTHER"], probability: 0.02 }];
    const unsure = { ends: undefined, confidence: 0.7 };
    expect(everything({ ...unsure, alternatives: rare })).toEqual(everything(unsure));
  });

  test("a doubtful result gives the other set its part, and takes it back", () => {
    const chance = (model: MapModel, name: string): number => {
      const { labels, probabilities } = model.predict();
      return probabilities[labels.indexOf(name)]?.[middle] ?? 0;
    };
    const model = started(engine, 2);
    const plain = told(model);
    const first = said(middle, "FIRST", 60, 0.55);
    model.observe({ ...first, alternatives: [{ phases: ["OTHER"], probability: 0.4 }] });
    expect(chance(model, "OTHER")).toBeGreaterThan(0.1);
    expect(chance(model, "FIRST")).toBeGreaterThan(chance(model, "OTHER"));
    model.forget(60);
    expect(told(model)).toEqual(plain);
  });

  test("does not propose what is in flight, on the grid or off it", () => {
    const width = grid.axes.length;
    const model = started(engine, 2);
    for (const seed of ["1", "2", "3"]) {
      const ask = { ...request, count: 3, seed };
      const [first] = model.rank(ask);
      const taken = first!.candidate;
      expect(model.rank({ ...ask, pending: [taken] }).map((p) => p.candidate)).not.toContain(taken);
      const there = grid.values.slice(taken * width, (taken + 1) * width);
      // A person sent it, not quite to where the candidate is.
      const near = there.map((x) => (x > 0 && x < 1 ? x * 1.0005 : x));
      for (const row of [there, near]) {
        const next = model.rank({ ...ask, pendingElsewhere: [row] }).map((p) => p.candidate);
        expect(next).not.toContain(taken);
        expect(next).toHaveLength(3);
      }
    }
  });

  test("counts a point in flight between the candidates as evidence to come", () => {
    const model = started(engine, 2);
    const width = grid.axes.length;
    const [first] = model.rank(request);
    const there = grid.values.slice(first!.candidate * width, (first!.candidate + 1) * width);
    const away = Array.from({ length: grid.count }, (_, i) => i).find((i) => {
      const row = grid.values.subarray(i * width, (i + 1) * width);
      const apart = row.filter((x, k) => Math.abs(x - there[k]!) > 1e-9).length;
      return apart > 0 && apart <= 2 && nearest(grid.values, there, row);
    });
    const row = there.map((x, k) => x + 0.45 * (grid.values[away! * width + k]! - x));
    const scores = (elsewhere: Float64Array[]): number =>
      model
        .rank({ ...request, count: 4, pendingElsewhere: elsewhere })
        .reduce((sum, { score }) => sum + score, 0);
    expect(scores([row])).not.toBe(scores([]));
  });

  test("a result taken back is as if never learnt", () => {
    for (const extra of [
      said(middle, "alpha", 50),
      said(middle, "alpha", 50, 0.2),
      { ...said(middle, "alpha", 50), at: shifted(engine) },
      engine.truth(middle, 50),
    ]) {
      const plain = started(engine, 3);
      const model = started(engine);
      model.observe(extra);
      model.predict();
      model.observe(said(middle, "beta", 51));
      model.forget(50);
      model.forget(51);
      for (const [n, evidence] of resultsOf(engine, 3).entries()) {
        model.observe(evidence);
        if (n === 1) model.predict();
      }
      expect(told(model)).toEqual(told(plain));
    }
  });

  test("does not depend on the order in which results come", () => {
    const all = [
      ...engine.known.map((i, k) => ({ ...engine.truth(i, -1 - k), known: true })),
      ...resultsOf(engine, 4),
      said(middle, "alpha", 200),
      said(middle, "beta", 201),
      said(middle + 1, "gamma", 202, 0.3),
    ];
    const learn = (results: readonly PhaseEvidence[]): unknown => {
      const model = engine.create();
      for (const result of results) model.observe(result);
      return told(model);
    };
    const inOrder = learn(all);
    for (const seed of [1, 2, 3]) expect(learn(shuffled(all, createPrng(seed)))).toEqual(inOrder);
  });

  test("is complete only without doubts", () => {
    const model = engine.create();
    for (let i = 0; i < grid.count; i++) model.observe(engine.truth(i));
    expect(model.status().complete !== undefined).toBe(engine.completes);
    model.observe(said(middle, "WRONG", grid.count + 1));
    expect(model.status().suspicious.map(({ candidate }) => candidate)).toContain(middle);
    expect(model.status().complete).toBeUndefined();
    model.forget(grid.count + 1);
    expect(model.status().complete !== undefined).toBe(engine.completes);
    model.observe({ ...engine.truth(middle), confidence: 0.2 });
    expect(model.status().complete).toBeUndefined();
  });

  test("says by what it chooses itself", () => {
    expect(started(engine).hyperparameters()).toMatchObject({ method: engine.method });
  });
});

/** What a started model has learnt beyond what is known. */
function resultsOf(engine: ToyEngine, results: number): PhaseEvidence[] {
  const model = started(engine);
  return Array.from({ length: results }, (_, n) => {
    const [point] = model.rank({ ...request, seed: `${n}`, excluded: new Set([engine.middle]) });
    const evidence = engine.truth(point!.candidate, 100 + n);
    model.observe(evidence);
    return evidence;
  });
}

/** The middle, a third of a step off. */
function shifted({ grid, middle }: ToyEngine): Float64Array {
  const width = grid.axes.length;
  const here = grid.values.slice(middle * width, (middle + 1) * width);
  const there = grid.values.subarray((middle + 1) * width, (middle + 2) * width);
  return here.map((x, k) => x + (there[k]! - x) / 3);
}

/** True where `row` is the nearest other row to `from`. */
function nearest(values: Float64Array, from: Float64Array, row: Float64Array): boolean {
  const width = row.length;
  const apart = (other: Float64Array): number => Math.hypot(...other.map((x, k) => x - from[k]!));
  const mine = apart(row);
  for (let i = 0; i < values.length; i += width) {
    const other = apart(values.subarray(i, i + width));
    if (other > 1e-9 && other < mine - 1e-12) return false;
  }
  return true;
}
