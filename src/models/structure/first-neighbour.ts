import type { AtomBox } from "./atom-box.ts";
import { visitPairs } from "./atom-pairs.ts";

/** Rc and Ra in units of the first-neighbour distance: 5.0 A and 4.0 A in silicon, 6.1 A and 4.8 A in aluminium. */
const CUTOFF_PER_NEIGHBOUR = 2.12;
const AVERAGE_PER_NEIGHBOUR = 1.69;

/** No bond is as long: an atom with nothing nearer is isolated. Cs metal has 5.3 A. */
const NEIGHBOUR_A_max = 6;
/** Below this a frame with open directions is too small for a radial distribution. */
const FEW_ATOMS = 64;

const BIN_A = 0.02;
const SMOOTHING_A = 0.1;

/** True where at least half of the atoms have another one, or an image, within reach of a bond. */
export function hasNeighbours(box: AtomBox): boolean {
  const nearest = nearestDistances(box);
  return nearest.filter(Number.isFinite).length * 2 >= box.atoms;
}

/**
 * First-neighbour distance of a set of frames, A: the first high maximum of the pooled radial distribution, smoothed
 * over 0.1 A. A peak counts from half the height of the highest one on. A few atoms in the open have no distribution: for
 * them it is the median of the atoms' nearest distances. Frames of isolated atoms do not count; `undefined` where all are.
 */
export function firstNeighbourDistance(frames: readonly AtomBox[]): number | undefined {
  const bonded = frames.filter(hasNeighbours);
  const large = bonded.filter((box) => !isFewInTheOpen(box));
  if (bonded.length === 0) return undefined;
  return large.length === 0
    ? median(bonded.flatMap((box) => [...nearestDistances(box)].filter(Number.isFinite)))
    : distributionPeak(large);
}

function isFewInTheOpen(box: AtomBox): boolean {
  return box.atoms <= FEW_ATOMS && box.periodic.includes(false);
}

/** Distance of each atom's nearest neighbour, A; infinite beyond {@link NEIGHBOUR_A_max}. */
function nearestDistances(box: AtomBox): Float64Array {
  const nearest = new Float64Array(box.atoms).fill(Number.POSITIVE_INFINITY);
  visitPairs(box, NEIGHBOUR_A_max, ({ i, j, r2 }, count) => {
    for (let p = 0; p < count; p++) {
      const distance = Math.sqrt(r2[p]!);
      nearest[i[p]!] = Math.min(nearest[i[p]!]!, distance);
      nearest[j[p]!] = Math.min(nearest[j[p]!]!, distance);
    }
  });
  return nearest;
}

function distributionPeak(boxes: readonly AtomBox[]): number {
  const reach = searchRadius(boxes);
  const bins = Math.ceil(reach / BIN_A);
  const counts = new Float64Array(bins);
  for (const box of boxes) {
    visitPairs(box, reach, ({ r2 }, count) => {
      for (let p = 0; p < count; p++) {
        const bin = Math.floor(Math.sqrt(r2[p]!) / BIN_A);
        if (bin < bins) counts[bin]! += 1;
      }
    });
  }
  const density = counts.map((count, b) => count / (b + 0.5) ** 2);
  const smooth = smoothed(density, Math.round(SMOOTHING_A / BIN_A));
  const highest = smooth.reduce((a, b) => Math.max(a, b), 0);
  for (let b = 1; b < bins - 1; b++) {
    const value = smooth[b]!;
    if (value >= highest / 2 && value >= smooth[b - 1]! && value > smooth[b + 1]!)
      return (b + 0.5) * BIN_A;
  }
  return reach / 2;
}

/** Cutoff and averaging radius for a first-neighbour distance, rounded to 0.01 A. */
export function automaticRadii(neighbour_A: number): { cutoff_A: number; average_A: number } {
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    cutoff_A: round(CUTOFF_PER_NEIGHBOUR * neighbour_A),
    average_A: round(AVERAGE_PER_NEIGHBOUR * neighbour_A),
  };
}

/** Far enough for the first shell whatever the scale: twice the mean spacing V^(1/3). */
function searchRadius(boxes: readonly AtomBox[]): number {
  const spacings = boxes.map((box) => {
    const [a, b, c, d, e, f, g, h, i] = [...box.cell] as number[];
    const volume = Math.abs(
      a! * (e! * i! - f! * h!) + b! * (f! * g! - d! * i!) + c! * (d! * h! - e! * g!),
    );
    return (volume / Math.max(1, box.atoms)) ** (1 / 3);
  });
  return 1.6 * Math.max(0.5, ...spacings);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function smoothed(values: Float64Array, half: number): Float64Array {
  return values.map((_, b) => {
    let sum = 0;
    let weight = 0;
    for (let k = -half; k <= half; k++) {
      const value = values[b + k];
      if (value === undefined) continue;
      const w = half + 1 - Math.abs(k);
      sum += w * value;
      weight += w;
    }
    return sum / weight;
  });
}
