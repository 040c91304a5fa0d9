import type { ProductSector, ProductSpace } from "./product-basis.ts";
import {
  createProductSpace,
  listSectors,
  positionsInSectors,
  raisingFactor,
} from "./product-basis.ts";

/** The highest-weight states |J, M = J> of one total spin: rows over the product states with M = J. */
export interface MultipletBasis {
  /** Total spin J. */
  readonly totalSpin: number;
  readonly sector: ProductSector;
  /** Number of multiplets with this total spin. */
  readonly count: number;
  /** Row-major, count x sector.states.length, orthonormal rows. */
  readonly rows: Float64Array;
}

interface Level {
  readonly space: ProductSpace;
  readonly sectors: readonly ProductSector[];
  readonly positions: Int32Array;
  /** By twice the total spin. */
  readonly byTwiceSpin: Map<number, Float64Array[]>;
}

/**
 * Orthonormal highest-weight states of every total spin, by coupling one site after the other:
 * |J,J> = sum_m a_m |j', J - m> |s, m>, where S+ |J,J> = 0 gives a_m = - a_(m-1) c(s, m-1) / c(j', J - m) with
 * c(j, m) = sqrt(j(j+1) - m(m+1)). An isotropic Hamiltonian acts within them, and each level stands for 2J + 1 states:
 * eight spins 1/2 need matrices of order 28 instead of 70.
 *
 * Memory: sum over J of (multiplets x product states with M = J), 0.3 MB for 10 spins 1/2 and 60 MB for 14.
 */
export function buildMultipletBases(siteSpins: readonly number[]): MultipletBasis[] {
  let level = singleSite(siteSpins[0]!);
  for (let site = 1; site < siteSpins.length; site++) {
    level = coupleSite(level, siteSpins.slice(0, site + 1));
  }
  const { space, sectors } = level;
  return [...level.byTwiceSpin.entries()]
    .sort(([a], [b]) => a - b)
    .map(([twiceSpin, vectors]) => {
      const sector = sectors[(space.levelSum_max + twiceSpin) / 2]!;
      const width = sector.states.length;
      const rows = new Float64Array(vectors.length * width);
      vectors.forEach((vector, k) => {
        rows.set(vector, k * width);
      });
      return { totalSpin: twiceSpin / 2, sector, count: vectors.length, rows };
    });
}

function describe(siteSpins: readonly number[]): Omit<Level, "byTwiceSpin"> {
  const space = createProductSpace(siteSpins);
  const sectors = listSectors(space);
  return { space, sectors, positions: positionsInSectors(space, sectors) };
}

function singleSite(spin: number): Level {
  const byTwiceSpin = new Map([[Math.round(2 * spin), [Float64Array.of(1)]]]);
  return { ...describe([spin]), byTwiceSpin };
}

function coupleSite(before: Level, siteSpins: readonly number[]): Level {
  const spin = siteSpins.at(-1)!;
  const after = describe(siteSpins);
  const byTwiceSpin = new Map<number, Float64Array[]>();
  for (const [twiceInner, vectors] of before.byTwiceSpin) {
    const inner = twiceInner / 2;
    for (const highest of vectors) {
      const ladder = lowerRepeatedly(before, highest, inner, Math.round(2 * spin));
      for (let total = Math.abs(inner - spin); total <= inner + spin + 1e-9; total++) {
        const coupled = coupleOne({ before, after, ladder, inner, spin, total });
        const key = Math.round(2 * total);
        byTwiceSpin.set(key, [...(byTwiceSpin.get(key) ?? []), coupled]);
      }
    }
  }
  return { ...after, byTwiceSpin };
}

/** |j, j>, |j, j-1>, ... down to j - steps (or -j), each normalised. */
function lowerRepeatedly(
  level: Level,
  highest: Float64Array,
  spin: number,
  steps: number,
): Float64Array[] {
  const ladder = [highest];
  for (let k = 0; k < steps && spin - k > -spin; k++) {
    const m = spin - k;
    const norm = raisingFactor(spin, m - 1);
    ladder.push(lower(level, ladder[k]!, m, norm));
  }
  return ladder;
}

function lower(level: Level, vector: Float64Array, m: number, norm: number): Float64Array {
  const { space, sectors, positions } = level;
  const levelSum = Math.round(m + space.levelSum_max / 2);
  const { states } = sectors[levelSum]!;
  const out = new Float64Array(sectors[levelSum - 1]!.states.length);
  for (let k = 0; k < states.length; k++) {
    const amplitude = vector[k]!;
    if (amplitude === 0) continue;
    let rest = states[k]!;
    for (let site = 0; site < space.levels.length; site++) {
      const digits = space.levels[site]!;
      const digit = rest % digits;
      rest = (rest - digit) / digits;
      if (digit === 0) continue;
      const spin = space.siteSpins[site]!;
      const at = positions[states[k]! - space.strides[site]!]!;
      out[at] = out[at]! + (amplitude * raisingFactor(spin, digit - 1 - spin)) / norm;
    }
  }
  return out;
}

function coupleOne(options: {
  before: Level;
  after: Omit<Level, "byTwiceSpin">;
  ladder: readonly Float64Array[];
  inner: number;
  spin: number;
  total: number;
}): Float64Array {
  const { before, after, ladder, inner, spin, total } = options;
  const coefficients = couplingCoefficients(inner, spin, total);
  const levelSum = Math.round(total + after.space.levelSum_max / 2);
  const out = new Float64Array(after.sectors[levelSum]!.states.length);
  const stride = after.space.strides.at(-1)!;
  coefficients.forEach((coefficient, digit) => {
    if (coefficient === 0) return;
    const innerM = total - (digit - spin);
    const vector = ladder[Math.round(inner - innerM)]!;
    const { states } = before.sectors[Math.round(innerM + before.space.levelSum_max / 2)]!;
    for (let k = 0; k < states.length; k++) {
      out[after.positions[states[k]! + digit * stride]!] = coefficient * vector[k]!;
    }
  });
  return out;
}

/** a_m of |J, J>, index m + s; zero where |J - m| exceeds j'. */
function couplingCoefficients(inner: number, spin: number, total: number): Float64Array {
  const digits = Math.round(2 * spin) + 1;
  const a = new Float64Array(digits);
  const lowest = Math.max(-spin, total - inner);
  a[Math.round(lowest + spin)] = 1;
  for (let m = lowest + 1; m <= spin + 1e-9; m++) {
    const innerM = total - m;
    if (innerM < -inner - 1e-9) break;
    const k = Math.round(m + spin);
    a[k] = (-a[k - 1]! * raisingFactor(spin, m - 1)) / raisingFactor(inner, innerM);
  }
  const norm = Math.hypot(...a);
  return a.map((value) => value / norm);
}
