import { hash32 } from "../../../core/prng.ts";
import { LabelTable } from "../evidence/label-table.ts";
import { labelOf } from "../evidence/phase-names.ts";
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
import { spreadCertainty } from "../spread-certainty.ts";
import { OFF_LEVER } from "../triangulation/explain.ts";
import { HullCandidates, type HullResult } from "./hull-evidence.ts";
import { HullGaps } from "./hull-gaps.ts";
import { geometryOf } from "./hull-geometry.ts";
import { HullMap } from "./hull-map.ts";
import { learnLeverNoise } from "./lever-noise.ts";

/** Certainty of a measured label, and of one inside a known simplex. */
const MEASURED = 0.999;
const INSIDE = 0.995;
/**
 * Of labels of one, two, three, four phases (and more) predicted at a distance d (grid steps) from what is proved,
 * RATE (1 - exp(-d / REACH)) are wrong: fitted on six random quaternary systems after 5 to 50 results.
 */
const RATE = [0.1, 0.36, 0.41, 0.37] as const;
const REACH_steps = [0.3, 1.1, 0.6, 0.2] as const;
/** Largest weighted gap, grid steps, from which nothing is left to learn. */
const COMPLETE_BELOW_steps = 0.5;
/** A sample is measured at most so often to settle a conflict. */
const REPEATS_MAX = 3;

/**
 * Maps an isothermal section of any number of components by the lower hull of pseudo-energies: a regular triangulation of all phase
 * compositions seen, fitted so that every measured tie-line, triangle and tetrahedron is one of its faces. The phase rule holds
 * by construction; proposals go where a measurement can still change the map; inside known tetrahedra nothing is proposed.
 *
 * @param grid N candidates whose axes are all mole fractions, three or more
 * @returns an engine; a batch of results costs a fit and a reading of the hull, O(N simplices)
 */
export function createHullModel(grid: MapGrid, options: HullModelOptions = {}): MapModel {
  return new HullModel(grid, options);
}

export interface HullModelOptions {
  /** Standard deviation per component of measured phase compositions, mole fraction; absent: learnt from the results. */
  readonly noise?: number | undefined;
}

interface Doubt {
  readonly owner: number;
  readonly candidate: number;
  readonly why: string;
}

class HullModel implements MapModel {
  readonly #candidates: HullCandidates;
  readonly #count: number;
  readonly #ties: Uint32Array;
  /** Results by owner: numbers of our own, oldest first. */
  readonly #results = new Map<number, HullResult>();
  /** Candidates that were asked for, by owner. */
  readonly #asked = new Map<number, number>();
  readonly #toldNoise: number | undefined;
  #owners = 0;
  #map: HullMap | undefined;
  /** The last map that was built, up to date or not. */
  #before: HullMap | undefined;
  #gaps: HullGaps | undefined;
  #prediction: MapPrediction | undefined;

