import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { defaultField } from "../../../../src/models/phase-diagram/graph/default-field.ts";
import { createGraphMap } from "../../../../src/models/phase-diagram/graph/graph-map.ts";
import { GRAPH_DEFAULTS } from "../../../../src/models/phase-diagram/graph/graph-state.ts";
import { leversAt } from "../../../../src/models/phase-diagram/lever/corners.ts";
import { readLeverFields } from "../../../../src/models/phase-diagram/lever/lever-fields.ts";
import { setsByPlace } from "../../../../src/models/phase-diagram/lever/sets-by-place.ts";
import type { MapModel, PhaseEvidence } from "../../../../src/models/phase-diagram/map-model.ts";
import { orderRows } from "../../../../src/models/phase-diagram/order-grid.ts";
import { createMapWithEstimates } from "../../../../src/models/phase-diagram/shares/map-with-estimates.ts";
import { invertSmall } from "../../../../src/numeric/small-inverse.ts";
import { normal } from "../../../support/pattern-spread.ts";

const STEPS = 20;
const rows = Array.from({ length: STEPS + 1 }, (_, i) =>
  Array.from({ length: STEPS + 1 - i }, (_, j) => [(STEPS - i - j) / STEPS, i / STEPS, j / STEPS]),
).flat();
const GRID = orderRows(["A", "B", "C"], Float64Array.from(rows.flat()), ["A", "B", "C"]);
const ERROR = 0.03;

/** Compositions of alpha, beta and gamma: below the line from alpha to beta there is no gamma. */
const CORNERS = [
  // Of A, B and C in alpha, beta and gamma.
  [0.85, 0.05, 0.3],
  [0.05, 0.8, 0.1],
  [0.1, 0.15, 0.6],
];
const INVERSE = invertSmall(Float64Array.from(CORNERS.flat()), 3);

/** Amounts of alpha, beta and gamma by the lever rule; gamma below 0 outside of the triangle. */
function amountsAt(i: number): Float64Array {
  return leversAt(INVERSE, GRID.values.subarray(3 * i, 3 * i + 3));
}

const gammaAt = (i: number): number => amountsAt(i)[2]!;

const PART = Array.from({ length: GRID.count }, (_, i) => i).filter((i) => {
  const [alpha, beta] = amountsAt(i);
  const isInside = GRID.values.subarray(3 * i, 3 * i + 3).every((x) => x > 1e-9);
  return isInside && alpha! > 0.02 && beta! > 0.02;
});

/** What a pattern says of a candidate: gamma is named from three errors on. */
function sample(i: number, random: () => number): PhaseEvidence {
  const [first, second, third] = amountsAt(i).map((v) => Math.max(0, v));
  const whole = first! + second! + third!;
  const [alpha, gamma] = [first! / whole, third! / whole];
  const seen = gamma + ERROR * normal(random);
  return {
    ...{ id: i + 1, candidate: i, known: false, confidence: 1 },
    phases: seen > 3 * ERROR ? ["alpha", "beta", "gamma"] : ["alpha", "beta"],
    estimates: {
      alpha: { fraction: alpha + ERROR * normal(random), error: ERROR },
      beta: { fraction: 1 - alpha - gamma + ERROR * normal(random), error: ERROR },
      gamma: { fraction: seen, error: ERROR },
    },
  };
}

function evidence(count: number): PhaseEvidence[] {
  const prng = createPrng("lever map");
  const left = [...PART];
  return Array.from({ length: count }, () => {
    const [i] = left.splice(prng.integer(left.length), 1);
    return sample(i!, () => prng.next());
  });
}

function rightOf(model: MapModel): number {
  const { labels, label } = model.predict();
  return PART.filter((i) => {
    const truth = gammaAt(i) > 0 ? "alpha+beta+gamma" : "alpha+beta";
    return labels[label[i]!] === truth;
  }).length;
}

