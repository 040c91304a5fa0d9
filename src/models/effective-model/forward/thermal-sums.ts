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
  /** exp(logWeight - logWeight_max), where the last is the largest. */
  readonly relativeWeight: Float64Array;
  readonly logWeight_max: number;
  /** Mean of E - origin and of its square, by |M|. */
  readonly energy: Float64Array;
  readonly energySquared: Float64Array;
  /** Energy that was subtracted from all levels, meV: the lowest. */
  readonly origin_meV: number;
  /** Means of dE/dJ_c times (E - origin)^power, [|M|][term], row-major, for power 0, 1, 2; empty without slopes. */
  readonly slope: readonly [Float64Array, Float64Array, Float64Array];
  readonly termCount: number;
}

/** exp(-50) is 2e-22: a level so far above the lowest of its block adds nothing to its sums in double precision. */
const NEGLIGIBLE = 50;

/**
 * All levels take part; the largest exponent is taken out first, so no sum overflows.
 *
 * @param slopePower highest power of the energy that the slopes are averaged with: 2 serves the specific heat
 * @param lowest lowest level of each |M|, where it is known
 */
export function sumThermally(
  spectrum: ClusterSpectrum,
  temperature_K: number,
  slopePower: 0 | 2 = 2,
  lowest: Float64Array = sectorMinima(spectrum),
): ThermalSums {
  const beta = 1 / (BOLTZMANN_meV_per_K * temperature_K);
  const sectors = spectrum.magnetisations.length;
  const terms = spectrum.blocks[0]?.slopes === undefined ? 0 : spectrum.termCount;
  let origin = Infinity;
  for (let k = 0; k < sectors; k++) if (lowest[k]! < origin) origin = lowest[k]!;
  const weight = new Float64Array(sectors);
  const energy = new Float64Array(sectors);
  const energySquared = new Float64Array(sectors);
  const slope: ThermalSums["slope"] = [0, 1, 2].map(
    () => new Float64Array(sectors * terms),
  ) as unknown as ThermalSums["slope"];
  const sums = new Float64Array(3 + 3 * terms);
  for (const block of spectrum.blocks) {
    const { sectorFrom, sectorTo } = block;
    const own = lowestOf(block);
    sumBlock(block, { beta, origin, own, terms, slopePower }, sums);
    for (let k = sectorFrom; k <= sectorTo; k++) {
      const share = own === lowest[k]! ? 1 : Math.exp(-beta * (own - lowest[k]!));
      weight[k] = weight[k]! + share * sums[0]!;
      energy[k] = energy[k]! + share * sums[1]!;
      energySquared[k] = energySquared[k]! + share * sums[2]!;
      if (block.slopes === undefined) continue;
      for (let power = 0; power <= slopePower; power++) {
        const into = slope[power]!;
        for (let c = 0; c < terms; c++)
          into[k * terms + c] = into[k * terms + c]! + share * sums[3 + power * terms + c]!;
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
  const logWeight_max = Math.max(...logWeight);
  return {
    beta_per_meV: beta,
    logWeight,
    relativeWeight: logWeight.map((one) => Math.exp(one - logWeight_max)),
    logWeight_max,
    energy,
    energySquared,
    origin_meV: origin,
    slope,
    termCount: terms,
  };
}

interface BlockSumming {
  readonly beta: number;
  readonly origin: number;
  /** Lowest level of the block: its factor is 1. */
  readonly own: number;
  readonly terms: number;
  readonly slopePower: 0 | 2;
}

/** The sums of one block, the same for each of its |M|: weight, energy, energy^2, then the slopes by power and term. */
function sumBlock(block: BlockLevels, of: BlockSumming, sums: Float64Array): void {
  const { beta, origin, own, terms, slopePower } = of;
  const { energies_meV: energies, weights, slopes } = block;
  sums.fill(0);
  let weight = 0;
  let energy = 0;
  let energySquared = 0;
  for (let n = 0; n < energies.length; n++) {
    const exponent = beta * (energies[n]! - own);
    if (exponent > NEGLIGIBLE && weights === undefined) continue;
    const w = (weights === undefined ? 1 : weights[n]!) * Math.exp(-exponent);
    const e = energies[n]! - origin;
    weight += w;
    energy += w * e;
    energySquared += w * e * e;
    if (slopes === undefined) continue;
    for (let c = 0; c < terms; c++) {
      const d = w * slopes[n * terms + c]!;
      sums[3 + c] = sums[3 + c]! + d;
      if (slopePower === 0) continue;
      sums[3 + terms + c] = sums[3 + terms + c]! + d * e;
      sums[3 + 2 * terms + c] = sums[3 + 2 * terms + c]! + d * e * e;
    }
  }
  sums[0] = weight;
  sums[1] = energy;
  sums[2] = energySquared;
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
  const { energies_meV: energies } = block;
  let min = Infinity; // levels of a sampling method are not sorted
  for (let n = 0; n < energies.length; n++) if (energies[n]! < min) min = energies[n]!;
  return min;
}
