import type { PenalisedLeastSquares } from "../../../numeric/levenberg-marquardt.ts";
import { classicalModel } from "../forward/classical-model.ts";
import type {
  CurvePredictor,
  MeasuringPoint,
  PredictionWithSlopes,
} from "../forward/curve-predictor.ts";
import type { ForwardModel } from "../forward/forward-model.ts";
import { quantumModel } from "../forward/quantum-model.ts";
import type { TermBond } from "../forward/spin-cluster.ts";
import type { CouplingSpec, PriorKind } from "./coupling-spec.ts";
import { type CandidateModel, type EstimationSpec, namesOf } from "./estimation-spec.ts";
import type { MeasuredCurve } from "./measured-curve.ts";
import type { NoiseScales } from "./noise-scales.ts";

/** Couplings of the terms as an affine function of the free ones: J_t = offset_t + factor_t x_(free_t). */
export interface CouplingMap {
  /** Names of the free couplings, in the order of x. */
  readonly free: readonly string[];
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly priors: readonly PriorKind[];
  /** One for each term: the name in the bonds. */
  readonly terms: readonly string[];
  /** Index into x, or -1 where the term is fixed. */
  readonly freeOfTerm: Int32Array;
  readonly factors: Float64Array;
  readonly offsets: Float64Array;
}

/** The forward model as a function of the free couplings, at the data's points. */
export interface FreePredictor {
  predict(x: ArrayLike<number>): Float64Array;
  /** Slopes: points x free couplings, row-major. */
  predictWithSlopes(x: ArrayLike<number>): PredictionWithSlopes;
}

/** The data of one estimation against one model: chi^2 as a function of the free couplings. */
export interface EstimationProblem {
  readonly model: CandidateModel;
  readonly map: CouplingMap;
  readonly physics: ForwardModel;
  readonly points: readonly MeasuringPoint[];
  readonly values: Float64Array;
  /** Unit of each residual. */
  readonly scales: Float64Array;
  /** True where the scales are the standard errors. */
  readonly isNoiseKnown: boolean;
  /** Forward calculations so far, and those of them with derivatives. */
  readonly count: { total: number; withSlopes: number };
  /** Present where the curves are not calculated but foretold. */
  readonly emulator?: FreePredictor;
  couplingsOf(x: ArrayLike<number>): Float64Array;
  predict(x: ArrayLike<number>): Float64Array;
  predictWithSlopes(x: ArrayLike<number>): PredictionWithSlopes;
  /** sum ((y - y_cal) / scale)^2. */
  chi2(x: ArrayLike<number>): number;
  /** The same with penalties square |x|^2 + absolute |x| on the couplings whose prior says so. */
  leastSquares(strength: number): PenalisedLeastSquares;
}

export function createEstimationProblem(
  spec: Pick<EstimationSpec, "siteSpins" | "g" | "couplings" | "isClassical">,
  model: CandidateModel,
  curves: readonly MeasuredCurve[],
  noise: Pick<NoiseScales, "scales" | "known">,
): EstimationProblem {
  const map = mapCouplings(model, spec.couplings);
  const terms = map.terms.map((name) => ({ bonds: bondsOf(model, name) }));
  const physics = spec.isClassical
    ? classicalModel(spec.siteSpins.length, terms, spec.g)
    : quantumModel({ siteSpins: spec.siteSpins, terms }, spec.g);
  return withPhysics({ model, map, physics, curves, noise });
}

/** The same problem with other scales or curves; the prepared physics is shared. */
export function renewProblem(
  problem: EstimationProblem,
  curves: readonly MeasuredCurve[],
  noise: Pick<NoiseScales, "scales" | "known">,
): EstimationProblem {
  return withPhysics({ ...problem, curves, noise });
}

/** The same problem, its curves foretold by something cheaper than the physics; what it costs is not counted. */
export function emulateProblem(
  problem: EstimationProblem,
  emulator: FreePredictor,
  curves: readonly MeasuredCurve[],
  noise: Pick<NoiseScales, "scales" | "known">,
): EstimationProblem {
  const count = { total: 0, withSlopes: 0 };
  return withPhysics({ ...problem, curves, noise, count, emulator });
}

interface ProblemParts {
  readonly model: CandidateModel;
  readonly map: CouplingMap;
  readonly physics: ForwardModel;
  readonly curves: readonly MeasuredCurve[];
  readonly noise: Pick<NoiseScales, "scales" | "known">;
  readonly count?: EstimationProblem["count"];
  readonly emulator?: FreePredictor;
}

