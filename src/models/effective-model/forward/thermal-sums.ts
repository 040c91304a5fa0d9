import type { BlockLevels, ClusterSpectrum } from "./cluster-spectrum.ts";
import { BOLTZMANN_meV_per_K } from "./physical-constants.ts";

/**
 * Boltzmann sums at one temperature over the levels of each |M| (one sign of M), field excluded. Whatever the field,
 * every observable is a combination of them: a curve over many fields costs one pass over the levels.
 */
export interface ThermalSums {
  readonly beta_per_meV: number;
  /** ln sum_n exp(-beta E_n), by |M|. */
  readonly logWeight: Float64Array;
  /** Mean of E - origin and of its square, by |M|. */
  readonly energy: Float64Array;
  readonly energySquared: Float64Array;
  /** Energy that was subtracted from all levels, meV: the lowest. */
  readonly origin_meV: number;
  /** Means of dE/dJ_c times (E - origin)^power, [|M|][term], row-major, for power 0, 1, 2; empty without slopes. */
  readonly slope: readonly [Float64Array, Float64Array, Float64Array];
  readonly termCount: number;
}

/**
 * All levels take part; the largest exponent is taken out first, so no sum overflows.
 *
 * @param slopePower highest power of the energy that the slopes are averaged with: 2 serves the specific heat
 */
export function sumThermally(
  spectrum: ClusterSpectrum,
  temperature_K: number,
  slopePower: 0 | 2 = 2,
): ThermalSums {
  const beta = 1 / (BOLTZMANN_meV_per_K * temperature_K);
  const sectors = spectrum.magnetisations.length;
  const terms = spectrum.termCount;
  const origin = groundEnergy(spectrum);
  const lowest = sectorMinima(spectrum);
  const weight = new Float64Array(sectors);
  const energy = new Float64Array(sectors);
  const energySquared = new Float64Array(sectors);
  const slope: ThermalSums["slope"] = [0, 1, 2].map(
    () => new Float64Array(sectors * terms),
  ) as unknown as ThermalSums["slope"];
  for (const block of spectrum.blocks) {
    for (let k = block.sectorFrom; k <= block.sectorTo; k++) {
      for (let n = 0; n < block.energies_meV.length; n++) {
        const e = block.energies_meV[n]! - origin;
        const states = block.weights === undefined ? 1 : block.weights[n]!;
        const w = states * Math.exp(-beta * (block.energies_meV[n]! - lowest[k]!));
        weight[k] = weight[k]! + w;
        energy[k] = energy[k]! + w * e;
        energySquared[k] = energySquared[k]! + w * e * e;
        if (block.slopes === undefined) continue;
        for (let c = 0; c < terms; c++) {
          const at = k * terms + c;
          const d = w * block.slopes[n * terms + c]!;
          slope[0][at] = slope[0][at]! + d;
          if (slopePower === 0) continue;
          slope[1][at] = slope[1][at]! + d * e;
          slope[2][at] = slope[2][at]! + d * e * e;
        }
      }
    }
  }
  const logWeight = new Float64Array(sectors);
  for (let k = 0; k < sectors; k++) {
    const w = weight[k]!;
    logWeight[k] = Math.log(w) - beta * (lowest[k]! - origin);
    energy[k] = energy[k]! / w;
    energySquared[k] = energySquared[k]! / w;
    for (const sums of slope) {
      for (let c = k * terms; c < (k + 1) * terms; c++) sums[c] = sums[c]! / w;
    }
  }
  return {
    beta_per_meV: beta,
    logWeight,
    energy,
    energySquared,
    origin_meV: origin,
    slope,
    termCount: terms,
  };
}

/** Lowest level of all, meV. */
function groundEnergy(spectrum: ClusterSpectrum): number {
  return spectrum.blocks.reduce((min, block) => Math.min(min, lowestOf(block)), Infinity);
}

/** Lowest level of each |M|, meV. */
export function sectorMinima(spectrum: ClusterSpectrum): Float64Array {
  const minima = new Float64Array(spectrum.magnetisations.length).fill(Infinity);
  for (const block of spectrum.blocks) {
    const lowest = lowestOf(block);
    for (let k = block.sectorFrom; k <= block.sectorTo; k++) {
      minima[k] = Math.min(minima[k]!, lowest);
    }
  }
  return minima;
}

function lowestOf(block: BlockLevels): number {
  let min = Infinity; // levels of a sampling method are not sorted
  for (const energy of block.energies_meV) if (energy < min) min = energy;
  return min;
}
