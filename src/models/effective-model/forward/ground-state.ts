import type { ClusterSpectrum } from "./cluster-spectrum.ts";
import { BOHR_MAGNETON_meV_per_T } from "./physical-constants.ts";
import { sectorMinima } from "./thermal-sums.ts";

/** What the lowest levels say, field zero unless stated. */
export interface GroundState {
  readonly groundEnergy_meV: number;
  /** E_1 - E_0, levels counted with their degeneracy: 0 where the ground level is degenerate. */
  readonly spinGap_meV: number;
  /** Distance to the next different level. */
  readonly firstExcitation_meV: number;
  /** Lowest level with M one above the ground state's smallest |M|, minus E_0. */
  readonly gapToM1_meV: number;
  /** Jumps of the magnetisation at T = 0. */
  readonly steps: readonly MagnetisationStep[];
  /** Plateaus between the jumps; the last has no end. */
  readonly plateaus: readonly Plateau[];
}

export interface MagnetisationStep {
  readonly field_T: number;
  readonly from_M: number;
  readonly to_M: number;
}

export interface Plateau {
  /** Total magnetisation M and its share of saturation. */
  readonly M: number;
  readonly share: number;
  readonly from_T: number;
  readonly to_T?: number;
}

/** Levels closer than this (relative) are the same level. */
const DEGENERACY_TOLERANCE = 1e-9;

export function findGroundState(spectrum: ClusterSpectrum, g: number): GroundState {
  const levels = lowestLevels(spectrum);
  const [ground, next] = levels;
  const groundEnergy = ground?.energy ?? 0;
  const degenerate = (ground?.degeneracy ?? 1) > 1;
  const first = next === undefined ? 0 : next.energy - groundEnergy;
  const minima = sectorMinima(spectrum);
  const steps = findSteps(minima, spectrum.magnetisations, g);
  return {
    groundEnergy_meV: groundEnergy,
    spinGap_meV: degenerate ? 0 : first,
    firstExcitation_meV: first,
    gapToM1_meV: (minima[1] ?? groundEnergy) - groundEnergy,
    steps,
    plateaus: listPlateaus(steps, spectrum.magnetisations, minima),
  };
}

/** The two lowest different levels with their degeneracies. */
function lowestLevels(spectrum: ClusterSpectrum): { energy: number; degeneracy: number }[] {
  const all = spectrum.blocks.flatMap((block) => {
    let degeneracy = 0;
    for (let k = block.sectorFrom; k <= block.sectorTo; k++) {
      degeneracy += spectrum.magnetisations[k]! > 0 ? 2 : 1;
    }
    return Array.from(block.energies_meV, (energy) => ({ energy, degeneracy }));
  });
  all.sort((a, b) => a.energy - b.energy);
  const levels: { energy: number; degeneracy: number }[] = [];
  const lowest = all.at(0)?.energy ?? 0;
  const highest = all.at(-1)?.energy ?? 0;
  const tolerance = DEGENERACY_TOLERANCE * Math.max(highest - lowest, Number.MIN_VALUE);
  for (const level of all) {
    const last = levels.at(-1);
    if (last !== undefined && level.energy - last.energy <= tolerance)
      last.degeneracy += level.degeneracy;
    else if (levels.length === 2) break;
    else levels.push({ ...level });
  }
  return levels;
}

/** The lower convex hull of E_min(M): where the slope g muB H passes from one hull point to the next. */
function findSteps(
  minima: Float64Array,
  magnetisations: Float64Array,
  g: number,
): MagnetisationStep[] {
  const steps: MagnetisationStep[] = [];
  let at = 0;
  for (let k = 1; k < minima.length; k++) if (minima[k]! <= minima[at]! + 1e-10) at = k;
  while (at + 1 < minima.length) {
    let to = at + 1;
    let slope = Infinity;
    for (let k = at + 1; k < minima.length; k++) {
      const s = (minima[k]! - minima[at]!) / (magnetisations[k]! - magnetisations[at]!);
      if (s <= slope + 1e-12) {
        slope = s;
        to = k;
      }
    }
    steps.push({
      field_T: slope / (g * BOHR_MAGNETON_meV_per_T),
      from_M: magnetisations[at]!,
      to_M: magnetisations[to]!,
    });
    at = to;
  }
  return steps;
}

function listPlateaus(
  steps: readonly MagnetisationStep[],
  magnetisations: Float64Array,
  minima: Float64Array,
): Plateau[] {
  const saturation = magnetisations.at(-1) ?? 0;
  const share = (M: number): number => (saturation > 0 ? M / saturation : 0);
  let groundAt = 0;
  for (let k = 1; k < minima.length; k++) if (minima[k]! <= minima[groundAt]! + 1e-10) groundAt = k;
  const first = steps[0]?.from_M ?? magnetisations[groundAt] ?? 0;
  const plateaus: Plateau[] = [];
  let from_T = 0;
  let M = first;
  for (const step of steps) {
    plateaus.push({ M, share: share(M), from_T, to_T: step.field_T });
    from_T = step.field_T;
    M = step.to_M;
  }
  plateaus.push({ M, share: share(M), from_T });
  return plateaus;
}
