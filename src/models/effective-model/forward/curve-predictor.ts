import type { ClusterSpectrum } from "./cluster-spectrum.ts";
import {
  evaluateMagnetisation,
  evaluateThermalState,
  evaluateWithGradient,
  type Quantity,
  type ThermalState,
} from "./observables.ts";
import { sectorMinima, sumThermally } from "./thermal-sums.ts";

/** One measured or wanted value: what, at which temperature and field. */
export interface MeasuringPoint {
  readonly quantity: Quantity;
  readonly temperature_K: number;
  readonly field_T: number;
}

/** Values at all points and their derivatives by the couplings (points x couplings, row-major). */
export interface PredictionWithSlopes {
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

/** The forward model at fixed points: couplings in, values out. One call is one forward calculation. */
export interface CurvePredictor {
  readonly pointCount: number;
  readonly couplingCount: number;
  predict(couplings_meV: ArrayLike<number>): Float64Array;
  predictWithSlopes(couplings_meV: ArrayLike<number>): PredictionWithSlopes;
}

/** What levels come from: full diagonalisation of blocks, or sampling. */
export interface LevelSource {
  readonly magnetisations: Float64Array;
  readonly siteCount: number;
  readonly termCount: number;
  levels(couplings_meV: ArrayLike<number>, options: { readonly slopes: boolean }): ClusterSpectrum;
}

/** Asks for the levels once for each call; points that share a temperature share its Boltzmann sums. */
export function createCurvePredictor(
  source: LevelSource,
  g: number,
  points: readonly MeasuringPoint[],
): CurvePredictor {
  const { magnetisations, siteCount } = source;
  const scale = { magnetisations, siteCount, g };
  const byTemperature = groupByTemperature(points);
  const terms = source.termCount;
  const scratch = new Float64Array(2 * magnetisations.length);
  const slopePower = points.some((point) => point.quantity === "specificHeat") ? 2 : 0;
  return {
    pointCount: points.length,
    couplingCount: terms,
    predict: (couplings) => {
      const spectrum = source.levels(couplings, { slopes: false });
      const lowest = sectorMinima(spectrum);
      const values = new Float64Array(points.length);
      for (const [temperature, indices] of byTemperature) {
        const sums = sumThermally(spectrum, temperature, 0, lowest);
        for (const k of indices) {
          const { quantity, field_T } = points[k]!;
          values[k] =
            quantity === "magnetisation"
              ? evaluateMagnetisation(sums, scale, field_T, scratch)
              : pick(quantity, evaluateThermalState(sums, scale, field_T));
        }
      }
      return values;
    },
    predictWithSlopes: (couplings) => {
      const spectrum = source.levels(couplings, { slopes: true });
      const lowest = sectorMinima(spectrum);
      const values = new Float64Array(points.length);
      const slopes = new Float64Array(points.length * terms);
      for (const [temperature, indices] of byTemperature) {
        const sums = sumThermally(spectrum, temperature, slopePower, lowest);
        for (const k of indices) {
          const point = points[k]!;
          const row = slopes.subarray(k * terms, (k + 1) * terms);
          values[k] = evaluateWithGradient(point.quantity, sums, scale, point.field_T, row);
        }
      }
      return { values, slopes };
    },
  };
}

function groupByTemperature(points: readonly MeasuringPoint[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  points.forEach((point, k) => {
    const group = groups.get(point.temperature_K);
    if (group === undefined) groups.set(point.temperature_K, [k]);
    else group.push(k);
  });
  return groups;
}

function pick(quantity: Exclude<Quantity, "magnetisation">, state: ThermalState): number {
  return quantity === "susceptibility" ? state.susceptibility : state.specificHeat_kB;
}
