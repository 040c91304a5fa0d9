import { chooseInTurn } from "../choose-in-turn.ts";
import type { Conflict } from "../evidence/conflicts.ts";
import type { MapGeometry, MapPrediction, RankedPoint } from "../map-model.ts";
import type { Choice, MapReading, Origin, Unseen, UnseenSource } from "../map-reader.ts";
import { GapScores, isBlind } from "./acquisition.ts";
import type { SectionCandidates } from "./candidates.ts";
import { originOf, predictExactly } from "./exact-map.ts";
import { explainGap } from "./explain.ts";
import type { KnownSection } from "./known-section.ts";
import { openingOf } from "./opening.ts";
import { sectionGeometry } from "./section-geometry.ts";
import { exactUnseen } from "./section-unseen.ts";

/** The map of exact phase compositions: every result is believed to the last digit. */
export class ExactEngine implements MapReading {
  readonly noise_molFraction = 0;
  readonly suspects: ReadonlySet<number>;
  readonly #section: KnownSection;
  readonly #candidates: SectionCandidates;
  readonly #scores: GapScores;
  #prediction: MapPrediction | undefined;

  constructor(section: KnownSection, candidates: SectionCandidates, suspects: ReadonlySet<number>) {
    this.#section = section;
    this.#candidates = candidates;
    this.suspects = suspects;
    this.#scores = new GapScores(section, candidates.step);
  }

  get prediction(): MapPrediction {
    this.#prediction ??= predictExactly(this.#section, this.#candidates.step);
    return this.#prediction;
  }

  get conflicts(): readonly Conflict[] {
    return this.#section.conflicts;
  }

  get gap_steps(): number {
    return this.#scores.largest() / this.#candidates.step;
  }

  choose(choice: Choice): RankedPoint[] {
    const scores = this.#scores.fork();
    const opening = isBlind(this.#section) ? openingOf(this.#section.points, choice) : [];
    return chooseInTurn(choice, {
      take: (i) => scores.believe(i),
      approach: (row) => scores.approach(this.#candidates.fractions(row), 0),
      next: (isFree) => {
        const gap = scores.best(isFree, choice.tieKey);
        if (gap < 0) return undefined;
        const i = scores.isUnknownCorner(gap) ? gap : (opening.shift() ?? gap);
        const score = scores.at(i) / this.#candidates.step;
        return { candidate: i, score, why: explainGap(this.#section, i, score) };
      },
    });
  }

  unseen(source: UnseenSource): Unseen {
    return exactUnseen(source, this.gap_steps);
  }

  geometry(): MapGeometry {
    return sectionGeometry(this.#section);
  }

  originOf(candidate: number): Origin {
    return originOf(this.#section, candidate);
  }
}
