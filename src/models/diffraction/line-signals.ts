import { twoThetaOf } from "./bragg.ts";
import type { SampleShape } from "./phase-profile.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";
import type { ReferenceCard } from "./reference-card.ts";
import type { Subspace } from "./subspace.ts";

/** Signal over its standard deviation at isotropic strains from -strain_max to strain_max in equal steps. */
export interface MovedSignals {
  readonly strain_max: number;
  readonly signals: readonly number[];
}

/** What the search has left of a pattern: each bin weighed, the residual free of what the fitted phases can explain. */
export interface LeftOver {
  readonly weight: Float64Array;
  readonly residual: Float64Array;
  readonly explained: Subspace;
}

/** Strains are told in steps of about this: half a line's width in ln d at 40 degrees. */
const STRAIN_STEP = 0.004;
const REACH_WIDTHS = 2;
const RAD = Math.PI / 180;
/** A card that others explain to this share says nothing. */
const OWN_MIN = 0.02;
/** A line's place is looked up in steps of ln d: a tenth of a line's width. */
const TABLE_STEP = 0.0004;
/** Lines are taken, the strongest first, until they hold so much of the squared heights. */
const POWER_MIN = 0.9998;
/** Columns of the table before those of what is explained: signal, own. */
const SIGNAL = 0;
const OWN = 1;
const EXPLAINED = 2;

/**
 * Signal of a card at any strain without its profile: with a line's shape phi around x, M(x) = sum w phi r and B_k(x) =
 * sum w phi b_k are made once (r the residual, b_k the basis of what is explained), over ln d and with all wavelengths of a
 * line, and a card of heights h is z = sum_l h_l M(x_l)/sqrt(|c|^2 - sum_k (sum_l h_l B_k(x_l))^2). A card costs strains x lines x
 * columns multiplications.
 */
export class LineSignals {
  readonly #table: Float64Array;
  readonly #columns: number;
  readonly #rows: number;
  readonly #first: number;

  constructor(pattern: PreparedPattern, sample: SampleShape, left: LeftOver) {
    const lambdas = pattern.radiation.map(({ wavelength_A }) => wavelength_A);
    const end_deg = pattern.start_deg + (pattern.n - 1) * pattern.step_deg;
    const sineAt = (twoTheta_deg: number): number => Math.sin((twoTheta_deg / 2) * RAD);
    this.#first = Math.log(Math.min(...lambdas) / (2 * sineAt(end_deg))) - STRAIN_STEP;
    const last = Math.log(Math.max(...lambdas) / (2 * sineAt(pattern.start_deg))) + STRAIN_STEP;
    this.#rows = Math.ceil((last - this.#first) / TABLE_STEP) + 1;
    const around = convolved(pattern, sample, left);
    this.#columns = around.length / pattern.n;
    this.#table = overSpacings(
      { pattern, sample, around },
      { rows: this.#rows, first: this.#first },
    );
  }

