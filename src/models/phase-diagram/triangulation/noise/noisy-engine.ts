import { chooseInTurn } from "../../choose-in-turn.ts";
import type { Conflict } from "../../evidence/conflicts.ts";
import type { MapGeometry, MapPrediction, RankedPoint } from "../../map-model.ts";
import type { Choice, MapReading, Origin, Unseen, UnseenSource } from "../../map-reader.ts";
import { GapScores, isBlind } from "../acquisition.ts";
import type { SectionCandidates } from "../candidates.ts";
import { explainGap, explainHidden, explainVote } from "../explain.ts";
import { openingOf } from "../opening.ts";
import type { ReadyResult } from "../result.ts";
import { sectionUnseen } from "../section-unseen.ts";
import type { NeighbourWeights } from "./neighbour-weights.ts";
import { noisyGeometry } from "./noisy-geometry.ts";
import { NoisySection } from "./noisy-section.ts";
import { GAP_OPEN_steps, lookBelow_steps, VoteScores } from "./vote-acquisition.ts";

interface NoisyGrid {
  readonly candidates: SectionCandidates;
  readonly graph: NeighbourWeights;
}

/** The map of noisy phase compositions: an ensemble of triangulations votes. */
export class NoisyEngine implements MapReading {
  readonly conflicts: readonly Conflict[] = [];
  readonly prediction: MapPrediction;
  readonly noise_molFraction: number;
  readonly #candidates: SectionCandidates;
  readonly #section: NoisySection;
  readonly #step: number;
  readonly #gaps: GapScores;

  /** @param noise standard deviation per component, mole fraction: as told or learnt, and what of it the results feel */
  constructor(
    { candidates, graph }: NoisyGrid,
    results: ReadonlyMap<number, ReadyResult>,
    { noise, felt }: { readonly noise: number; readonly felt: number },
  ) {
    const { points, step } = candidates;
    this.noise_molFraction = noise;
    this.#candidates = candidates;
    this.#section = new NoisySection({ points, step, graph }, results, felt);
    this.#step = step;
    this.#gaps = new GapScores(this.#section, step);
    this.prediction = mostProbable(this.#section);
  }

  get gap_steps(): number {
    return this.#gaps.largest() / this.#step;
  }

  choose(choice: Choice): RankedPoint[] {
    const { points } = this.#section;
    const gaps = this.#gaps.fork();
    const votes = new VoteScores(this.#section, this.#step);
    const lookBelow = lookBelow_steps(this.#section.table.labels.length);
    const opening = isBlind(this.#section) ? openingOf(points, choice) : [];
    const next = (isAllowed: (i: number) => boolean): RankedPoint | undefined => {
      const best = gaps.best(isAllowed, choice.tieKey);
      const isCorner = best >= 0 && gaps.isUnknownCorner(best);
      const planned = isCorner ? undefined : opening.shift();
      const gap = planned ?? best;
      const gap_steps = gap < 0 ? 0 : gaps.at(gap) / this.#step;
      const isOpen = planned !== undefined || gap_steps > GAP_OPEN_steps;
      const isLooking = planned === undefined && gap_steps <= lookBelow;
      const hidden = isLooking ? votes.hidden(isAllowed, choice.tieKey) : -1;
      const i = hidden >= 0 ? hidden : isOpen ? gap : votes.best(isAllowed, choice.tieKey);
      if (i < 0) return undefined;
      const isGap = isOpen && hidden < 0;
      const score = isGap ? gap_steps : votes.at(i);
      return { candidate: i, score, why: this.#explain(i, { isGap, gap_steps: score }) };
    };
    return chooseInTurn(choice, {
      take: (i) => {
        gaps.believe(i);
        votes.damp(points[i]!);
        votes.look(i);
      },
      approach: (row) => {
        const at = this.#candidates.fractions(row);
        gaps.approach(at, 0);
        votes.damp(at);
      },
      recall: (i) => votes.damp(points[i]!),
      next,
    });
  }

  #explain(i: number, { isGap, gap_steps }: { isGap: boolean; gap_steps: number }): string {
    if (isGap) return explainGap(this.#section, i, gap_steps);
    return explainHidden(this.#section.hidden, i) ?? explainVote(this.prediction, i);
  }

  unseen(source: UnseenSource): Unseen {
    return sectionUnseen(source);
  }

  geometry(): MapGeometry {
    return noisyGeometry(this.#section);
  }

  originOf(candidate: number): Origin {
    const measured = this.#section.measuredBy[candidate]!;
    if (measured >= 0) return { origin: "measured", owners: [measured] };
    const inside = this.#section.insideOf[candidate]!;
    if (inside >= 0) return { origin: "tie-triangle", owners: [inside] };
    const { origin } = this.#section.source;
    const owners = this.#section.map.vertices(candidate).map((v) => origin[v]!);
    return { origin: "between", owners: [...new Set(owners.filter((owner) => owner >= 0))] };
  }

  kindOf(candidate: number): Origin["origin"] {
    if (this.#section.measuredBy[candidate]! >= 0) return "measured";
    return this.#section.insideOf[candidate]! >= 0 ? "tie-triangle" : "between";
  }
}

function mostProbable(section: NoisySection): MapPrediction {
  const n = section.points.length;
  const label = new Int32Array(n).fill(-1);
  const certainty = new Float64Array(n);
  for (let k = 0; k < section.probabilities.length; k++) {
    const p = section.probabilities[k]!;
    for (let i = 0; i < n; i++) {
      if (p[i]! <= certainty[i]!) continue;
      certainty[i] = p[i]!;
      label[i] = k;
    }
  }
  return { labels: section.table.labels, label, certainty, probabilities: section.probabilities };
}
