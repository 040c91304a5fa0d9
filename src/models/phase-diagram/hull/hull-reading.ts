import { chooseInTurn } from "../choose-in-turn.ts";
import type { Conflict } from "../evidence/conflicts.ts";
import { LabelTable } from "../evidence/label-table.ts";
import { unseenByDoubt } from "../evidence/map-figures.ts";
import { labelOf } from "../evidence/phase-names.ts";
import { geometryOf } from "../evidence/result-geometry.ts";
import type { MapGeometry, MapPrediction, RankedPoint } from "../map-model.ts";
import type { Choice, MapReading, Origin, Unseen, UnseenSource } from "../map-reader.ts";
import { spreadCertainty } from "../spread-certainty.ts";
import { HullGaps } from "./hull-gaps.ts";
import type { HullMap } from "./hull-map.ts";

/** Certainty of a measured label, and of one inside a known simplex. */
const MEASURED = 0.999;
const INSIDE = 0.995;
/**
 * Of labels of one, two, three, four phases (and more) predicted at a distance d (grid steps) from what is proved,
 * RATE (1 - exp(-d / REACH)) are wrong: fitted on six random quaternary systems after 5 to 50 results.
 */
const RATE = [0.1, 0.36, 0.41, 0.37] as const;
const REACH_steps = [0.3, 1.1, 0.6, 0.2] as const;

/** What the hull of the results that stand says of the candidates. */
export class HullReading implements MapReading {
  readonly conflicts: readonly Conflict[];
  readonly prediction: MapPrediction;
  readonly gap_steps: number;
  readonly #map: HullMap;

  constructor(map: HullMap, conflicts: readonly Conflict[]) {
    this.#map = map;
    this.conflicts = conflicts;
    this.prediction = predictionOf(map);
    this.gap_steps = Number((new HullGaps(map).largest() / map.candidates.step).toFixed(5));
  }

  get noise_molFraction(): number {
    return this.#map.noise;
  }

  choose(choice: Choice): RankedPoint[] {
    const { candidates } = this.#map;
    const gaps = new HullGaps(this.#map);
    return chooseInTurn(choice, {
      take: (i) => gaps.believe(i),
      approach: (row) => gaps.approach(candidates.mix(row)),
      next: (isFree) => {
        const i = gaps.best(isFree, choice.tieKey);
        if (i < 0) return undefined;
        const score = gaps.at(i) / candidates.step;
        return { candidate: i, score, why: explain(this.#map, i, score) };
      },
    });
  }

  unseen(source: UnseenSource): Unseen {
    return unseenByDoubt(source);
  }

  geometry(): MapGeometry {
    const found = [...this.#map.results].filter(([, { ends }]) => ends.length > 0);
    const equilibria = found.map(([from, { phases, ends }]) => ({ phases, ends, from }));
    return { tetrahedra: [], ...geometryOf(equilibria) };
  }

  originOf(candidate: number): Origin {
    const map = this.#map;
    const measured = map.measuredBy[candidate]!;
    if (measured >= 0) return { origin: "measured", owners: [measured] };
    const inside = map.insideOf[candidate]!;
    if (inside >= 0) return { origin: "tie-triangle", owners: [inside] };
    const owners = new Set(map.vertices[candidate]!.map((v) => map.nodes.origin[v]!));
    return { origin: "between", owners: [...owners].filter((owner) => owner >= 0) };
  }
}

function predictionOf(map: HullMap): MapPrediction {
  const table = new LabelTable();
  const count = map.vertices.length;
  const label = new Int32Array(count).fill(-1);
  const certainty = new Float64Array(count);
  for (const { label: name } of map.results.values()) table.of(name);
  for (let i = 0; i < count; i++) {
    const owner = map.measuredBy[i]! >= 0 ? map.measuredBy[i]! : map.insideOf[i]!;
    if (owner >= 0) {
      label[i] = table.of(map.results.get(owner)!.label);
      certainty[i] = map.measuredBy[i]! >= 0 ? MEASURED : INSIDE;
      continue;
    }
    const phases = map.phases(i);
    if (phases.length === 0) continue;
    label[i] = table.of(labelOf(phases));
    const distance_steps = map.proved[i]! / map.candidates.step;
    const kind = Math.min(RATE.length, phases.length) - 1;
    const reach = 1 - Math.exp(-distance_steps / REACH_steps[kind]!);
    certainty[i] = Math.min(INSIDE, 1 - RATE[kind]! * reach);
  }
  return spreadCertainty(table.labels, label, certainty);
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
