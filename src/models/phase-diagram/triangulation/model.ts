import type {
  MapGeometry,
  MapGrid,
  MapModel,
  MapPrediction,
  MapStatus,
  PhaseEvidence,
  RankedPoint,
  RankRequest,
} from "../map-model.ts";
import { GapScores } from "./acquisition.ts";
import { SectionCandidates } from "./candidates.ts";
import type { Conflict } from "./conflicts.ts";
import { EvidenceBook } from "./evidence-book.ts";
import { originOf, predictExactly } from "./exact-map.ts";
import { explainGap, explainRepeat, warningsOf } from "./explain.ts";
import { KnownSection } from "./known-section.ts";
import { type NeighbourWeights, neighbourWeights } from "./noise/neighbour-weights.ts";
import { NoisySection } from "./noise/noisy-section.ts";
import { VoteScores } from "./noise/vote-acquisition.ts";
import { repeatWishes } from "./repeat-wishes.ts";
import { geometryOf } from "./section-geometry.ts";
import { statusOf } from "./section-status.ts";
import { TieKeys } from "./tie-keys.ts";

export interface TriangulationOptions {
  /** Standard deviation per component of measured phase compositions; absent: learnt from the results. */
  readonly noise?: number | undefined;
}

/** Where a derived label comes from: ids of the evidence. */
export interface LabelOrigin {
  readonly origin: "measured" | "tie-triangle" | "tie-line" | "between";
  readonly evidence: readonly number[];
}

/** A map model that can also say which measurement a label rests on. */
export interface TriangulationModel extends MapModel {
  originOf(candidate: number): LabelOrigin;
}

