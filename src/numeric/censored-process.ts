import { choleskyInPlace, solveLower } from "./cholesky.ts";
import { buildPointTree, findNearest } from "./nearest-neighbours.ts";
import { squaredDistance } from "./neighbour-graph.ts";
import { logNormalCdf } from "./normal-distribution.ts";

/** Amounts measured at n places: each with its standard deviation, infinite where nothing was measured. */
export interface MeasuredAmounts {
  readonly value: Float64Array;
  readonly deviation: Float64Array;
}

/** A latent field before anything is measured; its correlations are {@link nearPlaces}'. */
export interface LatentField {
  readonly mean: number;
  readonly amplitude: number;
  /** Of the field at one place, beside what neighbours share. */
  readonly ownDeviation: number;
  /** Where the field is not as smooth as that: how often, and by what deviation it is off what neighbours say. */
  readonly kink: { readonly chance: number; readonly deviation: number };
}

/** n places, row-major, each with its nearest others. */
export interface NearPlaces {
  readonly neighbours: readonly Int32Array[];
  /** For each place the field's correlations of its k neighbours among each other and, in a last row, with it: (k + 1) x k. */
  readonly correlations: readonly Float64Array[];
}

/** Each place hears so many others. */
const NEAR_MAX = 24;
const SWEEPS = 5;
const DAMPING = 0.7;
/** A measurement this many deviations above zero leaves no doubt that something is there. */
const SURE = 8;
const LN_SQRT_2PI = 0.9189385332046728;

/** What the field says of each place: with its own measurement, and without. */
export interface CensoredField {
  /** P(g > 0) given everything. */
  readonly present: Float64Array;
  /** P(g > 0) given the others only. */
  readonly expected: Float64Array;
}

/**
 * Where an amount a = max(0, g) is above zero, g a Gaussian field, from measurements y = a + noise: a censored (Tobit) Gaussian
 * process by expectation propagation. Each place's prior comes from the sites of its nearest others alone (at most k), so that
 * the cost is O(n k^3) a sweep; sweeps update all places at once and are damped, so that no order matters.
 *
 * @param measured n amounts, in the unit of the field
 * @returns n probabilities each, 0..1
 */
export function censoredField(
  measured: MeasuredAmounts,
  places: NearPlaces,
  field: LatentField,
): CensoredField {
  const n = measured.value.length;
  const own2 = field.ownDeviation ** 2;
  const { kink } = field;
  // Sites in natural parameters: precision, and precision times mean; beside the prior's mean. They begin as if nothing were
  // cut off, so that measurements too weak to tell anything alone are heard together.
  let precision = measured.deviation.map((deviation) => 1 / (deviation ** 2 + own2));
  let pull = measured.value.map((y, i) => (y - field.mean) * precision[i]!);
  const present = new Float64Array(n);
  const expected = new Float64Array(n);
  const scratch = createScratch();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const nextPrecision = precision.slice();
    const nextPull = pull.slice();
    for (let i = 0; i < n; i++) {
      const y = measured.value[i]!;
      const deviation = measured.deviation[i]!;
      // What is surely there keeps the site that it began with.
      const isSure = y > SURE * deviation;
      if (isSure && sweep < SWEEPS - 1) continue;
      const cavity = predictAt(i, { precision, pull }, places, field, scratch);
      const prior = { mean: cavity.mean, variance: cavity.variance + own2 };
      const wide = { mean: prior.mean, variance: prior.variance + kink.deviation ** 2 };
      expected[i] = (1 - kink.chance) * chanceAbove(prior) + kink.chance * chanceAbove(wide);
      if (!Number.isFinite(deviation)) {
        present[i] = expected[i]!;
        continue;
      }
      const s2 = deviation * deviation;
      const seen = mix(meet(prior, y, s2), meet(wide, y, s2), kink.chance);
      present[i] = seen.present;
      if (isSure) continue;
      const site = 1 / seen.variance - 1 / prior.variance;
      const kept = Math.max(1e-6, site);
      const towards =
        (seen.mean - field.mean) / seen.variance - (prior.mean - field.mean) / prior.variance;
      // The site speaks of the place's own value; neighbours share it but for the own deviation.
      const shared = kept / (1 + kept * own2);
      const move = site > 1e-6 ? towards * (shared / kept) : 0;
      nextPrecision[i] = (1 - DAMPING) * precision[i]! + DAMPING * shared;
      nextPull[i] = (1 - DAMPING) * pull[i]! + DAMPING * move;
    }
    precision = nextPrecision;
    pull = nextPull;
  }
  return { present, expected };
}

/**
 * The places with the nearest others of each, the nearest first; equal distances in the order of the rows. Worked out once for all
 * fields: correlations are Matern 3/2, (1 + r) exp(-r) with r = sqrt(3) distance / length.
 *
 * @param points n x columns
 */
export function nearPlaces(points: Float64Array, columns: number, length: number): NearPlaces {
  const n = points.length / columns;
  const k = Math.min(NEAR_MAX, n - 1);
  const none = Array.from({ length: n }, () => new Int32Array());
  if (k < 1) return { neighbours: none, correlations: none.map(() => new Float64Array()) };
  const tree = buildPointTree(points, n, columns);
  const { index } = findNearest(tree, points, n, k, { excludeSelf: true });
  const neighbours = none.map((_, i) => index.slice(i * k, (i + 1) * k));
  const correlations = neighbours.map((near, i) => {
    const out = new Float64Array((k + 1) * k);
    for (let r = 0; r <= k; r++) {
      const from = r < k ? near[r]! : i;
      for (let c = 0; c < (r < k ? r : k); c++) {
        const distance = Math.sqrt(squaredDistance(points, columns, from, near[c]!));
        const s = (Math.sqrt(3) * distance) / length;
        out[r * k + c] = (1 + s) * Math.exp(-s);
      }
    }
    return out;
  });
  return { neighbours, correlations };
}

