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

/**
 * Signal of a card at any strain without its profile: with a line's shape phi around x, M(x) = sum w phi r and B_k(x) =
 * sum w phi b_k are made once (r the residual, b_k the basis of what is explained), and a card of heights h is
 * z = sum_l h_l M(x_l)/sqrt(|c|^2 - sum_k (sum_l h_l B_k(x_l))^2).
 */
export class LineSignals {
  readonly #pattern: PreparedPattern;
  readonly #sample: SampleShape;
  readonly #signal: Float64Array;
  /** sum (w phi)^2: a line's own share of |c|^2. */
  readonly #own: Float64Array;
  readonly #explained: readonly Float64Array[];

  constructor(pattern: PreparedPattern, sample: SampleShape, left: LeftOver) {
    this.#pattern = pattern;
    this.#sample = sample;
    const { weight, residual, explained } = left;
    const around = (column: Float64Array): Float64Array =>
      this.#convolve((i, phi) => weight[i]! * phi * column[i]!);
    this.#signal = around(residual);
    this.#own = this.#convolve((i, phi) => (weight[i]! * phi) ** 2);
    this.#explained = explained.basis.map(around);
  }

  /** Signals of a card over strains. `whole` is |c|^2 at its own cell, lines that overlap included. */
  of(card: ReferenceCard, whole: number): MovedSignals {
    const steps = Math.max(1, Math.round(card.strainLimit / STRAIN_STEP));
    const signals: number[] = [];
    const overlap = whole / Math.max(this.#lengths(card, 0).own, 1e-12);
    for (let k = -steps; k <= steps; k++) {
      const { signal, own, explained } = this.#lengths(card, (k / steps) * card.strainLimit);
      const length2 = overlap * own - explained;
      signals.push(length2 > OWN_MIN * overlap * own ? signal / Math.sqrt(length2) : 0);
    }
    return { strain_max: card.strainLimit, signals };
  }

  #lengths(card: ReferenceCard, strain: number) {
    const parts = new Float64Array(this.#explained.length);
    let signal = 0;
    let own = 0;
    for (let l = 0; l < card.lnD.length; l++) {
      const d = Math.exp(card.lnD[l]! + strain);
      for (const { wavelength_A, share } of this.#pattern.radiation) {
        const sine = wavelength_A / (2 * d);
        if (sine >= 0.999) continue;
        const at = this.#binOf(sine);
        if (at < 0) continue;
        const height = card.intensity[l]! * share * Math.sqrt(1 - sine * sine);
        signal += height * this.#signal[at]!;
        own += height * height * this.#own[at]!;
        for (let k = 0; k < parts.length; k++) {
          parts[k] = parts[k]! + height * this.#explained[k]![at]!;
        }
      }
    }
    return { signal, own, explained: parts.reduce((sum, part) => sum + part * part, 0) };
  }

  #binOf(sine: number): number {
    const { start_deg, step_deg, n } = this.#pattern;
    const cosine = Math.sqrt(1 - sine * sine);
    const angle = (2 * Math.asin(sine)) / RAD + this.#sample.displacement_deg * cosine;
    const at = Math.round((angle - start_deg) / step_deg);
    return at >= 0 && at < n ? at : -1;
  }

  /** For each bin the sum of a term over the line around it. */
  #convolve(term: (bin: number, phi: number) => number): Float64Array {
    const { n, start_deg, step_deg, width_deg } = this.#pattern;
    const { lorentz } = this.#sample;
    return Float64Array.from({ length: n }, (_, at) => {
      const width = width_deg / Math.cos(((start_deg + at * step_deg) / 2) * RAD);
      const reach = Math.ceil((REACH_WIDTHS * width) / step_deg);
      let sum = 0;
      for (let i = Math.max(0, at - reach); i <= Math.min(n - 1, at + reach); i++) {
        const u = ((i - at) * step_deg) / width;
        const phi = lorentz / (1 + 4 * u * u) + (1 - lorentz) * Math.exp(-4 * Math.LN2 * u * u);
        sum += term(i, phi);
      }
      return sum;
    });
  }
}
