import type { Conflict } from "./evidence/conflicts.ts";
import type { Standing } from "./evidence/ledger.ts";
import type { MapResult } from "./evidence/map-result.ts";
import type {
  LabelOrigin,
  MapGeometry,
  MapPrediction,
  PhaseEvidence,
  RankedPoint,
} from "./map-model.ts";

/**
 * What tells one engine of phase compositions from another: how it reads a map off the results that stand. Ids, repeats, confidence,
 * points in flight, status and warnings are the {@link Conductor}'s, so that they are the same for all.
 */
export interface MapReader<R extends MapResult> {
  /** Name of the engine in status, log and page. */
  readonly name: string;
  /** Standard deviation per component of phase compositions that was told, mole fraction; absent: learnt. */
  readonly toldNoise_molFraction?: number | undefined;
  /** Candidates that can share a batch, level by level; absent where a batch shares nothing. */
  readonly levels?: readonly ReadonlySet<number>[] | undefined;
  /** Brings evidence into the engine's form. */
  ready(evidence: PhaseEvidence, owner: number): R;
  /** The candidate within half a grid step of a row of raw axis values, -1 where there is none. */
  candidateAt(row: Float64Array): number;
  /** Orders tied candidates of one random stream, by what they are and never by their row. */
  tieKey(seed: string): (candidate: number) => number;
  /** The map of some results. It follows from them alone; what was read before may only save time. */
  read(standing: Standing<R>): MapReading;
}

/** The map that the results that stand give, as if each of them were sure. Owners are numbers of results. */
export interface MapReading {
  readonly prediction: MapPrediction;
  /** Largest weighted gap in grid steps: the measure of progress. */
  readonly gap_steps: number;
  /** Standard deviation per component of phase compositions, mole fraction; 0 where they count as exact. */
  readonly noise_molFraction: number;
  readonly conflicts: readonly Conflict[];
  /** Results left out because several others speak against them. */
  readonly suspects?: ReadonlySet<number> | undefined;
  /** Figures of its own for status, log and page. */
  readonly figures?: Readonly<Record<string, number>> | undefined;
  readonly findings?: readonly string[] | undefined;
  choose(choice: Choice): RankedPoint[];
  /** @param seen labels that were measured */
  unseen(doubt: UnseenSource): Unseen;
  /** `from` is the owner. */
  geometry(): MapGeometry;
  originOf(candidate: number): Origin;
  /** The kind of {@link originOf} alone, where that is much less work. */
  kindOf?(candidate: number): Origin["origin"];
}

/** What a choice of points has to respect. */
export interface Choice {
  readonly count: number;
  /** Candidates in flight: taken as measured. */
  readonly pending: readonly number[];
  /** Raw axis values of points in flight that are no candidates. */
  readonly elsewhere: readonly Float64Array[];
  /** Candidates that were asked for, oldest first; -1 where a place was none. */
  readonly lately: readonly number[];
  readonly isAllowed: (candidate: number) => boolean;
  /** Orders tied candidates. */
  readonly tieKey: (candidate: number) => number;
  /** The one level of a batch that shares it, as a position in `levels`; absent: all. */
  readonly level?: number | undefined;
}

/** Where a candidate's label comes from. */
export interface Origin {
  readonly origin: LabelOrigin["origin"];
  readonly owners: readonly number[];
}

/** What an estimate of what was not seen is made from. */
export interface UnseenSource {
  /** Labels that were measured, each with the number of its results. */
  readonly seen: ReadonlyMap<string, number>;
  /** Mean over the candidates of the certainty, 0..1. */
  readonly meanCertainty: number;
  readonly prediction: MapPrediction;
}

/** What is not seen yet, as status tells it. */
export interface Unseen {
  readonly unseenShare: number;
  readonly unseenLabels: number;
  readonly unseenChance?: number | undefined;
}
