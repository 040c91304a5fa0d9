import { describeConflict, nameOf } from "./evidence/conflict-texts.ts";
import type { Conflict } from "./evidence/conflicts.ts";
import { Ledger } from "./evidence/ledger.ts";
import { capCertainty, OFF_LEVER, OUT_OF_EQUILIBRIUM } from "./evidence/map-figures.ts";
import type { MapResult } from "./evidence/map-result.ts";
import { mixWorlds, otherWorlds } from "./evidence/other-worlds.ts";
import { type Doubt, describeAside, doubtsOf, explainRepeat } from "./evidence/repeat-wishes.ts";
import type {
  Hyperparameters,
  LabelOrigin,
  MapGeometry,
  MapModel,
  MapPrediction,
  MapStatus,
  PhaseEvidence,
  RankedPoint,
  RankRequest,
} from "./map-model.ts";
import type { Choice, MapReader, MapReading } from "./map-reader.ts";

/** Largest weighted gap, grid steps, from which nothing is left to learn at the resolution of the grid. */
const COMPLETE_BELOW_steps = 0.5;
/** Probability of a measured label that others speak against, and of one that the map left out for that. */
const DOUBTED = 0.5;
const SUSPECT = 0.2;
const NONE: ReadonlySet<number> = new Set();

interface Read {
  readonly reading: MapReading;
  readonly prediction: MapPrediction;
  readonly conflicts: readonly Conflict[];
  readonly doubts: readonly Doubt[];
}

/**
 * Makes an engine of a reader: the manners that all engines of phase compositions share. A map is read anew, when somebody asks,
 * from the results that stand; no label is surer than the results that it rests on; what is doubted is asked for again; points in
 * flight, on the grid and off it, count as measured.
 */
export class Conductor<R extends MapResult> implements MapModel {
  readonly #reader: MapReader<R>;
  readonly #ledger: Ledger<R>;
  #read: Read | undefined;

  constructor(reader: MapReader<R>) {
    this.#reader = reader;
    this.#ledger = new Ledger((evidence, owner) => reader.ready(evidence, owner));
  }

  /** Standard deviation per component of phase compositions, mole fraction; 0 where they count as exact. */
  get noise_molFraction(): number {
    return this.#current().reading.noise_molFraction;
  }

  observe(evidence: PhaseEvidence): void {
    this.#ledger.add(evidence);
    this.#read = undefined;
  }

