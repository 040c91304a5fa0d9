import type { Conflict } from "../evidence/conflicts.ts";
import type { MapGeometry, MapPrediction, RankedPoint } from "../map-model.ts";
import { GapScores, isBlind } from "./acquisition.ts";
import { type Origin, originOf, predictExactly } from "./exact-map.ts";
import { explainGap } from "./explain.ts";
import type { KnownSection } from "./known-section.ts";
import { openingOf } from "./opening.ts";
import type { Choice, SectionEngine } from "./section-engine.ts";
import { geometryOf } from "./section-geometry.ts";

/** The map of exact phase compositions: every result is believed to the last digit. */
export class ExactEngine implements SectionEngine {
  readonly #section: KnownSection;
  readonly #step: number;
  readonly #scores: GapScores;
  #prediction: MapPrediction | undefined;

  constructor(section: KnownSection, step: number) {
    this.#section = section;
    this.#step = step;
    this.#scores = new GapScores(section, step);
  }

  get prediction(): MapPrediction {
    this.#prediction ??= predictExactly(this.#section, this.#step);
    return this.#prediction;
  }

  get conflicts(): readonly Conflict[] {
    return this.#section.conflicts;
  }

  get gap_steps(): number {
    return this.#scores.largest() / this.#step;
  }

  choose(choice: Choice): RankedPoint[] {
    const scores = this.#scores.fork();
    for (const i of choice.pending) scores.believe(i);
    const chosen = new Set<number>();
    const opening = isBlind(this.#section) ? openingOf(this.#section.points, choice) : [];
    const out: RankedPoint[] = [];
    while (out.length < choice.count) {
      const gap = scores.best((c) => choice.isAllowed(c) && !chosen.has(c), choice.tieKey);
      if (gap < 0) break;
      const i = scores.isUnknownCorner(gap) ? gap : (opening.shift() ?? gap);
      const score = scores.at(i) / this.#step;
      out.push({ candidate: i, score, why: explainGap(this.#section, i, score) });
      chosen.add(i);
      scores.believe(i);
    }
    return out;
  }

  geometry(): MapGeometry {
    return geometryOf(this.#section);
  }

  originOf(candidate: number): { origin: Origin; owners: readonly number[] } {
    return originOf(this.#section, candidate);
  }
}
