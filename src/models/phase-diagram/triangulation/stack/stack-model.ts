import type {
  LabelOrigin,
  MapGeometry,
  MapGrid,
  MapModel,
  MapPrediction,
  MapStatus,
  PhaseEvidence,
  RankedPoint,
  RankRequest,
} from "../../map-model.ts";
import { GapScores } from "../acquisition.ts";
import { explainGap, OFF_LEVER } from "../explain.ts";
import { LabelTable } from "../label-table.ts";
import { labelOf } from "../phase-names.ts";
import { TieKeys } from "../tie-keys.ts";
import { reactionsBetween } from "./invariants.ts";
import { LevelSection } from "./level-section.ts";
import { type LevelResult, StackCandidates } from "./stack-candidates.ts";

/** One level of the further axis counts as so many grid steps of composition. */
const LEVEL_steps = 1;
/** Certainty of a measured label, and 1 - RATE (1 - exp(-d / REACH)) at a distance d (grid steps) from what is proved. */
const MEASURED = 0.999;
const RATE = 0.6;
const REACH_steps = 3.5;
/** Largest weighted gap, grid steps, from which nothing is left to learn. */
const COMPLETE_BELOW_steps = 0.5;
/** A sample is measured at most so often to settle a conflict. */
const REPEATS_MAX = 3;

/**
 * Maps ternary sections at several temperatures (or levels of any one further axis) that share their phases: one
 * triangulation a level, built from its own results first, then from those of the other levels, nearest first and
 * interpolated where an equilibrium is known below and above. Where neighbouring levels have tie-lines that cross, an
 * invariant reaction lies between them.
 *
 * @param grid N candidates with three mole fractions and exactly one further axis
 * @returns an engine; after a result the sections are built anew, O(levels x results x candidates of a level)
 */
export function createStackModel(grid: MapGrid, options: StackOptions = {}): MapModel {
  return new StackModel(grid, options);
}

export interface StackOptions {
  /** Every point of a batch has the same value of the further axis: one furnace setting; the best one is chosen. */
  readonly sharesLevel?: boolean | undefined;
}

interface GreedyChoice {
  readonly among: readonly number[];
  readonly taken: ReadonlySet<number>;
  readonly keys: readonly ((i: number) => number)[];
  /** Changed by the choice. */
  readonly scores: readonly GapScores[];
}

class StackModel implements MapModel {
  readonly #candidates: StackCandidates;
  readonly #count: number;
  readonly #sharesLevel: boolean;
  /** Evidence by owner: numbers of our own from 0 on, since ids may be negative. */
  readonly #evidence = new Map<number, PhaseEvidence>();
  #owners = 0;
  readonly #ties: TieKeys[];
  #results = new Map<number, LevelResult>();
  #sections: readonly LevelSection[] | undefined;
  #prediction: MapPrediction | undefined;

  constructor(grid: MapGrid, options: StackOptions) {
    this.#sharesLevel = options.sharesLevel ?? false;
    this.#candidates = new StackCandidates(grid);
    this.#count = grid.count;
    this.#ties = this.#candidates.levels.map(({ section }) => new TieKeys(section.points));
  }

  observe(evidence: PhaseEvidence): void {
    const ready = this.#candidates.ready(evidence);
    this.forget(evidence.id);
    const owner = this.#owners++;
    this.#evidence.set(owner, evidence);
    this.#results.set(owner, ready);
    this.#sections = undefined;
  }

  forget(id: number): void {
    for (const [owner, evidence] of this.#evidence) {
      if (evidence.id !== id) continue;
      this.#evidence.delete(owner);
      this.#results.delete(owner);
      this.#sections = undefined;
    }
  }

  predict(): MapPrediction {
    this.#current();
    this.#prediction ??= this.#read();
    return this.#prediction;
  }

