import { chooseInTurn } from "../../choose-in-turn.ts";
import { LabelTable } from "../../evidence/label-table.ts";
import { labelOf } from "../../evidence/phase-names.ts";
import type { MapPrediction, RankedPoint } from "../../map-model.ts";
import type { Choice } from "../../map-reader.ts";
import { spreadCertainty } from "../../spread-certainty.ts";
import { GapScores } from "../acquisition.ts";
import { explainGap } from "../explain.ts";
import { borrow } from "./borrow.ts";
import type { StackEvidence } from "./level-evidence.ts";
import { exactMesh, LevelSection } from "./level-section.ts";
import type { LevelResult, StackCandidates } from "./stack-candidates.ts";

/** One level of the further axis counts as so many grid steps of composition. */
export const LEVEL_steps = 1;
/** Certainty of a measured label, and 1 - RATE (1 - exp(-d / REACH)) at a distance d (grid steps) from what is proved. */
const MEASURED = 0.999;
const RATE = 0.6;
const REACH_steps = 3.5;

/** One map of all levels. */
export interface StackEngine {
  readonly sections: readonly LevelSection[];
  readonly prediction: MapPrediction;
  /** Largest weighted gap of any level, grid steps. */
  readonly gap_steps: number;
  choose(choice: Choice): RankedPoint[];
}

/** What an engine maps. */
export interface StackSource {
  readonly candidates: StackCandidates;
  readonly results: ReadonlyMap<number, LevelResult>;
  readonly evidence: StackEvidence;
}

/** The gaps of all levels; a point that is believed at one level closes part of the gap at its composition in the others. */
export class StackGaps {
  readonly scores: readonly GapScores[];
  readonly #candidates: StackCandidates;

  constructor(candidates: StackCandidates, scores: readonly GapScores[]) {
    this.#candidates = candidates;
    this.scores = scores;
  }

  get largest_steps(): number {
    const largest = Math.max(...this.scores.map((score) => score.largest()));
    return Number((largest / this.#candidates.step).toFixed(5));
  }

  fork(): StackGaps {
    return new StackGaps(
      this.#candidates,
      this.scores.map((score) => score.fork()),
    );
  }

  believe(candidate: number): void {
    const { levels, levelOf, placeOf, step } = this.#candidates;
    const level = levelOf[candidate]!;
    const at = levels[level]!.section.points[placeOf[candidate]!]!;
    this.scores.forEach((score, k) => {
      if (k === level) score.believe(placeOf[candidate]!);
      else score.approach(at, Math.abs(k - level) * LEVEL_steps * step);
    });
  }

  /** A point in flight that is no candidate will bring evidence at its composition. */
  approach(row: Float64Array): void {
    const { levels, step } = this.#candidates;
    const level = this.#candidates.levelAt(row);
    const at = levels[level]!.section.fractions(row);
    this.scores.forEach((score, k) => {
      score.approach(at, Math.abs(k - level) * LEVEL_steps * step);
    });
  }

  /** The largest gap that may be proposed. */
  best(choice: Choice, isFree: (candidate: number) => boolean) {
    return bestOf(this.#candidates, { choice, isFree }, (level, isAllowed, key) => {
      const place = this.scores[level]!.best(isAllowed, key);
      return place < 0 ? undefined : { place, score: this.scores[level]!.at(place) };
    });
  }
}

/** A candidate with its level and score. */
export interface LevelBest {
  readonly level: number;
  readonly candidate: number;
  readonly score: number;
}

/** What a choice among levels has to respect. */
export interface LevelChoice {
  readonly choice: Choice;
  readonly isFree: (candidate: number) => boolean;
}

/** The level whose best candidate scores most; earlier levels win ties. */
export function bestOf(
  { levels }: StackCandidates,
  { choice, isFree }: LevelChoice,
  bestAt: (
    level: number,
    isAllowed: (place: number) => boolean,
    tieKey: (place: number) => number,
  ) => { place: number; score: number } | undefined,
): LevelBest | undefined {
  let best: LevelBest | undefined;
  levels.forEach(({ candidates: at }, level) => {
    if (choice.level !== undefined && level !== choice.level) return;
    const found = bestAt(
      level,
      (place) => isFree(at[place]!),
      (place) => choice.tieKey(at[place]!),
    );
    if (found !== undefined && found.score > (best?.score ?? Number.NEGATIVE_INFINITY) + 1e-9)
      best = { level, candidate: at[found.place]!, score: found.score };
  });
  return best;
}

/** The map of exact phase compositions. */
export class ExactStack implements StackEngine {
  readonly sections: readonly LevelSection[];
  readonly prediction: MapPrediction;
  readonly #candidates: StackCandidates;
  readonly #gaps: StackGaps;

  constructor(source: StackSource) {
    const { candidates, results, evidence } = source;
    const apart = LEVEL_steps * candidates.step;
    this.#candidates = candidates;
    this.sections = candidates.levels.map((item, level) => {
      const borrowed = borrow(evidence.byLevel, { level, results });
      return new LevelSection(item, exactMesh(borrowed), { results, borrowed, level, apart });
    });
    this.#gaps = new StackGaps(
      candidates,
      this.sections.map((section) => new GapScores(section, candidates.step)),
    );
    this.prediction = readExact(source, this.sections);
  }

  get gap_steps(): number {
    return this.#gaps.largest_steps;
  }

  choose(choice: Choice): RankedPoint[] {
    const { placeOf, step } = this.#candidates;
    const gaps = this.#gaps.fork();
    return chooseInTurn(choice, {
      take: (candidate) => gaps.believe(candidate),
      approach: (row) => gaps.approach(row),
      next: (isFree) => {
        const best = gaps.best(choice, isFree);
        if (best === undefined) return undefined;
        const { candidate, level } = best;
        const score = best.score / step;
        const why = explainGap(this.sections[level]!, placeOf[candidate]!, score);
        return { candidate, score, why };
      },
    });
  }
}

function readExact(
  { candidates, results }: StackSource,
  sections: readonly LevelSection[],
): MapPrediction {
  const count = candidates.levelOf.length;
  const table = new LabelTable();
  const label = new Int32Array(count).fill(-1);
  const certainty = new Float64Array(count);
  for (const { result } of results.values()) table.of(result.label);
  sections.forEach((section, level) => {
    candidates.levels[level]!.candidates.forEach((candidate, i) => {
      const owner = section.measuredBy[i]!;
      const phases = section.map.phases(i);
      if (owner >= 0) {
        label[candidate] = table.of(results.get(owner)!.result.label);
        certainty[candidate] = MEASURED;
        return;
      }
      if (phases.length === 0) return;
      label[candidate] = table.of(labelOf(phases));
      const d = section.proved.at(i) / candidates.step;
      certainty[candidate] = 1 - RATE * (1 - Math.exp(-d / REACH_steps));
    });
  });
  return spreadCertainty(table.labels, label, certainty);
}