/**
 * Maps an isothermal ternary section by a tie-line-constrained triangulation of all phase compositions seen: each simplex
 * reads off its phases. Proposals go where a measurement can still change the map.
 *
 * @param grid N candidates with exactly three components (mole fractions) and no further axis
 * @returns an engine; one result costs O(N + triangles), a proposal O(N)
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
  readonly #noise: number | undefined;
  readonly #graph: NeighbourWeights;
  #noisy: NoisySection | undefined;
  #section: KnownSection;

  constructor(grid: MapGrid, options: TriangulationOptions) {
    this.#noise = options.noise;
    this.#candidates = new SectionCandidates(grid);
    this.#ties = new TieKeys(this.#candidates.points);
    this.#section = new KnownSection(this.#candidates.points);
    this.#graph = neighbourWeights(this.#candidates.points, this.#candidates.step);
  }

  observe(evidence: PhaseEvidence): void {
    const result = this.#candidates.ready(evidence);
    const owner = this.#book.add(result);
    this.#noisy = undefined;
    this.#asked.set(evidence.id, evidence.candidate);
    if (evidence.known) this.#known.add(evidence.id);
    if (this.#noise) return;
    const isPlain = this.#book.repeatsOf(owner).length === 1 && result.confidence === 1;
    if (isPlain && this.#book.setAside.size === 0) {
      this.#section.add(result, owner);
      if (this.#section.conflicts.length === 0) return;
    }
    this.#rebuild();
  }

  forget(id: number): void {
    this.#asked.delete(id);
    this.#known.delete(id);
    if (this.#book.remove(String(id))) this.#rebuild();
  }

  #noisySection(): NoisySection | undefined {
    if (!this.#noise) return undefined;
    if (this.#noisy === undefined) {
      const results = new Map(this.#book.owners().map((o) => [o, this.#book.get(o)!]));
      this.#noisy = new NoisySection({ points: this.#candidates.points, step: this.#candidates.step, graph: this.#graph }, results, this.#noise);
    }
    return this.#noisy;
  }

  predict(): MapPrediction {
    const noisy = this.#noisySection();
    if (noisy) {
      const label = Int32Array.from(this.#candidates.points, (_, i) => {
        let best = -1, most = 0;
        noisy.probabilities.forEach((f, k) => { if (f[i]! > most) { most = f[i]!; best = k; } });
        return best;
      });
      return { labels: noisy.table.labels, label, certainty: new Float64Array(label.length), probabilities: noisy.probabilities };
    }
    return predictExactly(this.#section, this.#candidates.step);
  }

  rank(request: RankRequest): readonly RankedPoint[] {
    const { step } = this.#candidates;
    const noisy = this.#noisySection();
    if (noisy) return this.#rankNoisy(noisy, request);
    const scores = new GapScores(this.#section);
    const taken = new Set([...request.excluded, ...request.pending]);
    for (const i of request.pending) scores.believe(i);
    const out: RankedPoint[] = [];
    for (const wish of repeatWishes(this.#book, this.#conflicts())) {
      if (out.length >= request.count || taken.has(wish.candidate)) continue;
      const why = explainRepeat(wish, this.#book);
      out.push({ candidate: wish.candidate, score: scores.largest() / step + 1, why });
      taken.add(wish.candidate);
    }
    for (const candidate of this.#asked.values()) taken.add(candidate);
    const key = this.#ties.of(request.seed);
    while (out.length < request.count) {
      const i = scores.best((c) => !taken.has(c), key);
      if (i < 0) break;
      const score = scores.at(i) / step;
      out.push({ candidate: i, score, why: explainGap(this.#section, i, score) });
      taken.add(i);
      scores.believe(i);
    }
    return out;
  }

  debugNoisy(): NoisySection | undefined { return this.#noisySection(); }
  debugResults() { return new Map(this.#book.owners().map((o) => [o, this.#book.get(o)!])); }
  #rankNoisy(noisy: NoisySection, request: RankRequest): readonly RankedPoint[] {
    const { step, points } = this.#candidates;
    const gaps = new GapScores(noisy);
    const votes = new VoteScores(noisy, step);
    const taken = new Set([...request.excluded, ...request.pending, ...this.#asked.values()]);
    const take = (i: number): void => { gaps.believe(i); votes.damp(points[i]!); taken.add(i); };
    for (const i of request.pending) take(i);
    const asked = [...this.#asked.values()];
    for (const i of asked.slice(-5)) votes.damp(points[i]!);
    const key = this.#ties.of(request.seed);
    const out: RankedPoint[] = [];
    while (out.length < request.count) {
      let i = gaps.best((c) => !taken.has(c), key);
      let score = i < 0 ? 0 : gaps.at(i) / step;
      if (score <= 1) { i = votes.best((c) => !taken.has(c), key); score = i < 0 ? 0 : votes.at(i); }
      if (i < 0) break;
      out.push({ candidate: i, score, why: "" });
      take(i);
    }
    return out;
  }

  status(): MapStatus {
    return statusOf({
      section: this.#section,
      prediction: this.predict(),
      gap_steps: new GapScores(this.#section).largest() / this.#candidates.step,
      observations: this.#asked.size - this.#known.size,
      warnings: warningsOf(this.#book, this.#conflicts()),
      wishes: repeatWishes(this.#book, this.#conflicts()),
      book: this.#book,
    });
  }

  geometry(): MapGeometry {
    return geometryOf(this.#section);
  }

  originOf(candidate: number): LabelOrigin {
    const { origin, owners } = originOf(this.#section, candidate);
    return { origin, evidence: owners.map((owner) => Number(this.#book.get(owner)!.id)) };
  }

  /** Builds the section anew from all results that stand, setting aside those that the others speak against. */
  #rebuild(): void {
    this.#book.vote();
    for (;;) {
      this.#section = new KnownSection(this.#candidates.points);
      for (const owner of this.#book.owners()) {
        if (!this.#book.setAside.has(owner)) this.#section.add(this.#book.get(owner)!, owner);
      }
      const suspect = this.#book.suspect(this.#section.conflicts);
      if (suspect === undefined) return;
      this.#book.setAside.add(suspect);
    }
  }

  #conflicts(): readonly Conflict[] {
    return [...this.#section.conflicts, ...this.#book.disagreements()];
  }
}
