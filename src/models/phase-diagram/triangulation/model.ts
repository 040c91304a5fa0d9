import type { Conflict } from "../evidence/conflicts.ts";
import { EvidenceBook } from "../evidence/evidence-book.ts";
import { repeatWishes } from "../evidence/repeat-wishes.ts";
import { TieKeys } from "../evidence/tie-keys.ts";
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
} from "../map-model.ts";
import { SectionCandidates } from "./candidates.ts";
import { ExactEngine } from "./exact-engine.ts";
import { explainRepeat, warningsOf } from "./explain.ts";
import { KnownSection } from "./known-section.ts";
import { type NeighbourWeights, neighbourWeights } from "./noise/neighbour-weights.ts";
import { learnNoise } from "./noise/noise-level.ts";
import { NoisyEngine } from "./noise/noisy-engine.ts";
import type { ReadyResult } from "./result.ts";
import type { SectionEngine } from "./section-engine.ts";
import { statusOf } from "./section-status.ts";

/**
 * Of the noise that an instrument is said to have, so much is left in its results: fractions below 0 are reported as 0, and what is
 * reported sums to 1. Noise that is learnt from the results is felt noise already.
 */
const FELT_SHARE = 0.85;

export interface TriangulationOptions {
  /** Standard deviation per component of measured phase compositions, mole fraction; absent: learnt from the results. */
  readonly noise?: number | undefined;
}

/** A map model that can also say which measurement a label rests on, and how noisy it takes the compositions to be. */
export interface TriangulationModel extends MapModel {
  originOf(candidate: number): LabelOrigin;
  /** Standard deviation per component, mole fraction; 0 where the compositions count as exact. */
  readonly noise_molFraction: number;
}

/**
 * Maps an isothermal ternary section by a tie-line-constrained triangulation of all phase compositions seen: each simplex
 * reads off its phases. Proposals go where a measurement can still change the map. Noise of the compositions is told or
 * learnt; where there is none the results are believed to the last digit.
 *
 * @param grid N candidates with exactly three components (mole fractions) and no further axis
 * @returns an engine; one exact result costs O(N + triangles), a proposal O(N); with noise a result costs O(labels x N)
 */
export function createTriangulationModel(
  grid: MapGrid,
  options: TriangulationOptions = {},
): TriangulationModel {
  return new SectionModel(grid, options);
}

class SectionModel implements TriangulationModel {
  readonly #candidates: SectionCandidates;
  readonly #ties: TieKeys;
  readonly #book = new EvidenceBook();
  /** Candidates that were asked for, by id of the evidence: not proposed again unless doubted. */
  readonly #asked = new Map<number, number>();
  readonly #known = new Set<number>();
  readonly #toldNoise: number | undefined;
  #learntNoise = 0;
  #section: KnownSection;
  #graph: NeighbourWeights | undefined;
  #engine: SectionEngine | undefined;

  constructor(grid: MapGrid, options: TriangulationOptions) {
    this.#candidates = new SectionCandidates(grid);
    this.#ties = new TieKeys(this.#candidates.points);
    this.#section = new KnownSection(this.#candidates.points);
    this.#toldNoise = options.noise;
  }

  get noise_molFraction(): number {
    return this.#toldNoise ?? this.#learntNoise;
  }

  observe(evidence: PhaseEvidence): void {
    const result = this.#candidates.ready(evidence);
    const owner = this.#book.add(result);
    this.#asked.set(evidence.id, evidence.candidate);
    if (evidence.known) this.#known.add(evidence.id);
    this.#engine = undefined;
    const wasNoisy = this.noise_molFraction > 0;
    const isPlain = this.#book.repeatsOf(owner).length === 1 && result.confidence === 1;
    if (!wasNoisy && isPlain && this.#book.setAside.size === 0) {
      this.#learntNoise = learnNoise(this.#standing());
      this.#section.add(result, owner);
      if (this.#section.conflicts.length === 0 || this.#learntNoise > 0) return;
    }
    this.#rebuild();
  }

  forget(id: number): void {
    this.#asked.delete(id);
    this.#known.delete(id);
    this.#engine = undefined;
    if (this.#book.remove(String(id))) this.#rebuild();
  }

  predict(): MapPrediction {
    return this.#current().prediction;
  }

  rank(request: RankRequest): readonly RankedPoint[] {
    const engine = this.#current();
    const taken = new Set([...request.excluded, ...request.pending]);
    const out: RankedPoint[] = [];
    for (const wish of this.#wishes()) {
      if (out.length >= request.count || taken.has(wish.candidate)) continue;
      const why = explainRepeat(wish, this.#book);
      out.push({ candidate: wish.candidate, score: engine.gap_steps + 1, why });
      taken.add(wish.candidate);
    }
    const lately = [...this.#asked.values()];
    for (const candidate of lately) taken.add(candidate);
    const chosen = engine.choose({
      count: request.count - out.length,
      pending: request.pending,
      lately,
      isAllowed: (i) => !taken.has(i),
      tieKey: this.#ties.of(request.seed),
    });
    return [...out, ...chosen];
  }

  status(): MapStatus {
    const engine = this.#current();
    return statusOf({
      engine,
      observations: this.#asked.size - this.#known.size,
      noise: this.noise_molFraction,
      warnings: warningsOf(this.#book, this.#conflicts()),
      wishes: this.#wishes(),
      book: this.#book,
    });
  }

  geometry(): MapGeometry {
    const { tieLines, triangles } = this.#current().geometry();
    const idOf = (owner: number | undefined): { from?: number } =>
      owner === undefined ? {} : { from: Number(this.#book.get(owner)!.id) };
    return {
      tieLines: tieLines.map((line) => ({ ...line, ...idOf(line.from) })),
      triangles: triangles.map((triangle) => ({ ...triangle, ...idOf(triangle.from) })),
    };
  }

  originOf(candidate: number): LabelOrigin {
    const { origin, owners } = this.#current().originOf(candidate);
    return { origin, evidence: owners.map((owner) => Number(this.#book.get(owner)!.id)) };
  }

  #current(): SectionEngine {
    if (this.#engine !== undefined) return this.#engine;
    const { points, step } = this.#candidates;
    const noise = this.noise_molFraction;
    if (noise > 0) {
      this.#graph ??= neighbourWeights(points, step);
      const felt = this.#toldNoise === undefined ? noise : FELT_SHARE * noise;
      this.#engine = new NoisyEngine({ points, step, graph: this.#graph }, this.#standing(), felt);
    } else this.#engine = new ExactEngine(this.#section, step);
    return this.#engine;
  }

  /** Learns the noise anew; where there is none, builds the section from all results that stand, without those that the others speak against. */
  #rebuild(): void {
    this.#book.vote();
    this.#learntNoise = learnNoise(this.#standing());
    if (this.noise_molFraction > 0) return;
    for (;;) {
      this.#section = new KnownSection(this.#candidates.points);
      for (const [owner, result] of this.#standing()) this.#section.add(result, owner);
      const suspect = this.#book.suspect(this.#section.conflicts);
      if (suspect === undefined) return;
      this.#book.setAside.add(suspect);
    }
  }

  /** Results that are not set aside, by owner, oldest first. */
  #standing(): Map<number, ReadyResult> {
    const owners = this.#book.owners().filter((owner) => !this.#book.setAside.has(owner));
    return new Map(owners.map((owner) => [owner, this.#book.get(owner)!]));
  }

  #conflicts(): readonly Conflict[] {
    return [...this.#current().conflicts, ...this.#book.disagreements()];
  }

  #wishes() {
    return repeatWishes(this.#book, this.#conflicts());
  }
}
