import { TieKeys } from "../../evidence/tie-keys.ts";
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
import { OFF_LEVER } from "../explain.ts";
import { reactionsBetween } from "./invariants.ts";
import { gatherEvidence, type StackEvidence } from "./level-evidence.ts";
import { NoisyStack } from "./noisy-stack.ts";
import { type LevelResult, StackCandidates } from "./stack-candidates.ts";
import { ExactStack, type StackChoice, type StackEngine } from "./stack-engine.ts";

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
  /** Standard deviation per component of measured phase compositions, mole fraction; absent: learnt from the results. */
  readonly noise?: number | undefined;
  /** Every point of a batch has the same value of the further axis: one furnace setting; the best one is chosen. */
  readonly sharesLevel?: boolean | undefined;
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
  readonly #toldNoise: number | undefined;
  #evidenceByLevel: StackEvidence | undefined;
  #engine: StackEngine | undefined;

  constructor(grid: MapGrid, options: StackOptions) {
    this.#sharesLevel = options.sharesLevel ?? false;
    this.#toldNoise = options.noise;
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
    this.#engine = undefined;
  }

  forget(id: number): void {
    for (const [owner, evidence] of this.#evidence) {
      if (evidence.id !== id) continue;
      this.#evidence.delete(owner);
      this.#results.delete(owner);
      this.#engine = undefined;
    }
  }

  predict(): MapPrediction {
    return this.#current().prediction;
  }

  rank(request: RankRequest): readonly RankedPoint[] {
    const { levels, step } = this.#candidates;
    const engine = this.#current();
    const taken = new Set([...request.excluded, ...request.pending]);
    const wished = this.#sharesLevel ? [] : this.#repeats(request.count, taken);
    const lately = [...this.#evidence.values()].map(({ candidate }) => candidate);
    for (const { candidate } of wished) taken.add(candidate);
    for (const candidate of lately) taken.add(candidate);
    const choice: Omit<StackChoice, "among"> = {
      count: request.count - wished.length,
      taken,
      pending: request.pending,
      lately,
      keys: this.#ties.map((ties, k) => ties.of(`${request.seed}/${levels[k]!.value}`)),
    };
    const all = levels.map((_, level) => level);
    if (!this.#sharesLevel) return [...wished, ...engine.choose({ ...choice, among: all })];
    const worth = (points: readonly RankedPoint[]): number =>
      points.reduce((sum, { score }) => sum + score * step, 0);
    return all
      .map((level) => engine.choose({ ...choice, among: [level] }))
      .reduce((p, q) => (worth(q) > worth(p) ? q : p), []);
  }

  #repeats(count: number, taken: ReadonlySet<number>): RankedPoint[] {
    const score = this.#current().gap_steps + 1;
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
    const { gap_steps, sections } = this.#current();
    const { labels, label, certainty } = this.predict();
    const mean = certainty.reduce((sum, p) => sum + p, 0) / this.#count;
    const seen = new Set([...this.#results.values()].map(({ result }) => result.label));
    const unseen = labels.map((name) => (seen.has(name) ? 0 : 1));
    const unseenPoints = label.reduce((sum, k) => sum + (k < 0 ? 0 : unseen[k]!), 0);
    const known = [...this.#evidence.values()].filter((evidence) => evidence.known).length;
    const reactions = reactionsBetween(this.#candidates.levels, this.#results, this.#noise);
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
        figures: {
          gap_steps,
          levels: sections.length,
          invariantReactions: reactions.length,
          compositionNoise_molFraction: Math.round(this.#noise * 1e5) / 1e5,
        },
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
    for (const [owner, { result, level: at }] of this.#results) {
      const from = this.#evidence.get(owner)!.id;
      const level = this.#candidates.levels[at]!.value;
      const ends = result.ends.flatMap((end) => (end === undefined ? [] : [end]));
      if (ends.length < result.phases.length || result.outOfEquilibrium) continue;
      const [p, q, r] = result.phases;
      const [a, b, c] = ends;
      if (ends.length === 2) tieLines.push({ phases: [p!, q!], ends: [a!, b!], from, level });
      if (ends.length === 3)
        triangles.push({ phases: [p!, q!, r!], corners: [a!, b!, c!], from, level, proved: true });
    }
    return { tieLines, triangles };
  }

  originOf(candidate: number): LabelOrigin {
    const { levelOf, placeOf } = this.#candidates;
    const section = this.#current().sections[levelOf[candidate]!]!;
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

  get #noise(): number {
    this.#current();
    return this.#evidenceByLevel?.noise ?? 0;
  }

  #current(): StackEngine {
    if (this.#engine !== undefined) return this.#engine;
    const evidence = gatherEvidence(this.#results, this.#toldNoise);
    const source = { candidates: this.#candidates, results: this.#results, evidence };
    this.#evidenceByLevel = evidence;
    this.#engine = evidence.noise > 0 ? new NoisyStack(source) : new ExactStack(source);
    return this.#engine;
  }

  /** Results that could not stand beside the others of their level, as long as a repeat may help. */
  #doubted(): { owner: number; candidate: number }[] {
    // Under noise edges cross without anything being wrong.
    if (this.#noise > 0) return [];
    return this.#current().sections.flatMap((section) =>
      section.refused.flatMap((owner) => {
        const { candidate } = this.#evidence.get(owner)!;
        const repeats = [...this.#evidence.values()].filter((e) => e.candidate === candidate);
        return candidate < 0 || repeats.length >= REPEATS_MAX ? [] : [{ owner, candidate }];
      }),
    );
  }

  #warnings(): string[] {
    const { levels } = this.#candidates;
    const isNoisy = this.#noise > 0;
    const refused = this.#current().sections.flatMap((section, level) =>
      (isNoisy ? [] : section.refused).map((owner) => {
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
