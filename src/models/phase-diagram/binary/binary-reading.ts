import { chooseInTurn } from "../choose-in-turn.ts";
import type { Conflict } from "../evidence/conflicts.ts";
import { figuresOf, unseenByArea } from "../evidence/map-figures.ts";
import { geometryOf } from "../evidence/result-geometry.ts";
import type { MapGeometry, MapPrediction, RankedPoint } from "../map-model.ts";
import type { Choice, MapReading, Origin, Unseen, UnseenSource } from "../map-reader.ts";
import { spreadCertainty } from "../spread-certainty.ts";
import { BinaryDistances, type BinaryGapSource, BinaryGaps } from "./binary-gaps.ts";
import type { BinaryCandidates } from "./binary-grid.ts";
import { type BinaryMap, labelsOf } from "./binary-map.ts";
import type { BinaryResult } from "./binary-result.ts";
import { conflictsOf } from "./doubts.ts";
import { reactionsOf } from "./reactions.ts";
import { SAME_HEIGHT_levels } from "./tracks.ts";

/** Certainty of a measured label, and 1 - RATE (1 - exp(-gap / REACH))^2 at a weighted gap of so many grid steps: fitted. */
const MEASURED = 0.999;
const RATE = 0.43;
const REACH_steps = 2.5;
/**
 * Labels not seen yet: so many for each that is read off but was never measured, and apart from these 0.05 and 8 times the estimated
 * error (fitted on seven binaries: cu-mg and the made-up systems 1-6).
 */
const UNSEEN_PER_GUESS = 1.3;
const UNSEEN_base = 0.05;
const UNSEEN_PER_ERROR = 8;

/** What the fields of a binary say of the candidates. */
export class BinaryReading implements MapReading {
  readonly conflicts: readonly Conflict[];
  readonly prediction: MapPrediction;
  readonly gap_steps: number;
  readonly findings: readonly string[];
  readonly noise_molFraction: number;
  readonly #source: BinaryGapSource;
  readonly #gaps: BinaryGaps;

  constructor(
    candidates: BinaryCandidates,
    map: BinaryMap,
    found: { readonly results: readonly BinaryResult[]; readonly noise: number },
  ) {
    const { results, noise } = found;
    const distances = new BinaryDistances(candidates);
    for (const { x, height, tie } of results)
      distances.add(tie?.[0].x ?? x, tie?.[1].x ?? x, height);
    const measured = new Set(results.map(({ candidate }) => candidate));
    this.#source = { candidates, map, distances, results, measured };
    this.#gaps = new BinaryGaps(this.#source);
    this.gap_steps = this.#gaps.largest();
    this.noise_molFraction = noise;
    this.conflicts = conflictsOf(map, results);
    this.findings = reactionsOf(results);
    this.prediction = predictionOf(this.#source, this.#gaps);
  }

  choose(choice: Choice): RankedPoint[] {
    const { candidates, map } = this.#source;
    const gaps = this.#gaps.fork();
    const among = choice.level === undefined ? undefined : candidates.members[choice.level];
    return chooseInTurn(choice, {
      take: (i) => gaps.believe(i),
      approach: (row) => {
        const { x, value } = candidates.placeOfRow(row);
        gaps.approach(x, candidates.heightOf(value));
      },
      next: (isFree) => {
        const i = gaps.best(among, isFree, choice.tieKey);
        if (i < 0) return undefined;
        const score = gaps.at(i);
        return { candidate: i, score, why: explainBinaryGap(map, i, score) };
      },
    });
  }

  unseen(source: UnseenSource): Unseen {
    const { seen, prediction, meanCertainty } = source;
    const { points } = figuresOf(prediction);
    const guesses = prediction.labels.filter((name, k) => !seen.has(name) && points[k]! > 0).length;
    const unseenLabels =
      UNSEEN_PER_GUESS * guesses + UNSEEN_base + UNSEEN_PER_ERROR * (1 - meanCertainty);
    return { unseenShare: unseenByArea(source), unseenLabels };
  }

  geometry(): MapGeometry {
    const tied = this.#source.results.flatMap(({ tie, owner, value }) =>
      tie === undefined
        ? []
        : [
            {
              phases: tie.map(({ phase }) => phase),
              ends: tie.map(({ x }) => [1 - x, x]),
              from: owner,
              level: value,
            },
          ],
    );
    return geometryOf(tied);
  }

  originOf(candidate: number): Origin {
    const { candidates, map, results, measured } = this.#source;
    if (measured.has(candidate)) {
      const own = results.filter((result) => result.candidate === candidate);
      return { origin: "measured", owners: own.map(({ owner }) => owner) };
    }
    const reading = map.readings[candidate];
    if (reading === undefined) return { origin: "between", owners: [] };
    const { stretch, phases } = reading;
    const owners = [...new Set(stretch.owners)];
    const level = candidates.levelOf[candidate]!;
    const here = results.filter(
      ({ owner, height }) =>
        owners.includes(owner) && Math.abs(height - level) < SAME_HEIGHT_levels,
    );
    const isOnTie = stretch.support === "measured" && phases.length === 2 && here.length > 0;
    return isOnTie
      ? { origin: "tie-line", owners: here.map(({ owner }) => owner) }
      : { origin: "between", owners };
  }
}

function predictionOf({ map, results, measured }: BinaryGapSource, gaps: BinaryGaps) {
  const { labels, label } = labelsOf(map, results);
  const certainty = Float64Array.from(label, (k, i) => {
    if (k < 0) return 0;
    return measured.has(i) ? MEASURED : 1 - RATE * (1 - Math.exp(-gaps.at(i) / REACH_steps)) ** 2;
  });
  return spreadCertainty(labels, label, certainty);
}

/** Why a candidate is worth measuring now. */
function explainBinaryGap(map: BinaryMap, i: number, gap_steps: number): string {
  const label = map.readings[i]?.label;
  const size = `weighted gap ${gap_steps.toFixed(1)} grid steps`;
  if (label === undefined) return "Nothing is known around this point yet.";
  switch (map.supportOf(i)) {
    case "guess":
      return `Would prove or disprove ${label}, read off between its neighbours; ${size}.`;
    case "extended":
      return `Shows how far ${label} goes beyond its last tie-line; ${size}.`;
    case "single":
      return `Farthest from any evidence in the field ${label}; ${size}.`;
    case "between":
    case "measured":
    case undefined:
      return `Splits the unproved part of ${label} between two tie-lines; ${size}.`;
  }
}
