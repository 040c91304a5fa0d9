import type { Fractions } from "../barycentric.ts";
import type { HiddenLabel } from "./hidden-labels.ts";
import type { NoisySection } from "./noisy-section.ts";

/** Gaps are closed first, down to so many grid steps; after that the votes say where the map is doubtful. */
export const GAP_OPEN_steps = 1;
const LOOK_OFFSET_steps = 0.5;
const LOOK_SHARE_steps = 15;

/**
 * Labels that must exist but that nobody has measured are looked for once the gaps are below so many grid steps: one label
 * more is worth the more, the fewer there are.
 */
export function lookBelow_steps(labels: number): number {
  return LOOK_OFFSET_steps + LOOK_SHARE_steps / labels;
}

/** Share of the score that a label which nobody has measured adds by itself. */
const UNSEEN_BONUS = 0.3;
/** Chance from which a hidden label is worth an experiment. */
const HIDDEN_MIN = 0.3;
/** Around a recent or pending point the score is cut to 1 - DAMPING, over a reach in grid steps. */
const DAMPING = 0.9;
const DAMPING_REACH_steps = 1.5;
/** Beyond this exponent 1 - exp(-x) is 1 to the last bit. */
const FAR = 38;

/** What the votes are read from: one section, or one level of a stack. */
export type VoteSource = Pick<
  NoisySection,
  "points" | "hidden" | "measured" | "measuredBy" | "table" | "votes" | "probabilities"
>;

/**
 * What a measurement is worth once no gap is open: doubt of the label, weighted with the rarity of what it may be, since every
 * field counts the same however small it is; and a bonus for labels that only the triangulations predict.
 */
export class VoteScores {
  readonly #score: Float64Array;
  readonly #points: readonly Fractions[];
  readonly #reach: number;
  readonly #hidden: readonly HiddenLabel[];
  readonly #looked = new Set<string>();

  constructor(section: VoteSource, step: number) {
    const n = section.points.length;
    this.#hidden = section.hidden;
    this.#points = section.points;
    this.#reach = 2 * (DAMPING_REACH_steps * step) ** 2;
    this.#score = new Float64Array(n);
    const seen = new Set(section.measured.map(({ label }) => label));
    const top = new Float64Array(n);
    const rarity = new Float64Array(n);
    const unseen = new Float64Array(n);
    const members = new Int32Array(n);
    section.probabilities.forEach((f, k) => {
      const p = section.votes[k]!;
      let size = 1;
      let count = 0;
      // Most labels are likely in a small part of the map only: what is 0 adds nothing.
      for (let i = 0; i < n; i++) {
        const q = (p[i]! + f[i]!) / 2;
        if (q === 0) continue;
        size += q;
        members[count++] = i;
      }
      const worth = 1 / Math.sqrt(size);
      const bonus = seen.has(section.table.labels[k]!) ? 0 : UNSEEN_BONUS * worth;
      for (let m = 0; m < count; m++) {
        const i = members[m]!;
        const q = (p[i]! + f[i]!) / 2;
        if (q > top[i]!) top[i] = q;
        rarity[i]! += q * worth;
        if (bonus > 0) unseen[i]! += q * bonus;
      }
    });
    for (let i = 0; i < n; i++) {
      if (section.measuredBy[i]! >= 0) continue;
      this.#score[i] = (1 - top[i]!) * rarity[i]! + unseen[i]!;
    }
  }

  /** The likeliest place of a label that must exist and has not been looked for there, ties by the larger key; -1 where there is none. */
  hidden(isAllowed: (i: number) => boolean, tieKey: (i: number) => number): number {
    let best = -1;
    let most = HIDDEN_MIN;
    for (const { label, chance } of this.#hidden) {
      if (this.#looked.has(label)) continue;
      for (const [i, c] of chance) {
        if (c < most - 1e-9 || !isAllowed(i)) continue;
        if (best >= 0 && c <= most + 1e-9 && tieKey(i) <= tieKey(best)) continue;
        best = i;
        most = c;
      }
    }
    return best;
  }

  /** Candidate i is being measured: the hidden labels that it may show need no second look in this batch. */
  look(i: number): void {
    for (const { label, chance } of this.#hidden) {
      if ((chance.get(i) ?? 0) >= HIDDEN_MIN) this.#looked.add(label);
    }
  }

  at(i: number): number {
    return this.#score[i]!;
  }

  /** Lowers the score around a point that is being measured, or was just now. */
  damp(at: Fractions): void {
    const score = this.#score;
    for (let i = 0; i < score.length; i++) {
      const point = this.#points[i]!;
      const b = point[1] - at[1];
      const c = point[2] - at[2];
      const far = (b * b + b * c + c * c) / this.#reach;
      if (far < FAR) score[i]! *= 1 - DAMPING * Math.exp(-far);
    }
  }

  /** The candidate of the largest score among those allowed, ties by the larger key; -1 where none is left. */
  best(isAllowed: (i: number) => boolean, tieKey: (i: number) => number): number {
    let best = -1;
    for (let i = 0; i < this.#score.length; i++) {
      const score = this.#score[i]!;
      if (score <= 0 || !isAllowed(i)) continue;
      const lead = best < 0 ? 1 : score - this.#score[best]!;
      if (lead > 1e-12 || (lead > -1e-12 && tieKey(i) > tieKey(best))) best = i;
    }
    return best;
  }
}
