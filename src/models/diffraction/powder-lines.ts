import { LabError } from "../../core/errors.ts";
import { strainModes, strainResponse } from "./cell-strain.ts";
import { type Crystal, cellVolume_A3, invertMetric, metricTensor } from "./crystal.ts";
import { type ScatteringFactor, scatteringAt, scatteringFactor } from "./scattering-factors.ts";

/** A line of a powder: equivalent reflections together. */
export interface PowderLine {
  readonly d_A: number;
  readonly hkl: readonly [number, number, number];
  /** sum |F|^2 over the equivalents, electrons^2, without Lorentz and polarisation factors. */
  readonly strength: number;
  /** d ln(d)/d strain of each mode of the cell (the first is isotropic: 1). */
  readonly response: readonly number[];
}

/** A powder's lines with what a weight fraction needs. */
export interface PowderPattern {
  readonly lines: readonly PowderLine[];
  readonly volume_A3: number;
  readonly density_g_per_cm3: number;
  readonly atomsPerWeight_mol_per_g: number;
}

/** Enough for the metric of any usual sample; more is a wrong cell or a wavelength of another world. */
const REFLECTIONS_MAX = 400_000;
const MODES_MAX = 3;
const SAME_LINE = 2e-5;
const SAME_RESPONSE = 2e-3;
/** 1 g/mol in 1 A^3 is 1.66054 g/cm^3. */
const G_PER_CM3 = 1.66054;

/**
 * All lines with d >= d_min, the longest d first: |F(hkl)|^2 with F = sum o f(s) exp(-B s^2) exp(2 pi i h.x).
 * `displacement_A2` is one B for all atoms; no anomalous dispersion. Errors: TL-7102 for a cell without a volume or an
 * unknown element. Cost: reflections x atoms.
 */
export function powderLines(
  crystal: Crystal,
  options: { readonly d_min_A: number; readonly displacement_A2?: number },
): PowderPattern {
  const metric = metricTensor(crystal.cell);
  const volume = cellVolume_A3(metric);
  if (!(volume > 1)) throw new LabError("TL-7102", "the cell has no volume");
  const inverse = invertMetric(metric);
  const modes = strainModes(metric, MODES_MAX);
  const species = speciesOf(crystal);
  const reflections = reflectionsTo(metric, inverse, options.d_min_A);
  const found = reflections.map(({ d_A, hkl }) => {
    const s = 1 / (2 * d_A);
    const damping = Math.exp(-2 * (options.displacement_A2 ?? 0) * s * s);
    return {
      d_A,
      hkl,
      strength: 2 * structureIntensity(species, hkl, s) * damping,
      response: strainResponse(modes, inverse, hkl),
    };
  });
  const mass = species.reduce(
    (sum, { factor, occupancy }) =>
      sum + factor.weight_g_per_mol * occupancy.reduce((total, o) => total + o, 0),
    0,
  );
  const amount = crystal.atoms.reduce((sum, { occupancy }) => sum + occupancy, 0);
  return {
    lines: merge(found),
    volume_A3: volume,
    density_g_per_cm3: (mass / volume) * G_PER_CM3,
    atomsPerWeight_mol_per_g: amount / mass,
  };
}

interface Species {
  readonly factor: ScatteringFactor;
  /** x y z of each atom. */
  readonly sites: Float64Array;
  readonly occupancy: Float64Array;
}

function speciesOf(crystal: Crystal): Species[] {
  const elements = [...new Set(crystal.atoms.map(({ element }) => element))];
  return elements.map((element) => {
    const factor = scatteringFactor(element);
    if (factor === undefined) throw new LabError("TL-7102", `"${element}" is no known element`);
    const atoms = crystal.atoms.filter((atom) => atom.element === element);
    return {
      factor,
      sites: Float64Array.from(atoms.flatMap(({ x, y, z }) => [x, y, z])),
      occupancy: Float64Array.from(atoms, (atom) => atom.occupancy),
    };
  });
}

/** |F|^2 without the damping by thermal motion. */
function structureIntensity(
  species: readonly Species[],
  hkl: readonly [number, number, number],
  s_per_A: number,
): number {
  let real = 0;
  let imaginary = 0;
  for (const { factor, sites, occupancy } of species) {
    let cosines = 0;
    let sines = 0;
    for (let k = 0; k < occupancy.length; k++) {
      const turns =
        hkl[0] * sites[3 * k]! + hkl[1] * sites[3 * k + 1]! + hkl[2] * sites[3 * k + 2]!;
      const angle = 2 * Math.PI * turns;
      cosines += occupancy[k]! * Math.cos(angle);
      sines += occupancy[k]! * Math.sin(angle);
    }
    const f = scatteringAt(factor, s_per_A);
    real += f * cosines;
    imaginary += f * sines;
  }
  return real * real + imaginary * imaginary;
}

interface Reflection {
  readonly d_A: number;
  readonly hkl: readonly [number, number, number];
}

/** One of each pair of opposite reflections. |h_k| <= |a_k|/d_min. */
function reflectionsTo(metric: Float64Array, inverse: Float64Array, d_min: number): Reflection[] {
  const [hMax, kMax, lMax] = [0, 4, 8].map((k) => Math.floor(Math.sqrt(metric[k]!) / d_min));
  if (hMax! * kMax! * lMax! * 4 > REFLECTIONS_MAX) {
    throw new LabError("TL-7102", "the cell is too large for lines to this angle");
  }
  const out: Reflection[] = [];
  for (let h = 0; h <= hMax!; h++) {
    for (let k = h === 0 ? 0 : -kMax!; k <= kMax!; k++) {
      for (let l = h === 0 && k === 0 ? 1 : -lMax!; l <= lMax!; l++) {
        const q2 =
          h * h * inverse[0]! +
          k * k * inverse[4]! +
          l * l * inverse[8]! +
          2 * (h * k * inverse[1]! + h * l * inverse[2]! + k * l * inverse[5]!);
        const d_A = 1 / Math.sqrt(q2);
        if (d_A >= d_min) out.push({ d_A, hkl: [h, k, l] });
      }
    }
  }
  return out;
}

/** Puts reflections together that stay together under every strain. */
function merge(reflections: readonly PowderLine[]): PowderLine[] {
  const sorted = [...reflections].sort((p, q) => q.d_A - p.d_A);
  const out: PowderLine[] = [];
  for (const line of sorted) {
    if (line.strength < 1e-9) continue;
    let twin = -1;
    for (let k = out.length - 1; k >= 0 && out[k]!.d_A / line.d_A - 1 < SAME_LINE; k--) {
      if (isSameResponse(out[k]!, line)) twin = k;
    }
    if (twin < 0) out.push(line);
    else out[twin] = { ...out[twin]!, strength: out[twin]!.strength + line.strength };
  }
  return out;
}

function isSameResponse(p: PowderLine, q: PowderLine): boolean {
  return p.response.every((value, k) => Math.abs(value - q.response[k]!) < SAME_RESPONSE);
}

/**
 * Lorentz and polarisation factor of a powder without monochromator, (1 + cos^2 2theta)/(sin^2 theta cos theta), at
 * spacing d; 0 where the line is out of reach.
 */
export function lorentzPolarisation(d_A: number, wavelength_A: number): number {
  const sine = wavelength_A / (2 * d_A);
  if (sine >= 1) return 0;
  const cosine = Math.sqrt(1 - sine * sine);
  const cos2 = 1 - 2 * sine * sine;
  return (1 + cos2 * cos2) / (sine * sine * cosine);
}