interface Normal {
  readonly mean: number;
  readonly variance: number;
}

/** Working memory of {@link predictAt}, which runs n times a sweep for every field: allocated once. */
interface Scratch {
  readonly heard: Int32Array;
  readonly a: Float64Array;
  readonly to: Float64Array;
  readonly off: Float64Array;
}

function createScratch(): Scratch {
  return {
    heard: new Int32Array(NEAR_MAX),
    a: new Float64Array(NEAR_MAX * NEAR_MAX),
    to: new Float64Array(NEAR_MAX),
    off: new Float64Array(NEAR_MAX),
  };
}

/** The field at a place from its neighbours' sites. */
function predictAt(
  i: number,
  sites: { readonly precision: Float64Array; readonly pull: Float64Array },
  places: NearPlaces,
  field: LatentField,
  { heard, a, to, off }: Scratch,
): Normal {
  const near = places.neighbours[i]!;
  const correlation = places.correlations[i]!;
  const width = near.length;
  let k = 0;
  for (let r = 0; r < width; r++) if (sites.precision[near[r]!]! > 0) heard[k++] = r;
  const whole = field.amplitude ** 2;
  for (let r = 0; r < k; r++) {
    const p = near[heard[r]!]!;
    const row = heard[r]! * width;
    for (let c = 0; c < r; c++) a[r * k + c] = whole * correlation[row + heard[c]!]!;
    a[r * k + r] = whole + 1 / sites.precision[p]!;
    to[r] = whole * correlation[width * width + heard[r]!]!;
    off[r] = sites.pull[p]! / sites.precision[p]!;
  }
  if (k === 0 || choleskyInPlace(a, k, k) !== 0) return { mean: field.mean, variance: whole };
  solveLower(a, k, k, to);
  solveLower(a, k, k, off);
  let mean = field.mean;
  let variance = whole;
  for (let r = 0; r < k; r++) {
    mean += to[r]! * off[r]!;
    variance -= to[r]! ** 2;
  }
  return { mean, variance: Math.max(variance, 1e-6 * whole) };
}

function chanceAbove({ mean, variance }: Normal): number {
  return Math.exp(logNormalCdf(mean / Math.sqrt(variance)));
}

/** A belief that has met a measurement: its moments, the weight of g > 0 in it, and ln of the measurement's probability. */
interface Met extends Normal {
  readonly present: number;
  readonly lnMass: number;
}

/** Two beliefs of which the second was right with a chance beforehand, weighed by how they foretold the measurement. */
function mix(one: Met, other: Met, chance: number): Met {
  const share = chance / (chance + (1 - chance) * Math.exp(one.lnMass - other.lnMass));
  const between = (a: number, b: number): number => a + share * (b - a);
  const mean = between(one.mean, other.mean);
  const square = between(one.variance + one.mean ** 2, other.variance + other.mean ** 2);
  return {
    present: between(one.present, other.present),
    mean,
    variance: Math.max(square - mean * mean, 1e-9),
    lnMass: between(one.lnMass, other.lnMass),
  };
}

/** Moments of N(g; prior) N(y; max(0, g), s2), and the weight of g > 0 in it. */
function meet(prior: Normal, y: number, s2: number): Met {
  const { mean: m, variance: v } = prior;
  const deviation = Math.sqrt(v);
  const below = truncated({ mean: -m, variance: v });
  const joint = 1 / (1 / v + 1 / s2);
  const above = truncated({ mean: joint * (m / v + y / s2), variance: joint });
  const lnBelow = logNormalCdf(-m / deviation) - (y * y) / (2 * s2) - Math.log(s2) / 2;
  const lnAbove = above.lnMass - (y - m) ** 2 / (2 * (v + s2)) - Math.log(v + s2) / 2;
  const present = 1 / (1 + Math.exp(lnBelow - lnAbove));
  const absent = 1 - present;
  const mean = present * above.mean - absent * below.mean;
  const square =
    present * (above.variance + above.mean ** 2) + absent * (below.variance + below.mean ** 2);
  const lnMass = Math.max(lnBelow, lnAbove) + Math.log1p(Math.exp(-Math.abs(lnBelow - lnAbove)));
  return { present, mean, variance: Math.max(square - mean * mean, 1e-9), lnMass };
}

/** A normal cut off below 0: its moments, and ln of the mass that is left. */
function truncated({ mean, variance }: Normal): Normal & { readonly lnMass: number } {
  const deviation = Math.sqrt(variance);
  const z = mean / deviation;
  const lnMass = logNormalCdf(z);
  // phi(z)/Phi(z), safe in the tail.
  const hazard = Math.exp(-(z * z) / 2 - LN_SQRT_2PI - lnMass);
  return {
    lnMass,
    mean: Math.max(mean + deviation * hazard, 1e-12),
    variance: variance * Math.max(1e-6, 1 - hazard * (z + hazard)),
  };
}