function withPhysics(parts: ProblemParts): EstimationProblem {
  const { model, map, physics, curves } = parts;
  const { scales, known: isNoiseKnown } = parts.noise;
  const points = curves.flatMap((curve) => curve.points);
  const values = Float64Array.from(curves.flatMap((curve) => [...curve.values]));
  const count = parts.count ?? { total: 0, withSlopes: 0 };
  const couplingsOf = (x: ArrayLike<number>): Float64Array => expandCouplings(map, x);
  let own: FreePredictor | undefined = parts.emulator;
  const forward = (): FreePredictor => {
    own ??= freePredictor(physics.predictorAt(points), map);
    return own;
  };
  const predict = (x: ArrayLike<number>): Float64Array => {
    count.total++;
    return forward().predict(x);
  };
  const predictWithSlopes = (x: ArrayLike<number>): PredictionWithSlopes => {
    count.total++;
    count.withSlopes++;
    return forward().predictWithSlopes(x);
  };
  const chi2 = (x: ArrayLike<number>): number => {
    const found = predict(x);
    let sum = 0;
    for (let l = 0; l < found.length; l++) sum += ((found[l]! - values[l]!) / scales[l]!) ** 2;
    return sum;
  };
  const leastSquares = (strength: number): PenalisedLeastSquares => ({
    n: map.free.length,
    low: map.low,
    high: map.high,
    square: Float64Array.from(map.priors, (kind) => (kind === "L2" ? strength : 0)),
    absolute: Float64Array.from(map.priors, (kind) => (kind === "L1" ? strength : 0)),
    evaluate: (x) => residuals(predictWithSlopes(x), map.free.length, values, scales),
  });
  return {
    ...{ model, map, physics, points, values, scales, isNoiseKnown, count },
    ...{ couplingsOf, predict, predictWithSlopes, chi2, leastSquares },
    ...(parts.emulator === undefined ? {} : { emulator: parts.emulator }),
  };
}

/** Terms' slopes gathered into those of the free couplings. */
function freePredictor(predictor: CurvePredictor, map: CouplingMap): FreePredictor {
  const n = map.free.length;
  const terms = map.terms.length;
  return {
    predict: (x) => predictor.predict(expandCouplings(map, x)),
    predictWithSlopes: (x) => {
      const found = predictor.predictWithSlopes(expandCouplings(map, x));
      const slopes = new Float64Array(found.values.length * n);
      for (let l = 0; l < found.values.length; l++) {
        for (let t = 0; t < terms; t++) {
          const k = map.freeOfTerm[t]!;
          if (k < 0) continue;
          const slope = map.factors[t]! * found.slopes[l * terms + t]!;
          slopes[l * n + k] = slopes[l * n + k]! + slope;
        }
      }
      return { values: found.values, slopes };
    },
  };
}

function residuals(
  found: PredictionWithSlopes,
  n: number,
  values: Float64Array,
  scales: Float64Array,
): { values: Float64Array; slopes: Float64Array } {
  return {
    values: found.values.map((value, l) => (value - values[l]!) / scales[l]!),
    slopes: found.slopes.map((slope, i) => slope / scales[Math.floor(i / n)]!),
  };
}

function expandCouplings(map: CouplingMap, x: ArrayLike<number>): Float64Array {
  return map.offsets.map((offset, t) => {
    const k = map.freeOfTerm[t]!;
    return k < 0 ? offset : map.factors[t]! * x[k]!;
  });
}

function mapCouplings(
  model: CandidateModel,
  couplings: ReadonlyMap<string, CouplingSpec>,
): CouplingMap {
  const terms = namesOf(model);
  const roots = terms.map((name) => couplings.get(name)?.tiedTo ?? name);
  const free = [...new Set(roots)].filter((name) => couplings.get(name)?.fixed_meV === undefined);
  const specs = free.map((name) => couplings.get(name));
  return {
    free,
    low: Float64Array.from(specs, (spec) => spec?.min_meV ?? 0),
    high: Float64Array.from(specs, (spec) => spec?.max_meV ?? 0),
    priors: specs.map((spec) => spec?.prior ?? "none"),
    terms,
    freeOfTerm: Int32Array.from(roots, (name) => free.indexOf(name)),
    factors: Float64Array.from(terms, (name) => couplings.get(name)?.factor ?? 1),
    offsets: Float64Array.from(terms, (name, t) => {
      const root = couplings.get(roots[t] ?? name);
      return (couplings.get(name)?.factor ?? 1) * (root?.fixed_meV ?? 0);
    }),
  };
}

/** A coupling's bonds: the xy part, and the z part unless that has a coupling of its own. */
function bondsOf(model: CandidateModel, name: string): TermBond[] {
  return model.bonds.flatMap(({ i, j, delta, coupling, zCoupling }) => {
    const xy = coupling === name ? 1 : 0;
    const z = (zCoupling ?? coupling) === name ? delta : 0;
    return xy === 0 && z === 0 ? [] : [{ i, j, xy, z }];
  });
}
