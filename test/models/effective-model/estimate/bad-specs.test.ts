import { describe, expect, test } from "vitest";
import { LabError } from "../../../../src/core/errors.ts";
import { createEstimationProblem } from "../../../../src/models/effective-model/estimate/estimation-problem.ts";
import { readEstimationSpec } from "../../../../src/models/effective-model/estimate/estimation-spec.ts";
import { guessScales } from "../../../../src/models/effective-model/estimate/noise-scales.ts";
import { findSpecProblems } from "../../../../src/models/effective-model/estimate/spec-problems.ts";
import {
  isClassical,
  readClassicalSpec,
  solveClassically,
} from "../../../../src/models/effective-model/forward/classical-forward.ts";
import { solveForward } from "../../../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../../../src/models/effective-model/forward/forward-spec.ts";
import { fc } from "../../../support/properties.ts";

type Json = unknown;

const FORWARD = {
  ...{ spins: 3, spin: 0.5, g: 2.1, T: [2, 10], H: [0, 5], correlations: true },
  bonds: [
    { i: 0, j: 1, J: -3 },
    { i: 1, j: 2, J: -1, Delta: 0.8 },
  ],
};
const ESTIMATE = {
  ...{ spins: 3, spin: 0.5, g: 2.1, prior: "L2", seed: 1, lambda: 0.1 },
  bonds: [
    { i: 0, j: 1, coupling: "J1" },
    { i: 1, j: 2, coupling: "J2", zCoupling: "J3", Delta: 1 },
  ],
  couplings: {
    J1: { min: -20, max: 20, prior: "L1" },
    J2: { min: -20, max: 20 },
    J3: { tiedTo: "J1", factor: 2 },
    J4: { fixed: -1 },
  },
  curves: [
    { T: 2, H: [0, 5, 10], m: [0, 0.1, 0.2], sigma: 0.01 },
    { T: [2, 5, 10], chi: [0.001, 0.002, 0.001] },
    { quantity: "specificHeat", T: [2, 5], values: [0.1, 0.2], sigma: [0.1, 0.2] },
  ],
  models: [
    {
      name: "other",
      bonds: [
        { i: 0, j: 1, coupling: "J1" },
        { i: 0, j: 2, coupling: "J1" },
      ],
    },
  ],
};

/** What people and programs write by mistake. */
const wrong: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    ...[null, true, "", "two", "NaN", "-3 meV", [], {}, [[]], 0, -1, 1e-320, 1e308, -1e308, 0.3],
    ...[Number.NaN, Number.POSITIVE_INFINITY, "__proto__", "constructor", { re: 1, im: 2 }, [null]],
  ),
  fc.integer({ min: -5, max: 70 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Every place in a document. */
function pathsOf(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, entry]) =>
    pathsOf(entry, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [path, ...inner];
}

/** The document with one place replaced, or taken out. */
function replaceAt(value: Json, path: readonly (string | number)[], by: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy: Record<string, Json> | Json[] = Array.isArray(value)
    ? [...value]
    : { ...(value as Record<string, Json>) };
  const inner = replaceAt((value as Record<string, Json>)[key], rest, by);
  if (inner === undefined && !Array.isArray(copy)) delete copy[key];
  else (copy as Record<string, Json>)[key] = inner ?? null;
  return copy;
}

const spoilt = (document: Json): fc.Arbitrary<Json> =>
  fc
    .array(fc.tuple(fc.constantFrom(...pathsOf(document)), fc.option(wrong, { nil: undefined })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((changes) =>
      changes.reduce((before, [path, by]) => {
        try {
          return replaceAt(before, path, by);
        } catch {
          return before; // an earlier change has taken the place away
        }
      }, document),
    );

/** The work's answer, or `undefined` where it was refused as it should be. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    expect(error.code).toMatch(/^TL-8\d{3}$/);
    expect(error.exitCode).toBe(2);
    expect(error.toLine()).not.toMatch(/undefined|\[object|\n/);
    return undefined;
  }
}

describe("a spoilt specification is refused with a TL-8xxx that says where, or works without NaN", () => {
  test("forward", () => {
    fc.assert(
      fc.property(spoilt(FORWARD), (document) => {
        if (isClassical(document)) {
          const classical = attempt(() => readClassicalSpec(document));
          if (classical !== undefined)
            expect(JSON.stringify(solveClassically(classical))).not.toMatch(/null/);
          return;
        }
        const spec = attempt(() => readForwardSpec(document));
        if (spec === undefined || spec.siteSpins.reduce((sum, s) => sum + s, 0) > 6) return;
        expect(JSON.stringify(solveForward(spec))).not.toMatch(/null/);
      }),
      { numRuns: 500, seed: 8 },
    );
  });

  test("estimate", () => {
    fc.assert(
      fc.property(spoilt(ESTIMATE), (document) => {
        const problems = findSpecProblems(document);
        for (const { text } of problems) expect(text).toMatch(/^TL-8\d{3}: /);
        const spec = attempt(() => readEstimationSpec(document));
        if (spec === undefined || spec.siteSpins.reduce((sum, s) => sum + s, 0) > 6) return;
        expect(problems).toEqual([]);
        for (const model of spec.models) {
          const noise = guessScales(spec.curves);
          const problem = createEstimationProblem(spec, model, spec.curves, noise);
          const middle = problem.map.low.map((low, k) => (low + problem.map.high[k]!) / 2);
          expect(Number.isFinite(problem.chi2(middle))).toBe(true);
        }
      }),
      { numRuns: 700, seed: 12 },
    );
  });
});
