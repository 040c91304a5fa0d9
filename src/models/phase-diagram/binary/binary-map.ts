import { LabelTable } from "../evidence/label-table.ts";
import { labelOf } from "../evidence/phase-names.ts";
import type { BinaryCandidates } from "./binary-grid.ts";
import type { BinaryResult } from "./binary-result.ts";
import { findCompounds, smoothTracks } from "./composition-curves.ts";
import {
  type IsothermSource,
  type ReadableStretch,
  type Reading,
  readAt,
  readable,
  readIsotherm,
  SAME_X,
  type Support,
} from "./isotherm.ts";
import { followTracks, type Tie, type Track } from "./tracks.ts";

/** A boundary interpolated between two tie-lines may be off by so much before a result speaks against the field. */
const TOLERANCE = 0.02;
/** Ends of one phase may cross so far, and are made to meet. */
const MEET = 0.03;

/** A result between two tie-lines of what would be one field without it. */
export interface Disproof {
  readonly owner: number;
  /** Levels between the two tie-lines. */
  readonly gap: number;
  readonly label: string;
  readonly against: readonly number[];
}

/** The map of a binary: its two-phase fields, its isotherms, and what every candidate is predicted to be. */
export class BinaryMap {
  readonly tracks: readonly Track[];
  /** What every candidate is predicted to be. */
  readonly readings: readonly (Reading | undefined)[];
  readonly disproofs: readonly Disproof[];
  readonly #source: IsothermSource;

  constructor(candidates: BinaryCandidates, results: readonly BinaryResult[], noise: number) {
    // By place, so that the order of arrival does not decide between samples that are equally near.
    const singles = results
      .filter(({ phases }) => phases.length === 1)
      .sort((a, b) => a.height - b.height || a.x - b.x);
    const disproofs: Disproof[] = [];
    const tracks = followTracks(results, (below, above, phases) => {
      const found = results.filter((result) => standsBetween(result, below, above));
      for (const { owner } of found)
        disproofs.push({
          owner,
          gap: above.height - below.height,
          label: labelOf(phases),
          against: [...below.owners, ...above.owners],
        });
      return found.length > 0;
    });
    this.disproofs = disproofs;
    this.tracks = noise > 0 ? smoothed(tracks, singles, noise, candidates) : tracks;
    this.#source = {
      tracks: this.tracks,
      singles,
      step: candidates.step,
      meet: MEET,
    };
    const isotherms = withNearest(candidates.levels.map((_, level) => this.isotherm(level)));
    this.readings = Array.from(candidates.x, (x, i) =>
      readAt(isotherms[candidates.levelOf[i]!]!, x),
    );
  }

  /** The isotherm at any height, in levels. */
  isotherm(height: number): readonly ReadableStretch[] {
    return readable(readIsotherm(this.#source, height));
  }

  /** What the prediction at candidate i rests on; undefined where nothing is known at all. */
  supportOf(i: number): Support | undefined {
    const reading = this.readings[i];
    if (reading === undefined || reading.phases.length > 1) return reading?.stretch.support;
    return "single";
  }
}

/** Beyond the height where the last field has closed nothing is said of an isotherm: what the nearest one says holds, of two the lower. */
function withNearest(isotherms: readonly (readonly ReadableStretch[])[]) {
  const known = [...isotherms.keys()].filter((level) => isotherms[level]!.length > 0);
  return isotherms.map((isotherm, level) => {
    if (isotherm.length > 0) return isotherm;
    const away = known.map((other) => Math.abs(other - level));
    const nearest = known[away.indexOf(Math.min(...away))];
    return nearest === undefined ? isotherm : isotherms[nearest]!;
  });
}

function smoothed(
  tracks: readonly Track[],
  singles: readonly BinaryResult[],
  noise: number,
  { x: onGrid }: BinaryCandidates,
): Track[] {
  const exact = singles.map(({ phases, x }) => ({ phase: phases[0]!, x }));
  return smoothTracks(tracks, noise, findCompounds(tracks, { exact, onGrid }, noise));
}

/** True where a result between two tie-lines of one field shows that the field does not go through. */
function standsBetween(result: BinaryResult, below: Tie, above: Tie): boolean {
  const { height, x, tie } = result;
  if (height <= below.height || height >= above.height) return false;
  if (below.owners.includes(result.owner) || above.owners.includes(result.owner)) return false;
  const share = (height - below.height) / (above.height - below.height);
  const left = below.left + share * (above.left - below.left);
  const right = below.right + share * (above.right - below.right);
  if (tie !== undefined) {
    const overlap = Math.min(tie[1].x, right) - Math.max(tie[0].x, left);
    return overlap > TOLERANCE + SAME_X;
  }
  return result.phases.length === 1 && x > left + TOLERANCE && x < right - TOLERANCE;
}

/** Labels of all candidates as positions in a table that starts with the measured ones. */
export function labelsOf(
  map: BinaryMap,
  results: readonly BinaryResult[],
): { labels: readonly string[]; label: Int32Array } {
  const table = new LabelTable();
  for (const result of results) table.of(result.label);
  const label = Int32Array.from(map.readings, (reading) =>
    reading === undefined ? -1 : table.of(reading.label),
  );
  for (const { candidate, label: name } of results)
    if (candidate >= 0) label[candidate] = table.of(name);
  return { labels: table.labels, label };
}
