import { weighInField } from "./field-weights.ts";
import { BOHR_MAGNETON_meV_per_T } from "./physical-constants.ts";
import type { ThermalSums } from "./thermal-sums.ts";

/** What can be measured at one field and temperature. */
export type Quantity = "magnetisation" | "susceptibility" | "specificHeat";

/** Values per spin at one field and temperature. */
export interface ThermalState {
  /** <Sz>/N. */
  readonly magnetisation: number;
  /** (g muB)^2 (<M^2> - <M>^2) / (kB T N), meV/T^2. */
  readonly susceptibility: number;
  /** (<E^2> - <E>^2) / (kB T)^2 / N, kB; E includes the Zeeman energy. */
  readonly specificHeat_kB: number;
  /** <E>/N, meV. */
  readonly energy_meV: number;
  /** (ln Z + beta <E>)/N, kB. */
  readonly entropy_kB: number;
  /** ln Z of the whole cluster, energies counted from zero. */
  readonly logPartition: number;
}

export interface ClusterScale {
  readonly magnetisations: Float64Array;
  readonly siteCount: number;
  readonly g: number;
}

/** Every observable at one field, from the sums at one temperature. */
export function evaluateThermalState(
  sums: ThermalSums,
  scale: ClusterScale,
  field_T: number,
): ThermalState {
  const { magnetisations, siteCount, g } = scale;
  const zeeman = g * BOHR_MAGNETON_meV_per_T * field_T;
  const beta = sums.beta_per_meV;
  const p = new Float64Array(2 * magnetisations.length);
  const logSum = weighInField(sums, magnetisations, beta * zeeman, p);
  const m = momentsOf(sums, magnetisations, p, zeeman);
  const energy = m.energy + sums.origin_meV;
  const logPartition = logSum - beta * sums.origin_meV;
  const gMuB = g * BOHR_MAGNETON_meV_per_T;
  return {
    magnetisation: m.mean / siteCount,
    susceptibility: (gMuB * gMuB * beta * m.variance) / siteCount,
    specificHeat_kB: (beta * beta * m.energyVariance) / siteCount,
    energy_meV: energy / siteCount,
    entropy_kB: (logPartition + beta * energy) / siteCount,
    logPartition,
  };
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly energy: number;
  readonly energyVariance: number;
}

function momentsOf(
  sums: ThermalSums,
  magnetisations: Float64Array,
  p: Float64Array,
  zeeman: number,
): Moments {
  const count = magnetisations.length;
  let mean = 0;
  let energy = 0;
  for (let k = 0; k < 2 * count; k++) {
    const m = k < count ? magnetisations[k]! : -magnetisations[k - count]!;
    mean += p[k]! * m;
    energy += p[k]! * (sums.energy[k % count]! - zeeman * m);
  }
  if (zeeman === 0) mean = 0; // exactly, not to rounding
  let variance = 0;
  let energyVariance = 0;
  for (let k = 0; k < 2 * count; k++) {
    const s = k % count;
    const m = k < count ? magnetisations[s]! : -magnetisations[s]!;
    variance += p[k]! * (m - mean) ** 2;
    const inner = sums.energySquared[s]! - sums.energy[s]! ** 2;
    energyVariance += p[k]! * (inner + (sums.energy[s]! - zeeman * m - energy) ** 2);
  }
  return { mean, variance, energy, energyVariance };
}

/**
 * <Sz>/N at one field: what most data are, without the rest of a {@link ThermalState}.
 *
 * @param scratch at least twice as long as there are magnetisations; overwritten
 */
export function evaluateMagnetisation(
  sums: ThermalSums,
  scale: ClusterScale,
  field_T: number,
  scratch: Float64Array,
): number {
  if (field_T === 0) return 0;
  const { magnetisations, siteCount, g } = scale;
  weighInField(
    sums,
    magnetisations,
    sums.beta_per_meV * g * BOHR_MAGNETON_meV_per_T * field_T,
    scratch,
  );
  const count = magnetisations.length;
  let mean = 0;
  for (let k = 0; k < count; k++) mean += magnetisations[k]! * (scratch[k]! - scratch[k + count]!);
  return mean / siteCount;
}

/**
 * One quantity and its derivatives by the couplings at one field.
 *
 * @param gradient written: d value / d J_c, one for each term
 * Formula: d ln w_k / dJ = -beta <dE/dJ>_k for the weights of the magnetisations, and for the specific heat the
 * derivative of the energy's variance, all from the sums of one temperature.
 */
export function evaluateWithGradient(
  quantity: Quantity,
  sums: ThermalSums,
  scale: ClusterScale,
  field_T: number,
  gradient: Float64Array,
): number {
  const { magnetisations, siteCount, g } = scale;
  const gMuB = g * BOHR_MAGNETON_meV_per_T;
  const zeeman = gMuB * field_T;
  const beta = sums.beta_per_meV;
  const p = new Float64Array(2 * magnetisations.length);
  weighInField(sums, magnetisations, beta * zeeman, p);
  const moments = momentsOf(sums, magnetisations, p, zeeman);
  gradient.fill(0);
  if (quantity === "specificHeat") {
    addEnergyVarianceSlope({ sums, magnetisations, p, zeeman, moments, gradient });
    const factor = (beta * beta) / siteCount;
    scaleAll(gradient, factor);
    return factor * moments.energyVariance;
  }
  const terms = sums.termCount;
  const count = magnetisations.length;
  const ofMean = quantity === "magnetisation";
  for (let k = 0; k < 2 * count; k++) {
    const s = k % count;
    const m = (k < count ? magnetisations[s]! : -magnetisations[s]!) - moments.mean;
    const lever = p[k]! * (ofMean ? m : m * m - moments.variance);
    for (let c = 0; c < terms; c++) {
      gradient[c] = gradient[c]! - beta * lever * sums.slope[0][s * terms + c]!;
    }
  }
  const factor = ofMean ? 1 / siteCount : (gMuB * gMuB * beta) / siteCount;
  scaleAll(gradient, factor);
  return factor * (ofMean ? moments.mean : moments.variance);
}

function addEnergyVarianceSlope(options: {
  sums: ThermalSums;
  magnetisations: Float64Array;
  p: Float64Array;
  zeeman: number;
  moments: Moments;
  gradient: Float64Array;
}): void {
  const { sums, magnetisations, p, zeeman, moments, gradient } = options;
  const count = magnetisations.length;
  const terms = sums.termCount;
  const mean = moments.energy;
  const beta = sums.beta_per_meV;
  for (let k = 0; k < 2 * count; k++) {
    const s = k % count;
    const shift = zeeman * (k < count ? magnetisations[s]! : -magnetisations[s]!) + mean;
    for (let c = 0; c < terms; c++) {
      const d0 = sums.slope[0][s * terms + c]!;
      const d1 = sums.slope[1][s * terms + c]! - shift * d0; // <dE (E - mean)>
      const d2 =
        sums.slope[2][s * terms + c]! -
        2 * shift * sums.slope[1][s * terms + c]! +
        shift * shift * d0;
      gradient[c] = gradient[c]! + p[k]! * (2 * d1 - beta * (d2 - moments.energyVariance * d0));
    }
  }
}

function scaleAll(values: Float64Array, factor: number): void {
  for (let k = 0; k < values.length; k++) values[k] = values[k]! * factor;
}