  /** Signals of a card over strains. `whole` is |c|^2 at its own cell, lines that overlap included. */
  of(card: ReferenceCard, whole: number): MovedSignals {
    const steps = Math.max(1, Math.round(card.strainLimit / STRAIN_STEP));
    const signals: number[] = [];
    const sums = new Float64Array(this.#columns);
    const lines = strongest(card);
    this.#sum(lines, 0, sums);
    const overlap = whole / Math.max(sums[OWN]!, 1e-12);
    for (let k = -steps; k <= steps; k++) {
      this.#sum(lines, (k / steps) * card.strainLimit, sums);
      let explained = 0;
      for (let c = EXPLAINED; c < sums.length; c++) explained += sums[c]! * sums[c]!;
      const own = overlap * sums[OWN]!;
      const length2 = own - explained;
      signals.push(length2 > OWN_MIN * own ? sums[SIGNAL]! / Math.sqrt(length2) : 0);
    }
    return { strain_max: card.strainLimit, signals };
  }

  #sum({ lnD, intensity }: StrongLines, strain: number, sums: Float64Array): void {
    const table = this.#table;
    const columns = this.#columns;
    sums.fill(0);
    for (let l = 0; l < lnD.length; l++) {
      const row = Math.round((lnD[l]! + strain - this.#first) / TABLE_STEP);
      if (row < 0 || row >= this.#rows) continue;
      const height = intensity[l]!;
      const at = row * columns;
      sums[SIGNAL]! += height * table[at]!;
      sums[OWN]! += height * height * table[at + OWN]!;
      for (let c = EXPLAINED; c < columns; c++) sums[c]! += height * table[at + c]!;
    }
  }
}

type StrongLines = Pick<ReferenceCard, "lnD" | "intensity">;

function strongest({ lnD, intensity }: ReferenceCard): StrongLines {
  const order = Array.from(intensity.keys()).sort((p, q) => intensity[q]! - intensity[p]! || p - q);
  const whole = intensity.reduce((sum, height) => sum + height * height, 0);
  let held = 0;
  const kept = order.filter((l) => {
    const isWanted = held < POWER_MIN * whole;
    held += intensity[l]! ** 2;
    return isWanted;
  });
  return {
    lnD: Float64Array.from(kept, (l) => lnD[l]!),
    intensity: Float64Array.from(kept, (l) => intensity[l]!),
  };
}

/** For each bin what a line of height 1 there has in the residual, its own length squared, and in each explained column; n x columns. */
function convolved(pattern: PreparedPattern, sample: SampleShape, left: LeftOver): Float64Array {
  const { n, start_deg, step_deg, width_deg } = pattern;
  const { weight, residual, explained } = left;
  const { lorentz } = sample;
  const columns = EXPLAINED + explained.basis.length;
  const out = new Float64Array(n * columns);
  for (let at = 0; at < n; at++) {
    const width = width_deg / Math.cos(((start_deg + at * step_deg) / 2) * RAD);
    const reach = Math.ceil((REACH_WIDTHS * width) / step_deg);
    const row = at * columns;
    for (let i = Math.max(0, at - reach); i <= Math.min(n - 1, at + reach); i++) {
      const u = ((i - at) * step_deg) / width;
      const phi = lorentz / (1 + 4 * u * u) + (1 - lorentz) * Math.exp(-4 * Math.LN2 * u * u);
      const weighed = weight[i]! * phi;
      out[row + SIGNAL]! += weighed * residual[i]!;
      out[row + OWN]! += weighed * weighed;
      for (let k = 0; k < explained.basis.length; k++)
        out[row + EXPLAINED + k]! += weighed * explained.basis[k]![i]!;
    }
  }
  return out;
}

/** The same over ln d, wavelengths of a line taken together. */
function overSpacings(
  {
    pattern,
    sample,
    around,
  }: {
    readonly pattern: PreparedPattern;
    readonly sample: SampleShape;
    readonly around: Float64Array;
  },
  { rows, first }: { readonly rows: number; readonly first: number },
): Float64Array {
  const columns = around.length / pattern.n;
  const table = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const d = Math.exp(first + row * TABLE_STEP);
    for (const { wavelength_A, share } of pattern.radiation) {
      const sine = wavelength_A / (2 * d);
      const bin = sine >= 0.999 ? -1 : binOf(sine, pattern, sample);
      if (bin < 0) continue;
      const height = share * Math.sqrt(1 - sine * sine);
      for (let c = 0; c < columns; c++) {
        const factor = c === OWN ? height * height : height;
        table[row * columns + c]! += factor * around[bin * columns + c]!;
      }
    }
  }
  return table;
}

function binOf(
  sine: number,
  { start_deg, step_deg, n }: PreparedPattern,
  { displacement_deg }: SampleShape,
): number {
  const angle = twoThetaOf(sine) + displacement_deg * Math.sqrt(1 - sine * sine);
  const at = Math.round((angle - start_deg) / step_deg);
  return at >= 0 && at < n ? at : -1;
}