  rank(request: RankRequest): readonly RankedPoint[] {
    const { levels, step } = this.#candidates;
    const taken = new Set([...request.excluded, ...request.pending]);
    const wished = this.#sharesLevel ? [] : this.#repeats(request.count, taken);
    for (const { candidate } of [...wished, ...this.#evidence.values()]) taken.add(candidate);
    const scores = this.#current().map((section) => new GapScores(section, step));
    for (const candidate of request.pending) this.#believe(scores, candidate);
    const keys = this.#ties.map((ties, k) => ties.of(`${request.seed}/${levels[k]!.value}`));
    const count = request.count - wished.length;
    const pick = (among: readonly number[]): RankedPoint[] =>
      this.#greedy(count, { among, taken, keys, scores: scores.map((score) => score.fork()) });
    const all = levels.map((_, level) => level);
    if (!this.#sharesLevel) return [...wished, ...pick(all)];
    const worth = (points: readonly RankedPoint[]): number =>
      points.reduce((sum, { score }) => sum + score * step, 0);
    return all.map((level) => pick([level])).reduce((p, q) => (worth(q) > worth(p) ? q : p), []);
  }

  /** The best points of some levels one after the other, each as if the ones before had been measured. */
  #greedy(count: number, { among, taken, keys, scores }: GreedyChoice): RankedPoint[] {
    const { levels, placeOf, step } = this.#candidates;
    const chosen = new Set(taken);
    const out: RankedPoint[] = [];
    while (out.length < count) {
      let best: { candidate: number; score: number; level: number } | undefined;
      for (const level of among) {
        const score = scores[level]!;
        const at = levels[level]!.candidates;
        const i = score.best((c) => !chosen.has(at[c]!), keys[level]!);
        if (i >= 0 && score.at(i) > (best?.score ?? Number.NEGATIVE_INFINITY) + 1e-9)
          best = { candidate: at[i]!, score: score.at(i), level };
      }
      if (best === undefined) break;
      const score = best.score / step;
      const section = this.#current()[best.level]!;
      const why = explainGap(section, placeOf[best.candidate]!, score);
      out.push({ candidate: best.candidate, score, why });
      chosen.add(best.candidate);
      this.#believe(scores, best.candidate);
    }
    return out;
  }

  #repeats(count: number, taken: ReadonlySet<number>): RankedPoint[] {
    const score = this.#gap_steps() + 1;
    const places = new Map(this.#doubted().map(({ candidate, owner }) => [candidate, owner]));
    return [...places]
      .filter(([candidate]) => !taken.has(candidate))
      .slice(0, count)
      .map(([candidate, owner]) => {
        const { label } = this.#results.get(owner)!.result;
        const why = `Repeat: ${label} found here crosses tie-lines of the same level.`;
        return { candidate, score, why };
      });
  }

  status(): MapStatus {
    const sections = this.#current();
    const { labels, label, certainty } = this.predict();
    const mean = certainty.reduce((sum, p) => sum + p, 0) / this.#count;
    const seen = new Set([...this.#results.values()].map(({ result }) => result.label));
    const unseen = labels.map((name) => (seen.has(name) ? 0 : 1));
    const unseenPoints = label.reduce((sum, k) => sum + (k < 0 ? 0 : unseen[k]!), 0);
    const known = [...this.#evidence.values()].filter((evidence) => evidence.known).length;
    const gap_steps = this.#gap_steps();
    const reactions = reactionsBetween(this.#candidates.levels, this.#results);
    return {
      observations: this.#evidence.size - known,
      meanCertainty: mean,
      estimatedError: 1 - mean,
      unseenShare: ((1 - mean) * unseenPoints) / this.#count,
      unseenLabels: unseen.reduce((sum: number, k) => sum + k * 0.5, 0),
      ...(gap_steps < COMPLETE_BELOW_steps && {
        complete: `every gap is below ${COMPLETE_BELOW_steps} grid steps (weighted)`,
      }),
      engine: {
        name: "triangulation-stack",
        figures: { gap_steps, levels: sections.length, invariantReactions: reactions.length },
      },
      findings: reactions.map(({ text }) => text),
      warnings: this.#warnings(),
      suspicious: this.#doubted().map(({ candidate, owner }) => {
        const { id } = this.#evidence.get(owner)!;
        const mine = this.#results.get(owner)!.result.label;
        const expected = labels[label[candidate]!] ?? "something else";
        return { id, candidate, label: mine, expected, probability: 0.5 };
      }),
    };
  }

  geometry(): MapGeometry {
    const tieLines: MapGeometry["tieLines"][number][] = [];
    const triangles: MapGeometry["triangles"][number][] = [];
    for (const [owner, { result }] of this.#results) {
      const from = this.#evidence.get(owner)!.id;
      const ends = result.ends.flatMap((end) => (end === undefined ? [] : [end]));
      if (ends.length < result.phases.length || result.outOfEquilibrium) continue;
      const [p, q, r] = result.phases;
      const [a, b, c] = ends;
      if (ends.length === 2) tieLines.push({ phases: [p!, q!], ends: [a!, b!], from });
      if (ends.length === 3)
        triangles.push({ phases: [p!, q!, r!], corners: [a!, b!, c!], from, proved: true });
    }
    return { tieLines, triangles };
  }

  originOf(candidate: number): LabelOrigin {
    const { levelOf, placeOf } = this.#candidates;
    const section = this.#current()[levelOf[candidate]!]!;
    const place = placeOf[candidate]!;
    const idsOf = (owners: readonly number[]): number[] =>
      [...new Set(owners)].flatMap((owner) => this.#evidence.get(owner)?.id ?? []);
    const measured = section.measuredBy[place]!;
    if (measured >= 0) return { origin: "measured", evidence: idsOf([measured]) };
    const inside = section.insideOf[place]!;
    if (inside >= 0) return { origin: "tie-triangle", evidence: idsOf([inside]) };
    const owners = section.map.vertices(place).map((v) => section.source.origin[v]!);
    return { origin: "between", evidence: idsOf(owners) };
  }

  #current(): readonly LevelSection[] {
    if (this.#sections !== undefined) return this.#sections;
    const { levels, step } = this.#candidates;
    const apart = LEVEL_steps * step;
    this.#prediction = undefined;
    this.#sections = levels.map(
      (item, level) => new LevelSection(item, this.#results, { level, apart }),
    );
    return this.#sections;
  }

  #read(): MapPrediction {
    const table = new LabelTable();
    const label = new Int32Array(this.#count).fill(-1);
    const certainty = new Float64Array(this.#count);
    for (const { result } of this.#results.values()) table.of(result.label);
    this.#current().forEach((section, level) => {
      this.#candidates.levels[level]!.candidates.forEach((candidate, i) => {
        const owner = section.measuredBy[i]!;
        const phases = section.map.phases(i);
        if (owner >= 0) {
          label[candidate] = table.of(this.#results.get(owner)!.result.label);
          certainty[candidate] = MEASURED;
          return;
        }
        if (phases.length === 0) return;
        label[candidate] = table.of(labelOf(phases));
        const d = section.proved.at(i) / this.#candidates.step;
        certainty[candidate] = 1 - RATE * (1 - Math.exp(-d / REACH_steps));
      });
    });
    const { labels } = table;
    const others = Math.max(1, labels.length - 1);
    const probabilities = labels.map((_, k) =>
      certainty.map((p, i) => (label[i] === k ? p : label[i]! < 0 ? 0 : (1 - p) / others)),
    );
    return { labels, label, certainty, probabilities };
  }

  /** Takes a candidate as measured; that also closes part of the gap at its composition in the other levels. */
  #believe(scores: readonly GapScores[], candidate: number): void {
    const { levels, levelOf, placeOf, step } = this.#candidates;
    const level = levelOf[candidate]!;
    const at = levels[level]!.section.points[placeOf[candidate]!]!;
    scores.forEach((score, k) => {
      if (k === level) score.believe(placeOf[candidate]!);
      else score.approach(at, Math.abs(k - level) * LEVEL_steps * step);
    });
  }

  #gap_steps(): number {
    const { step } = this.#candidates;
    const largest = this.#current().map((section) => new GapScores(section, step).largest());
    return Number((Math.max(...largest) / step).toFixed(5));
  }

  /** Results that could not stand beside the others of their level, as long as a repeat may help. */
  #doubted(): { owner: number; candidate: number }[] {
    return this.#current().flatMap((section) =>
      section.refused.flatMap((owner) => {
        const { candidate } = this.#evidence.get(owner)!;
        const repeats = [...this.#evidence.values()].filter((e) => e.candidate === candidate);
        return candidate < 0 || repeats.length >= REPEATS_MAX ? [] : [{ owner, candidate }];
      }),
    );
  }

  #warnings(): string[] {
    const { levels } = this.#candidates;
    const refused = this.#current().flatMap((section, level) =>
      section.refused.map((owner) => {
        const { label } = this.#results.get(owner)!.result;
        const { id } = this.#evidence.get(owner)!;
        return `The tie-lines of ${label} (result ${id}) cross others at ${levels[level]!.value}.`;
      }),
    );
    const impossible = [...this.#results.values()].flatMap(({ result }) =>
      result.outOfEquilibrium
        ? [
            `${result.label} (result ${result.id}) has more phases than components: the sample is not in equilibrium.`,
          ]
        : [],
    );
    const mixedUp = [...this.#results.values()].flatMap(({ result }) =>
      result.offLever ? [`${result.label} (result ${result.id}): ${OFF_LEVER}`] : [],
    );
    return [...refused, ...impossible, ...mixedUp];
  }
}
