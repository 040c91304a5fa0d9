import { chooseInTurn } from "../../choose-in-turn.ts";
import { LabelTable } from "../../evidence/label-table.ts";
import type { MapPrediction, RankedPoint } from "../../map-model.ts";
import type { Choice } from "../../map-reader.ts";
import { GapScores } from "../acquisition.ts";
import { explainGap, explainHidden, explainVote } from "../explain.ts";
import { GAP_OPEN_steps, lookBelow_steps, VoteScores } from "../noise/vote-acquisition.ts";
import type { LevelSection } from "./level-section.ts";
import { NoisyLevel } from "./noisy-level.ts";
import type { StackCandidates } from "./stack-candidates.ts";
import {
  bestOf,
  LEVEL_steps,
  type LevelBest,
  type LevelChoice,
  type StackEngine,
  StackGaps,
  type StackSource,
} from "./stack-engine.ts";

/** Triangulations that vote on all levels together, and the least on each. */
const MEMBERS_together = 60;
const MEMBERS_min = 3;
const MEMBERS_max = 10;
/** Results from which an ensemble is worth its time. */
const ENSEMBLE_FROM = 15;
/** The map of noisy phase compositions at several levels: on each an ensemble of triangulations votes. */
export class NoisyStack implements StackEngine {
  readonly sections: readonly LevelSection[];
  readonly prediction: MapPrediction;
  readonly #levels: readonly NoisyLevel[];
  readonly #candidates: StackCandidates;
  readonly #gaps: StackGaps;

  constructor({ candidates, results, evidence }: StackSource) {
    const apart = LEVEL_steps * candidates.step;
    const share = Math.round(MEMBERS_together / candidates.levels.length);
    const full = Math.min(MEMBERS_max, Math.max(MEMBERS_min, share));
    const members = results.size < ENSEMBLE_FROM ? 1 : full;
    this.#candidates = candidates;
    this.#levels = candidates.levels.map(
      (item, level) =>
        new NoisyLevel(item, candidates.graph(level), level, { results, evidence, apart, members }),
    );
    this.sections = this.#levels.map(({ section }) => section);
    this.#gaps = new StackGaps(
      candidates,
      this.sections.map((section) => new GapScores(section, candidates.step)),
    );
    this.prediction = mostProbable(candidates, this.#levels);
  }

  get gap_steps(): number {
    return this.#gaps.largest_steps;
  }

  choose(choice: Choice): RankedPoint[] {
    const { levels, levelOf, placeOf, step } = this.#candidates;
    const gaps = this.#gaps.fork();
    const votes = this.#levels.map((level) => new VoteScores(level, step));
    const damp = (candidate: number): void => {
      const level = levelOf[candidate]!;
      votes[level]!.damp(levels[level]!.section.points[placeOf[candidate]!]!);
    };
    return chooseInTurn(choice, {
      take: (candidate) => {
        gaps.believe(candidate);
        damp(candidate);
        votes[levelOf[candidate]!]!.look(placeOf[candidate]!);
      },
      approach: (row) => {
        const level = this.#candidates.levelAt(row);
        gaps.approach(row);
        votes[level]!.damp(levels[level]!.section.fractions(row));
      },
      recall: damp,
      next: (isFree) => {
        const found = this.#next({ choice, isFree }, { gaps, votes });
        if (found === undefined) return undefined;
        return { candidate: found.candidate, score: found.score, why: this.#explain(found) };
      },
    });
  }

  #next(among: LevelChoice, { gaps, votes }: ChoiceState): Found | undefined {
    const gap = gaps.best(among.choice, among.isFree);
    const gap_steps = gap === undefined ? 0 : gap.score / this.#candidates.step;
    const scored = (kind: "best" | "hidden") =>
      bestOf(this.#candidates, among, (level, isAllowed, key) => {
        const place = votes[level]![kind](isAllowed, key);
        return place < 0 ? undefined : { place, score: votes[level]!.at(place) };
      });
    const isLooking = gap_steps <= lookBelow_steps(this.prediction.labels.length);
    const hidden = isLooking ? scored("hidden") : undefined;
    if (hidden !== undefined) return { ...hidden, isGap: false };
    if (gap !== undefined && gap_steps > GAP_OPEN_steps)
      return { ...gap, score: gap_steps, isGap: true };
    const vote = scored("best");
    return vote === undefined ? undefined : { ...vote, isGap: false };
  }

  #explain({ candidate, level, score, isGap }: Found): string {
    const place = this.#candidates.placeOf[candidate]!;
    if (isGap) return explainGap(this.sections[level]!, place, score);
    const hidden = explainHidden(this.#levels[level]!.hidden, place);
    return hidden ?? explainVote(this.prediction, candidate);
  }
}

interface Found extends LevelBest {
  readonly isGap: boolean;
}

interface ChoiceState {
  readonly gaps: StackGaps;
  readonly votes: readonly VoteScores[];
}

function mostProbable(candidates: StackCandidates, levels: readonly NoisyLevel[]): MapPrediction {
  const count = candidates.levelOf.length;
  const table = new LabelTable();
  const label = new Int32Array(count).fill(-1);
  const certainty = new Float64Array(count);
  const probabilities: Float64Array[] = [];
  levels.forEach((item, level) => {
    const at = candidates.levels[level]!.candidates;
    item.probabilities.forEach((p, own) => {
      const k = table.of(item.table.labels[own]!);
      probabilities[k] ??= new Float64Array(count);
      at.forEach((candidate, place) => {
        probabilities[k]![candidate] = p[place]!;
        if (p[place]! <= certainty[candidate]!) return;
        certainty[candidate] = p[place]!;
        label[candidate] = k;
      });
    });
  });
  return { labels: table.labels, label, certainty, probabilities };
}
