import { createPrng } from "../../../../core/prng.ts";
import { LabelTable } from "../../evidence/label-table.ts";
import type { Fractions } from "../barycentric.ts";
import { centralMesh, jitteredMesh } from "../noise/ensemble.ts";
import { type HiddenLabel, hiddenLabels } from "../noise/hidden-labels.ts";
import type { NeighbourWeights } from "../noise/neighbour-weights.ts";
import type { VoteSource } from "../noise/vote-acquisition.ts";
import { labelsIn, type MeasuredLabel, propagate, voteOf } from "../noise/vote-map.ts";
import { type Borrowed, borrow } from "./borrow.ts";
import type { StackEvidence } from "./level-evidence.ts";
import { LevelSection, placeWhereItFits } from "./level-section.ts";
import type { Level, LevelResult } from "./stack-candidates.ts";

/** Weights below this count as zero: the noise does not tell an edge from its neighbourhood. */
const ON_EDGE_MAX = 0.01;

/** What all levels of one stack are made of. */
export interface StackParts {
  readonly results: ReadonlyMap<number, LevelResult>;
  readonly evidence: StackEvidence;
  /** One level in temperature counts as so far in composition, equilateral plane. */
  readonly apart: number;
  /** Triangulations that vote on each level, the central one included. */
  readonly members: number;
}

/**
 * One level of a stack whose phase compositions are noisy: the denoised evidence, the level's own first and what others lend,
 * is triangulated as it is (for the gaps) and several times jittered; the triangulations vote, and the vote is the prior of a label
 * propagation from the labels measured at this level.
 */
export class NoisyLevel implements VoteSource {
  readonly section: LevelSection;
  readonly points: readonly Fractions[];
  readonly measuredBy: Int32Array;
  readonly table = new LabelTable();
  readonly measured: readonly MeasuredLabel[];
  readonly hidden: readonly HiddenLabel[];
  readonly votes: readonly Float64Array[];
  readonly probabilities: readonly Float64Array[];

  constructor(item: Level, graph: NeighbourWeights, level: number, parts: StackParts) {
    const { results, evidence, apart } = parts;
    const { noise, kinds } = evidence;
    const borrowed = borrow(evidence.byLevel, { level, results });
    const own = { evidence: borrowed.own, kinds };
    const central = centralMesh(own, noise, borrowed.others);
    const onEdge = Math.min(ON_EDGE_MAX, noise);
    this.section = new LevelSection(item, central, {
      ...{ results, borrowed, level, apart, onEdge },
      inside: noise,
    });
    this.points = this.section.points;
    this.measuredBy = this.section.measuredBy;
    this.measured = [...results.values()].flatMap(({ level: k, result }) =>
      k === level && result.candidate >= 0
        ? [{ candidate: result.candidate, label: result.label }]
        : [],
    );
    for (const { label } of this.measured) this.table.of(label);
    const grid = { points: this.points, step: item.section.step };
    this.hidden = hiddenLabels(central, grid, [...this.measured, ...elsewhere(results, level)]);
    const options = { table: this.table, onEdge };
    const members = [labelsIn(central, this.points, options).labels];
    for (let k = 1; k < parts.members; k++) {
      const mesh = this.#jittered(borrowed, parts, k);
      members.push(labelsIn(mesh, this.points, options).labels);
    }
    this.votes = voteOf(members, this.measured, { ...grid, table: this.table });
    this.probabilities = propagate(this.votes, this.measured, { graph, table: this.table });
  }

  #jittered(borrowed: Borrowed, { evidence }: StackParts, k: number) {
    const { noise, kinds } = evidence;
    const own = { evidence: borrowed.own, kinds };
    const lesser = borrowed.others;
    const mesh = jitteredMesh(own, { noise, lesser }, createPrng(`ensemble ${k}`));
    placeWhereItFits(mesh, borrowed.exactElsewhere);
    return mesh;
  }
}

/** Labels seen at other levels: they need not be looked for at this one. */
function elsewhere(results: ReadonlyMap<number, LevelResult>, level: number): MeasuredLabel[] {
  return [...results.values()]
    .filter((item) => item.level !== level)
    .map(({ result }) => ({ candidate: -1, label: result.label }));
}
