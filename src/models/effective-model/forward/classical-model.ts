import {
  type ClassicalOptions,
  type ClassicalState,
  solveClassicalChain,
} from "./classical-chain.ts";
import { orderAlongChain } from "./classical-forward.ts";
import type { CurvePredictor, MeasuringPoint } from "./curve-predictor.ts";
import type { ForwardModel } from "./forward-model.ts";
import { BOHR_MAGNETON_meV_per_T, BOLTZMANN_meV_per_K } from "./physical-constants.ts";
import type { Term } from "./spin-cluster.ts";

/** Step of the central differences that give derivatives by a coupling, relative to kT and absolute in meV. */
const STEP_SHARE = 1e-3;

/**
 * Classical unit vectors on an open chain or a ring as a forward model: the transfer operator at each temperature and
 * field. Slopes by central differences, two more calculations a coupling; good to about 1e-5 of the value.
 */
export function classicalModel(siteCount: number, terms: readonly Term[], g: number): ForwardModel {
  const bonds = terms.flatMap((term, t) =>
    term.bonds.map(({ i, j, xy, z }) => ({ i, j, delta: xy === z ? 1 : 0, term: t, factor: xy })),
  );
  const ordered = orderAlongChain(bonds, siteCount);
  const isRing = ordered.length === siteCount;
  const termCount = terms.length;
  const couplingsAlong = (couplings: ArrayLike<number>): number[] =>
    ordered.map(({ term, factor }) => factor * couplings[term]!);
  return {
    siteCount,
    operations: isRing ? 1e9 : 1e8,
    predictorAt: (points) => createPredictor({ points, siteCount, g, termCount, couplingsAlong }),
  };
}

interface Setting {
  readonly points: readonly MeasuringPoint[];
  readonly siteCount: number;
  readonly g: number;
  readonly termCount: number;
  readonly couplingsAlong: (couplings: ArrayLike<number>) => number[];
}

function createPredictor(setting: Setting): CurvePredictor {
  const { points, termCount, couplingsAlong } = setting;
  const predict = (couplings: ArrayLike<number>): Float64Array =>
    solveAt(setting, couplingsAlong(couplings));
  return {
    pointCount: points.length,
    couplingCount: termCount,
    predict,
    predictWithSlopes: (couplings) => {
      const values = predict(couplings);
      const slopes = new Float64Array(points.length * termCount);
      const coldest_K = Math.min(...points.map((point) => point.temperature_K));
      for (let t = 0; t < termCount; t++) {
        const size = Math.max(BOLTZMANN_meV_per_K * coldest_K, 0.05 * Math.abs(couplings[t]!));
        const step = STEP_SHARE * size;
        const moved = Float64Array.from(couplings);
        moved[t] = couplings[t]! + step;
        const above = predict(moved);
        moved[t] = couplings[t]! - step;
        const below = predict(moved);
        for (let l = 0; l < points.length; l++)
          slopes[l * termCount + t] = (above[l]! - below[l]!) / (2 * step);
      }
      return { values, slopes };
    },
  };
}

function solveAt(
  { points, siteCount, g }: Setting,
  couplings_meV: readonly number[],
): Float64Array {
  const gMuB = g * BOHR_MAGNETON_meV_per_T;
  const strongest_meV = Math.max(
    ...couplings_meV.map(Math.abs),
    ...points.map((point) => Math.abs(gMuB * point.field_T)),
  );
  const bonds: NonNullable<ClassicalOptions["bonds"]> = new Map();
  const solved = new Map<string, ClassicalState>();
  return Float64Array.from(points, ({ quantity, temperature_K, field_T }) => {
    const beta = 1 / (BOLTZMANN_meV_per_K * temperature_K);
    const along = quantity === "specificHeat" ? "beta" : "field";
    const order = quantity === "magnetisation" ? 1 : 2;
    const key = `${along} ${order} ${temperature_K} ${field_T}`;
    const state =
      solved.get(key) ??
      solveClassicalChain(
        { couplings: couplings_meV.map((J) => beta * J), siteCount, field: beta * gMuB * field_T },
        { accuracy: "fitting", along, order, strongest: beta * strongest_meV, bonds },
      );
    solved.set(key, state);
    if (quantity === "magnetisation") return field_T === 0 ? 0 : state.moment / siteCount;
    if (quantity === "susceptibility") return (gMuB ** 2 * beta * state.momentVariance) / siteCount;
    return state.reducedEnergyVariance / siteCount;
  });
}