  forget(id: number): void {
    if (this.#ledger.remove(id)) this.#read = undefined;
  }

  predict(): MapPrediction {
    return this.#current().prediction;
  }

  hyperparameters(): Hyperparameters {
    const { name, toldNoise_molFraction } = this.#reader;
    return {
      method: name,
      score: "gaps",
      diversity: "believer",
      coexistence: "full",
      ...(toldNoise_molFraction !== undefined && {
        compositionNoise_molFraction: toldNoise_molFraction,
      }),
    };
  }

  rank(request: RankRequest): readonly RankedPoint[] {
    const { reading } = this.#current();
    const { levels } = this.#reader;
    const places = request.pendingElsewhere.map((row) => this.#reader.candidateAt(row));
    const pending = [...new Set([...request.pending, ...places.filter((i) => i >= 0)])];
    const inFlight = new Set([...request.excluded, ...pending]);
    const wished = this.#wishes(inFlight);
    const lately = this.#ledger.asked();
    const taken = new Set([...inFlight, ...wished.map(({ candidate }) => candidate), ...lately]);
    const choice: Omit<Choice, "count"> = {
      pending,
      elsewhere: request.pendingElsewhere.filter((_, k) => places[k]! < 0),
      lately,
      isAllowed: (i) => !taken.has(i),
      tieKey: this.#reader.tieKey(request.seed),
    };
    const batch = (repeats: readonly RankedPoint[], level?: number): RankedPoint[] => {
      const first = repeats.slice(0, request.count);
      const count = request.count - first.length;
      return [...first, ...reading.choose({ ...choice, count, level })];
    };
    if (levels === undefined) return batch(wished);
    const worth = (points: readonly RankedPoint[]): number =>
      points.reduce((sum, { score }) => sum + score, 0);
    return levels
      .map((members, level) =>
        batch(
          wished.filter((i) => members.has(i.candidate)),
          level,
        ),
      )
      .reduce((p, q) => (worth(q) > worth(p) ? q : p), []);
  }

  status(): MapStatus {
    const { reading, prediction, doubts } = this.#current();
    const ledger = this.#ledger;
    const { gap_steps } = reading;
    const meanCertainty =
      prediction.certainty.reduce((sum, p) => sum + p, 0) / prediction.label.length;
    const isDone = gap_steps < COMPLETE_BELOW_steps && doubts.length === 0;
    return {
      observations: ledger.observations,
      meanCertainty,
      estimatedError: 1 - meanCertainty,
      ...reading.unseen({ seen: this.#seen(), meanCertainty, prediction }),
      ...(isDone && {
        complete: `every gap is below ${COMPLETE_BELOW_steps} grid steps (weighted)`,
      }),
      engine: {
        name: this.#reader.name,
        figures: {
          gap_steps: round(gap_steps),
          ...reading.figures,
          compositionNoise_molFraction: round(reading.noise_molFraction),
        },
      },
      ...(reading.findings !== undefined && { findings: reading.findings }),
      warnings: this.#warnings(),
      suspicious: doubts
        .filter(({ owner }) => ledger.mayRepeat(owner))
        .map((doubt) => this.#suspicion(doubt)),
    };
  }

  geometry(): MapGeometry {
    const { tieLines, triangles, tetrahedra } = this.#current().reading.geometry();
    const named = <T extends { readonly from?: number | undefined }>(item: T): T =>
      item.from === undefined ? item : { ...item, from: this.#idOf(item.from) };
    return {
      tieLines: tieLines.map(named),
      triangles: triangles.map(named),
      ...(tetrahedra !== undefined && { tetrahedra: tetrahedra.map(named) }),
    };
  }

  originOf(candidate: number): LabelOrigin {
    const { origin, owners } = this.#current().reading.originOf(candidate);
    return { origin, evidence: owners.map((owner) => this.#idOf(owner)) };
  }

  kindOf(candidate: number): LabelOrigin["origin"] {
    const { reading } = this.#current();
    return reading.kindOf?.(candidate) ?? reading.originOf(candidate).origin;
  }

  #current(): Read {
    if (this.#read !== undefined) return this.#read;
    const worlds = otherWorlds(this.#ledger, (evidence, owner) =>
      this.#reader.ready(evidence, owner),
    ).map(({ odds, standing }) => ({ odds, prediction: this.#reader.read(standing).prediction }));
    // The results that stand are read last: the next map goes on from them.
    const reading = this.#reader.read(this.#ledger.standing());
    const mixed = mixWorlds(reading.prediction, worlds);
    const conflicts = [...reading.conflicts, ...this.#ledger.disagreements()];
    this.#read = {
      reading,
      conflicts,
      prediction: this.#soften(reading, mixed),
      doubts: doubtsOf(this.#ledger, conflicts, reading.suspects ?? NONE),
    };
    return this.#read;
  }

  /** No label is surer than the least sure of the results that it rests on. */
  #soften(reading: MapReading, prediction: MapPrediction): MapPrediction {
    const strengths = new Map(
      this.#ledger.owners().map((owner) => [owner, this.#ledger.strengthOf(owner)]),
    );
    if ([...strengths.values()].every((strength) => strength >= 1)) return prediction;
    return capCertainty(prediction, (i) =>
      reading.originOf(i).owners.reduce((least, k) => Math.min(least, strengths.get(k) ?? 1), 1),
    );
  }

  /** Doubted samples that may be measured again, the most doubtful first. */
  #wishes(taken: ReadonlySet<number>): RankedPoint[] {
    const { reading, doubts } = this.#current();
    const places = new Map<number, RankedPoint>();
    for (const doubt of doubts) {
      const { candidate } = this.#ledger.get(doubt.owner);
      if (!this.#ledger.mayRepeat(doubt.owner) || taken.has(candidate) || places.has(candidate))
        continue;
      const why = explainRepeat(doubt, this.#ledger);
      places.set(candidate, { candidate, score: reading.gap_steps + 1, why });
    }
    return [...places.values()];
  }

  #suspicion({ owner, against, expected }: Doubt): MapStatus["suspicious"][number] {
    const { prediction, reading } = this.#current();
    const { label, candidate } = this.#ledger.get(owner);
    const read = prediction.labels[prediction.label[candidate]!] ?? "";
    const rival = against.map((other) => this.#ledger.get(other).label)[0];
    const other = expected ?? (read === label || read === "" ? rival : read);
    const isSuspect = reading.suspects?.has(owner) === true;
    return {
      id: this.#idOf(owner),
      candidate,
      label,
      expected: other ?? "something else",
      probability: isSuspect ? SUSPECT : Math.min(DOUBTED, this.#ledger.strengthOf(owner)),
    };
  }

  #warnings(): string[] {
    const { conflicts, reading } = this.#current();
    const ledger = this.#ledger;
    const about = (isSo: (result: R) => boolean, what: string): string[] =>
      ledger
        .owners()
        .filter((owner) => isSo(ledger.get(owner)))
        .map((owner) => `${nameOf(ledger, owner)}${what}`);
    return [
      ...new Set([
        ...conflicts.map((conflict) => describeConflict(conflict, ledger)),
        ...describeAside(ledger, reading.suspects ?? NONE, (owner) => nameOf(ledger, owner)),
        ...about((result) => result.outOfEquilibrium, OUT_OF_EQUILIBRIUM),
        ...about((result) => result.offLever, OFF_LEVER),
      ]),
    ];
  }

  /** Labels of the results that stand, and how many results each has. */
  #seen(): ReadonlyMap<string, number> {
    const seen = new Map<string, number>();
    for (const owner of this.#ledger.owners()) {
      if (!this.#ledger.stands(owner)) continue;
      const { label } = this.#ledger.get(owner);
      seen.set(label, (seen.get(label) ?? 0) + 1);
    }
    return seen;
  }

  #idOf(owner: number): number {
    return this.#ledger.evidence(owner).id;
  }
}

function round(x: number): number {
  return Math.round(x * 1e5) / 1e5;
}
