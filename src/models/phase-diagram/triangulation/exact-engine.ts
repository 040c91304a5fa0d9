import type { MapGeometry, MapPrediction, RankedPoint } from "../map-model.ts";
import { GapScores } from "./acquisition.ts";
import type { Conflict } from "./conflicts.ts";
import { type Origin, originOf, predictExactly } from "./exact-map.ts";
import { explainGap } from "./explain.ts";
import type { KnownSection } from "./known-section.ts";
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
    this.#scores = new GapScores(section);
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
    const out: RankedPoint[] = [];
    while (out.length < choice.count) {
      const i = scores.best((c) => choice.isAllowed(c) && !chosen.has(c), choice.tieKey);
      if (i < 0) break;
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
