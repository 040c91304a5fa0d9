import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../../numeric/cholesky.ts";
import type { BinaryResult } from "./binary-result.ts";
import { createTrack, type Track } from "./tracks.ts";

/** Standard deviations of a mole fraction that are compared, and how curved the boundaries may be (variance over a field's whole height). */
const NOISES_molFraction = [0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.04];
const CURVATURES = [1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];
/** Compositions that count as exact still have the last digit of a table. */
const NOISE_exact_molFraction = 1e-4;
/** Fewer tie-lines of one field, and fewer results with phase fractions, say nothing of noise. */
const TIES_min = 5;
const FRACTIONS_min = 4;
/** On one boundary noise must be likelier by this much (log evidence) than an exact, smooth curve. */
const EVIDENCE_min = 1;
/** Prior variance of the mean and of the rise over a field's whole height. */
const TREND_variance = 1;
/** Ends of one phase agree when their scatter is that of the noise, within this many standard deviations of chi2. */
const CHI_max = 2;
/** Fewer ends may agree by chance. */
const COMPOUND_ENDS_min = 5;
/** The mean of a compound's ends is moved onto a candidate within so many of its standard errors: such ratios are simple. */
const SNAP_errors = 2;

interface Curve {
  /** Heights scaled to 0..1. */
  readonly at: readonly number[];
  readonly values: readonly number[];
  /** Tie-lines averaged into each value. */
  readonly weights: readonly number[];
}

/**
 * The noise of the measured phase compositions (standard deviation of a mole fraction) that explains the scatter of the
 * boundaries: each is a smooth curve (integrated Wiener process, i.e. a cubic smoothing spline) whose curvature is chosen by its
 * evidence; the median over the boundaries, since an invariant reaction makes one of them jump. Where phase fractions were
 * measured the lever rule bounds it: x = f_1 x_1 + f_2 x_2. 0 where exact compositions explain most boundaries as well.
 */
export function learnBinaryNoise(
  tracks: readonly Track[],
  results: readonly BinaryResult[],
): number {
  const bound = leverNoise(results);
  if (bound <= NOISE_exact_molFraction) return 0;
  const curves = tracks
    .filter(({ ties }) => ties.length >= TIES_min)
    .flatMap(curvesOf)
    .filter(({ values }) => !isConstant(values));
  const found = curves.map((curve) => {
    const evidence = (noise: number): number =>
      Math.max(...CURVATURES.map((q) => smoothWith(curve, noise, q).logEvidence));
    let best = { noise: 0, evidence: evidence(NOISE_exact_molFraction) + EVIDENCE_min };
    for (const noise of NOISES_molFraction) {
      const here = evidence(noise);
      if (here > best.evidence) best = { noise, evidence: here };
    }
    return best.noise;
  });
  found.sort((a, b) => a - b);
  return Math.min(bound, found[(found.length - 1) >> 1] ?? 0);
}

/** Scatter of the samples about their tie-lines, rho / sqrt(f_1^2 + f_2^2); infinite where too few fractions were measured. */
function leverNoise(results: readonly BinaryResult[]): number {
  const scatter = results.flatMap(({ tie, fractions, x }) => {
    if (tie === undefined || fractions === undefined) return [];
    const [f, g] = fractions;
    return [(x - f * tie[0].x - g * tie[1].x) ** 2 / (f * f + g * g)];
  });
  if (scatter.length < FRACTIONS_min) return Number.POSITIVE_INFINITY;
  return Math.sqrt(scatter.reduce((sum, square) => sum + square, 0) / scatter.length);
}

/** The tracks with their ends moved onto smooth curves, as far as the noise allows; ends of a compound onto its composition. */
export function smoothTracks(
  tracks: readonly Track[],
  noise: number,
  compounds: ReadonlyMap<string, number>,
): Track[] {
  return tracks.map((track) => {
    const curves = curvesOf(track);
    const [left, right] = curves.map((curve, side) => {
      const fixed = compounds.get(track.phases[side]!);
      return fixed === undefined ? smooth(curve, noise) : curve.values.map(() => fixed);
    });
    const ties = track.ties.map((tie, k) => ({ ...tie, left: left![k]!, right: right![k]! }));
    return ties.every((tie) => tie.left < tie.right) ? createTrack(track.phases, ties) : track;
  });
}