describe("a map of samples whose fractions are known", () => {
  const samples = evidence(40);
  const graph = (sharpen?: Parameters<Parameters<typeof createMapWithEstimates>[1]>[0]) =>
    createGraphMap(GRID, { ...GRAPH_DEFAULTS, ...defaultField(GRID), initial: 8, sharpen });

  test("edges of a field without freedom come from the lever rule, beyond what any sample names", () => {
    const sharp = createMapWithEstimates(GRID, graph);
    const plain = createMapWithEstimates(GRID, () => graph());
    for (const item of samples) for (const model of [sharp, plain]) model.observe(item);
    expect(rightOf(sharp)).toBeGreaterThan(0.95 * PART.length);
    expect(rightOf(sharp)).toBeGreaterThan(rightOf(plain));
  });

  test("a result that somebody told holds at its own place", () => {
    const map = createMapWithEstimates(GRID, graph);
    for (const item of samples) map.observe(item);
    const measured = new Set(samples.map(({ candidate }) => candidate));
    // Well inside of the field by the lever rule, but somebody saw no gamma there.
    const inside = PART.find((i) => gammaAt(i) > 0.3 && !measured.has(i))!;
    map.observe({
      ...{ id: 9999, candidate: inside, known: false, confidence: 1 },
      phases: ["alpha", "beta"],
    });
    const { labels, label, certainty } = map.predict();
    expect(labels[label[inside]!]).toBe("alpha+beta");
    expect(certainty[inside]).toBe(1);
  });

  test("the order of results does not matter, and one taken back is gone", () => {
    const one = createMapWithEstimates(GRID, graph);
    const other = createMapWithEstimates(GRID, graph);
    for (const item of samples) one.observe(item);
    for (const item of [...samples].reverse()) other.observe(item);
    other.observe({ ...sample(PART[0]!, () => 0.5), id: 9999, phases: ["delta"] });
    other.predict();
    other.forget(9999);
    expect(other.predict()).toEqual(one.predict());
  });

  test("what a sample's neighbours exclude is not brought back by its place", () => {
    const fields = readLeverFields(samples, GRID);
    // The field says a little gamma; the pattern has none, as far as it can tell.
    const place = PART.find((i) => gammaAt(i) > 0.02 && gammaAt(i) < 0.06)!;
    const item = { ...sample(place, () => 0.5), phases: ["alpha", "beta"] };
    const estimates = { ...item.estimates!, gamma: { fraction: 0, error: ERROR } };
    const told = (present: number) =>
      setsByPlace(
        { ...item, estimates },
        fields,
        GRID,
        new Map([["gamma", { present, expected: present }]]),
      ).phases.join("+");
    expect(told(0.3)).toBe("alpha+beta+gamma");
    expect(told(0.0001)).toBe("alpha+beta");
  });

  test("a phase too little to be named leaves the fractions of the others as parts of one whole", () => {
    // Patterns tell the phases that they name of their own sum, and gamma beside it where it is too little to be named.
    const told = PART.filter((i) => gammaAt(i) > 0).map((i): PhaseEvidence => {
      const [alpha, beta, gamma] = amountsAt(i) as unknown as [number, number, number];
      const named = gamma > 0.25 ? 1 : 1 - gamma;
      const own = (fraction: number) => ({ fraction, error: ERROR, strain: 0 });
      const beside = { fraction: gamma, error: ERROR, moved: { strain_max: 0.07, signals: [0] } };
      return {
        ...{ id: i + 1, candidate: i, known: false, confidence: 1 },
        phases: ["alpha", "beta", "gamma"],
        estimates: {
          alpha: own(alpha / named),
          beta: own(beta / named),
          gamma: gamma > 0.25 ? own(gamma) : beside,
        },
      };
    });
    const [field] = readLeverFields(told, GRID);
    for (const [k, corner] of field!.field.corners.entries())
      for (const [a, x] of corner.entries()) expect(x).toBeCloseTo(CORNERS[a]![k]!, 2);
  });

  test("a phase that stands high in a sample is not taken from it by its place", () => {
    const fields = readLeverFields(samples, GRID);
    expect(fields.map(({ label }) => label)).toEqual(["alpha+beta+gamma"]);
    const outside = PART.find((i) => gammaAt(i) < -0.05)!;
    const clear = sample(outside, () => 0.5);
    const delta = { ...clear, phases: ["alpha", "beta", "delta"] };
    const estimates = { ...clear.estimates, delta: { fraction: 0.3, error: 0.02 } };
    expect(setsByPlace({ ...delta, estimates }, fields, GRID).phases).toEqual(delta.phases);
    const inside = PART.find((i) => gammaAt(i) > 0.3)!;
    const other = { ...sample(inside, () => 0.5), phases: ["alpha", "beta", "delta"] };
    expect(setsByPlace({ ...other, estimates }, fields, GRID).phases).toEqual(other.phases);
  });
});
