import { Conductor } from "../../conductor.ts";
import type { Conflict } from "../../evidence/conflicts.ts";
import type { Standing } from "../../evidence/ledger.ts";
import { unseenByArea } from "../../evidence/map-figures.ts";
import { geometryOf } from "../../evidence/result-geometry.ts";
import { TieKeys } from "../../evidence/tie-keys.ts";
import type {
  MapGeometry,
  MapGrid,
  MapModel,
  PhaseEvidence,
  RankedPoint,
} from "../../map-model.ts";
import type {
  Choice,
  MapReader,
  MapReading,
  Origin,
  Unseen,
  UnseenSource,
} from "../../map-reader.ts";
import { reactionsBetween } from "./invariants.ts";
import { gatherEvidence } from "./level-evidence.ts";
import { NoisyStack } from "./noisy-stack.ts";
import { type LevelResult, StackCandidates } from "./stack-candidates.ts";
import { ExactStack, type StackEngine } from "./stack-engine.ts";

/** Labels that are predicted and were never measured are as likely to be something else. */
const UNSEEN_PER_GUESS = 0.5;

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
  return new Conductor(new StackReader(grid, options));
}

export interface StackOptions {
  /** Standard deviation per component of measured phase compositions, mole fraction; absent: learnt from the results. */
  readonly noise?: number | undefined;
  /** Every point of a batch has the same value of the further axis: one furnace setting; the best one is chosen. */
  readonly sharesLevel?: boolean | undefined;
}

class StackReader implements MapReader<LevelResult> {
  readonly name = "triangulation-stack";
  readonly toldNoise_molFraction: number | undefined;
  readonly levels: readonly ReadonlySet<number>[] | undefined;
  readonly #candidates: StackCandidates;
  readonly #ties: readonly TieKeys[];

  constructor(grid: MapGrid, options: StackOptions) {
    this.toldNoise_molFraction = options.noise;
    this.#candidates = new StackCandidates(grid);
    const { levels } = this.#candidates;
    if (options.sharesLevel === true) this.levels = levels.map((item) => new Set(item.candidates));
    this.#ties = levels.map(({ section }) => new TieKeys(section.points));
  }

  ready(evidence: PhaseEvidence): LevelResult {
    return this.#candidates.ready(evidence);
  }

  candidateAt(row: Float64Array): number {
    return this.#candidates.candidateAt(row);
  }

  tieKey(seed: string): (candidate: number) => number {
    const { levels, levelOf, placeOf } = this.#candidates;
    const keys = this.#ties.map((ties, level) => ties.of(`${seed}/${levels[level]!.value}`));
    return (candidate) => keys[levelOf[candidate]!]!(placeOf[candidate]!);
  }

  read({ results }: Standing<LevelResult>): MapReading {
    const evidence = gatherEvidence(results, this.toldNoise_molFraction);
    const source = { candidates: this.#candidates, results, evidence };
    const isNoisy = evidence.noise > 0;
    const engine = isNoisy ? new NoisyStack(source) : new ExactStack(source);
    return new StackReading(engine, this.#candidates, { results, noise: evidence.noise });
  }
}

interface StackFindings {
  readonly results: ReadonlyMap<number, LevelResult>;
  readonly noise: number;
}

class StackReading implements MapReading {
  readonly noise_molFraction: number;
  readonly conflicts: readonly Conflict[];
  readonly figures: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
  readonly #engine: StackEngine;
  readonly #candidates: StackCandidates;
  readonly #results: ReadonlyMap<number, LevelResult>;

  constructor(engine: StackEngine, candidates: StackCandidates, found: StackFindings) {
    const { results, noise } = found;
    this.#engine = engine;
    this.#candidates = candidates;
    this.#results = results;
    this.noise_molFraction = noise;
    // Under noise edges cross without anything being wrong.
    const refused = noise > 0 ? [] : engine.sections.flatMap((section) => section.refused);
    this.conflicts = refused.map((owner) => ({ kind: "refused", owner, against: [] }));
    const reactions = reactionsBetween(candidates.levels, results, noise);
    this.findings = reactions.map(({ text }) => text);
    this.figures = { levels: engine.sections.length, invariantReactions: reactions.length };
  }

  get prediction() {
    return this.#engine.prediction;
  }

  get gap_steps(): number {
    return this.#engine.gap_steps;
  }

  choose(choice: Choice): RankedPoint[] {
    return this.#engine.choose(choice);
  }

  unseen(source: UnseenSource): Unseen {
    const { seen, prediction } = source;
    const guesses = prediction.labels.filter((label) => !seen.has(label)).length;
    return { unseenShare: unseenByArea(source), unseenLabels: UNSEEN_PER_GUESS * guesses };
  }

  geometry(): MapGeometry {
    const { levels } = this.#candidates;
    const inEquilibrium = [...this.#results].filter(([, item]) => !item.outOfEquilibrium);
    return geometryOf(
      inEquilibrium.map(
        ([
          from,
          {
            result: { phases, ends },
            level,
          },
        ]) => ({
          ...{ phases, ends, from },
          level: levels[level]!.value,
        }),
      ),
    );
  }

  originOf(candidate: number): Origin {
    const { levelOf, placeOf } = this.#candidates;
    const section = this.#engine.sections[levelOf[candidate]!]!;
    const place = placeOf[candidate]!;
    const measured = section.measuredBy[place]!;
    if (measured >= 0) return { origin: "measured", owners: [measured] };
    const inside = section.insideOf[place]!;
    if (inside >= 0) return { origin: "tie-triangle", owners: [inside] };
    const owners = section.map.vertices(place).map((v) => section.source.origin[v]!);
    return { origin: "between", owners: [...new Set(owners)].filter((owner) => owner >= 0) };
  }
}