/** Where a compound's composition may be exact. */
export interface CompoundHints {
  /** Samples that were found to be one phase. */
  readonly exact: readonly { readonly phase: string; readonly x: number }[];
  /** Mole fractions of the candidates. */
  readonly onGrid: Float64Array;
}

/**
 * Phases whose ends agree within the noise over all fields and heights: compounds. Their composition is that of a sample
 * which was found to be this phase alone, or the mean of the ends.
 */
export function findCompounds(
  tracks: readonly Track[],
  { exact, onGrid }: CompoundHints,
  noise: number,
): Map<string, number> {
  const ends = new Map<string, { x: number; weight: number }[]>();
  for (const { phases, ties } of tracks) {
    for (const { left, right, owners } of ties) {
      for (const [k, x] of [left, right].entries()) {
        const list = ends.get(phases[k]!) ?? [];
        list.push({ x, weight: owners.length });
        ends.set(phases[k]!, list);
      }
    }
  }
  const out = new Map<string, number>();
  for (const [phase, list] of ends) {
    if (list.length < COMPOUND_ENDS_min) continue;
    const weight = list.reduce((sum, item) => sum + item.weight, 0);
    const mean = list.reduce((sum, item) => sum + item.x * item.weight, 0) / weight;
    const chi2 = list.reduce(
      (sum, { x, weight: w }) => sum + (w * (x - mean) ** 2) / noise ** 2,
      0,
    );
    const degrees = list.length - 1;
    if (chi2 > degrees + CHI_max * Math.sqrt(2 * degrees)) continue;
    const samples = [...new Set(exact.filter((s) => s.phase === phase).map(({ x }) => x))];
    if (samples.length > 1) continue;
    const reach = (SNAP_errors * noise) / Math.sqrt(weight);
    const nearest = onGrid.reduce((a, b) => (Math.abs(b - mean) < Math.abs(a - mean) ? b : a));
    out.set(phase, samples[0] ?? (Math.abs(nearest - mean) < reach ? nearest : mean));
  }
  return out;
}

function curvesOf({ ties }: Track): [Curve, Curve] {
  const low = ties[0]!.height;
  const span = Math.max(1e-9, ties.at(-1)!.height - low);
  const at = ties.map(({ height }) => (height - low) / span);
  const weights = ties.map(({ owners }) => owners.length);
  return [
    { at, weights, values: ties.map(({ left }) => left) },
    { at, weights, values: ties.map(({ right }) => right) },
  ];
}

function isConstant(values: readonly number[]): boolean {
  return values.every((x) => Math.abs(x - values[0]!) < 1e-9);
}

function smooth(curve: Curve, noise: number): readonly number[] {
  if (curve.values.length < 3) return curve.values;
  const fits = CURVATURES.map((q) => smoothWith(curve, noise, q));
  return fits.reduce((a, b) => (b.logEvidence > a.logEvidence ? b : a)).values;
}

/**
 * Gaussian process with the covariance of an integrated Wiener process and a vague straight line:
 * k(s, t) = q min^2 (3 max - min) / 6 + v (1 + s t), noise sigma^2 / weight.
 */
function smoothWith(
  { at, values, weights }: Curve,
  noise: number,
  q: number,
): { values: number[]; logEvidence: number } {
  const n = at.length;
  const prior = (s: number, t: number): number => {
    const [low, high] = [Math.min(s, t), Math.max(s, t)];
    return (q * low * low * (3 * high - low)) / 6 + TREND_variance * (1 + s * t);
  };
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) factor[i * n + j] = prior(at[i]!, at[j]!);
    factor[i * n + i]! += (noise * noise) / weights[i]!;
  }
  if (choleskyInPlace(factor, n, n) !== 0)
    return { values: [...values], logEvidence: Number.NEGATIVE_INFINITY };
  const solved = Float64Array.from(values);
  solveLower(factor, n, n, solved);
  let logEvidence = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++)
    logEvidence -= 0.5 * solved[i]! * solved[i]! + Math.log(factor[i * n + i]!);
  solveLowerTransposed(factor, n, n, solved);
  const smoothed = at.map((s) => at.reduce((sum, t, j) => sum + prior(s, t) * solved[j]!, 0));
  return { values: smoothed, logEvidence };
}