  constructor(grid: MapGrid, options: HullModelOptions) {
    this.#toldNoise = options.noise;
    this.#candidates = new HullCandidates(grid);
    this.#count = grid.count;
    this.#ties = Uint32Array.from(this.#candidates.points, (p) =>
      hash32(Array.from(p, (x) => x.toFixed(7)).join()),
    );
  }

  observe(evidence: PhaseEvidence): void {
    this.forget(evidence.id);
    const owner = this.#owners++;
    this.#results.set(owner, this.#candidates.ready(evidence));
    this.#asked.set(owner, evidence.candidate);
    this.#map = undefined;
  }

  forget(id: number): void {
    for (const [owner, result] of this.#results) {
      if (result.id !== id) continue;
      this.#results.delete(owner);
      this.#asked.delete(owner);
      this.#map = undefined;
    }
  }

  predict(): MapPrediction {
    const map = this.#current();
    this.#prediction ??= this.#read(map);
    return this.#prediction;
  }

  rank(request: RankRequest): readonly RankedPoint[] {
    const map = this.#current();
    const { step } = this.#candidates;
    const taken = new Set([...request.excluded, ...request.pending]);
    const out: RankedPoint[] = [];
    for (const { candidate, why } of this.#doubts()) {
      if (out.length >= request.count || taken.has(candidate)) continue;
      out.push({ candidate, score: this.#gap_steps() + 1, why: `Repeat: ${why}` });
      taken.add(candidate);
    }
    for (const candidate of this.#asked.values()) taken.add(candidate);
    const gaps = new HullGaps(map);
    for (const candidate of request.pending) gaps.believe(candidate);
    const key = tieKey(this.#ties, hash32(request.seed));
    while (out.length < request.count) {
      const i = gaps.best((c) => !taken.has(c), key);
      if (i < 0) break;
      const score = gaps.at(i) / step;
      out.push({ candidate: i, score, why: explain(map, i, score) });
      taken.add(i);
      gaps.believe(i);
    }
    return out;
  }

  status(): MapStatus {
    const { labels, label, certainty } = this.predict();
    const mean = certainty.reduce((sum, p) => sum + p, 0) / this.#count;
    const seen = new Set([...this.#results.values()].map((result) => result.label));
    const doubt = labels.map(() => 0);
    const points = labels.map(() => 0);
    label.forEach((k, i) => {
      if (k < 0) return;
      points[k]! += 1;
      doubt[k]! += 1 - certainty[i]!;
    });
    const unseen = labels.flatMap((name, k) => (seen.has(name) || points[k] === 0 ? [] : [k]));
    const gap_steps = this.#gap_steps();
    const doubts = this.#doubts();
    return {
      observations: [...this.#results.values()].filter(({ known }) => !known).length,
      meanCertainty: mean,
      estimatedError: 1 - mean,
      unseenShare: unseen.reduce((sum, k) => sum + doubt[k]! / this.#count, 0),
      unseenLabels: unseen.reduce((sum, k) => sum + doubt[k]! / points[k]!, 0),
      ...(gap_steps < COMPLETE_BELOW_steps &&
        doubts.length === 0 && {
          complete: `every gap is below ${COMPLETE_BELOW_steps} grid steps (weighted)`,
        }),
      engine: {
        name: "pseudo-energy-hull",
        figures: {
          gap_steps,
          compositionNoise_molFraction: Math.round(this.#current().noise * 1e5) / 1e5,
        },
      },
      warnings: this.#warnings(),
      suspicious: doubts.map(({ owner, candidate }) => ({
        id: this.#results.get(owner)!.id,
        candidate,
        label: this.#results.get(owner)!.label,
        expected: labels[label[candidate]!] ?? "something else",
        probability: 0.5,
      })),
    };
  }

  geometry(): MapGeometry {
    return geometryOf(this.#standing().values());
  }

  originOf(candidate: number): LabelOrigin {
    const map = this.#current();
    const idOf = (owner: number): number[] => {
      const result = this.#results.get(owner);
      return result === undefined ? [] : [result.id];
    };
    const measured = map.measuredBy[candidate]!;
    if (measured >= 0) return { origin: "measured", evidence: idOf(measured) };
    const inside = map.insideOf[candidate]!;
    if (inside >= 0) return { origin: "tie-triangle", evidence: idOf(inside) };
    const owners = new Set(map.vertices[candidate]!.map((v) => map.nodes.origin[v]!));
    return { origin: "between", evidence: [...owners].flatMap(idOf) };
  }

  #current(): HullMap {
    if (this.#map !== undefined) return this.#map;
    this.#gaps = undefined;
    this.#prediction = undefined;
    const map = new HullMap(this.#candidates, this.#standing(), {
      noise: this.#noise(),
      before: this.#before,
    });
    this.#map = map;
    this.#before = map;
    return map;
  }

  #noise(): number {
    return this.#toldNoise ?? learnLeverNoise([...this.#results.values()]);
  }

  /** One result a sample: repeats vote, weighted by their confidence, a tie goes to the later label. */
  #standing(): Map<number, HullResult> {
    const samples = new Map<number, [number, HullResult][]>();
    for (const [owner, result] of this.#results) {
      const key = result.candidate >= 0 ? result.candidate : -1 - owner;
      samples.set(key, [...(samples.get(key) ?? []), [owner, result]]);
    }
    const out = new Map<number, HullResult>();
    for (const repeats of samples.values()) {
      const votes = new Map<string, number>();
      for (const [, { label, confidence }] of repeats)
        votes.set(label, (votes.get(label) ?? 0) + confidence);
      const most = Math.max(...votes.values());
      const winner = repeats.findLast(([, { label }]) => votes.get(label)! >= most - 1e-9)!;
      out.set(winner[0], winner[1]);
    }
    return out;
  }

  #gap_steps(): number {
    this.#gaps ??= new HullGaps(this.#current());
    return Number((this.#gaps.largest() / this.#candidates.step).toFixed(5));
  }

  #read(map: HullMap): MapPrediction {
    const table = new LabelTable();
    const label = new Int32Array(this.#count).fill(-1);
    const certainty = new Float64Array(this.#count);
    for (const { label: name } of this.#results.values()) table.of(name);
    for (let i = 0; i < this.#count; i++) {
      const owner = map.measuredBy[i]! >= 0 ? map.measuredBy[i]! : map.insideOf[i]!;
      if (owner >= 0) {
        label[i] = table.of(map.results.get(owner)!.label);
        certainty[i] = map.measuredBy[i]! >= 0 ? MEASURED : INSIDE;
        continue;
      }
      const phases = map.phases(i);
      if (phases.length === 0) continue;
      label[i] = table.of(labelOf(phases));
      const distance_steps = map.proved[i]! / this.#candidates.step;
      const kind = Math.min(RATE.length, phases.length) - 1;
      const reach = 1 - Math.exp(-distance_steps / REACH_steps[kind]!);
      certainty[i] = Math.min(INSIDE, 1 - RATE[kind]! * reach);
    }
    const { labels } = table;
    const probabilities = spreadCertainty(labels.length, label, certainty);
    return { labels, label, certainty, probabilities };
  }

  /** Results that cannot stand beside the others, or that contradict a known simplex around them. */
  #doubts(): Doubt[] {
    const map = this.#current();
    const found = new Map<number, string>();
    for (const owner of map.refused)
      found.set(owner, `${map.results.get(owner)!.label} here cannot stand beside other results.`);
    map.insideOf.forEach((inside, i) => {
      const measured = map.measuredBy[i]!;
      if (inside < 0 || measured < 0 || inside === measured) return;
      const [mine, known] = [map.results.get(measured)!.label, map.results.get(inside)!.label];
      if (mine !== known) found.set(measured, `${mine} lies inside the known ${known}.`);
    });
    return [...found].flatMap(([owner, why]) => {
      const candidate = this.#asked.get(owner)!;
      const times = [...this.#asked.values()].filter((other) => other === candidate).length;
      return candidate < 0 || times >= REPEATS_MAX ? [] : [{ owner, candidate, why }];
    });
  }

  #warnings(): string[] {
    const map = this.#current();
    const refused = map.refused.map((owner) => {
      const { label, id } = map.results.get(owner)!;
      return `The equilibrium ${label} (result ${id}) cannot stand beside the other results.`;
    });
    const others = [...this.#results.values()].flatMap((result) => {
      const name = `${result.label} (result ${result.id})`;
      if (result.outOfEquilibrium)
        return [`${name} has more phases than components: the sample is not in equilibrium.`];
      return result.offLever ? [`${name}: ${OFF_LEVER}`] : [];
    });
    return [...refused, ...others];
  }
}

function tieKey(base: Uint32Array, salt: number): (i: number) => number {
  return (i) => {
    let z = (base[i]! ^ salt) >>> 0;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

function explain(map: HullMap, i: number, gap_steps: number): string {
  const phases = map.phases(i);
  const label = labelOf(phases);
  const size = `weighted gap ${gap_steps.toFixed(1)} grid steps`;
  if (phases.length === 0) return "Nothing is known around this point yet.";
  if (map.vertices[i]!.some((v) => map.nodes.phase[v] === undefined))
    return `A pure component has not been measured; ${size}.`;
  const present = map.candidates.points[i]!.filter((v) => v > 0).length;
  if (phases.length > 1 && phases.length === present)
    return `Would prove or disprove the field ${label}; ${size}.`;
  if (phases.length > 1) return `Splits the unproved part of ${label}; ${size}.`;
  return `Farthest from any evidence in the field ${label}; ${size}.`;
}
