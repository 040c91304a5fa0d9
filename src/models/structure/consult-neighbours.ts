import type { AtomBox } from "./atom-box.ts";
import { visitPairs } from "./atom-pairs.ts";
import { winners } from "./class-votes.ts";

/**
 * Votes of some fifty atoms say more than one atom's: where nine of ten agree, 998 of 1000 atoms are right. The power was found on hot
 * and defective aluminium and tested on iron (docs/structure.md): higher ones are nearer still there, and would be too sure elsewhere.
 */
const AGREEMENT_power = 3;

/** Times that each atom hears its neighbours. */
const CONSULT_ROUNDS = 3;
/** An atom keeps its own class where at least this share of what it has heard agrees. */
const KEPT_FROM = 0.45;

/**
 * Lets neighbouring atoms agree on their classes: each round replaces the votes of an atom by the mean over itself and
 * its neighbours within `radius_A`. A phase is a matter of a region, not of an atom: at coexistence, where the
 * supercooled liquid's fluctuations look glassy one atom at a time, 93 % of single atoms are called rightly and more
 * than 99.8 % after three rounds. A cluster smaller than the sphere of that radius is outvoted; where such nuclei matter, no round.
 * `votes` is atoms x classes; the result is new. Cost: the pairs within the radius times classes, each round.
 */
export function consultNeighbours(
  box: AtomBox,
  votes: Float64Array,
  classes: number,
  radius_A: number,
  rounds: number = CONSULT_ROUNDS,
): Float64Array {
  let heard = votes;
  for (let round = 0; round < rounds; round++) {
    const said = heard;
    const sums = said.slice();
    const voices = new Float64Array(box.atoms).fill(1);
    visitPairs(box, radius_A, ({ i, j }, count) => {
      for (let p = 0; p < count; p++) {
        const a = i[p]!;
        const b = j[p]!;
        voices[a]! += 1;
        voices[b]! += 1;
        for (let c = 0; c < classes; c++) {
          sums[a * classes + c]! += said[b * classes + c]!;
          sums[b * classes + c]! += said[a * classes + c]!;
        }
      }
    });
    for (let a = 0; a < box.atoms; a++)
      for (let c = 0; c < classes; c++) sums[a * classes + c]! /= voices[a]!;
    heard = sums;
  }
  return heard;
}

/**
 * The class of each atom by what it has heard: its own (`alone`) where that has at least 0.45 of the votes, else the winner.
 * In a homogeneous mixture of two kinds the bare winner would give the whole region to the slightly larger one, and
 * shares in time would jump; with 0.45 they jump less, and regions of one phase stay as clean.
 */
export function settleClasses(alone: Int32Array, heard: Float64Array, classes: number): Int32Array {
  const winner = winners(heard, alone.length, classes);
  return winner.map((best, a) => {
    const own = alone[a]!;
    return heard[a * classes + own]! >= KEPT_FROM ? own : best;
  });
}

/**
 * Probability of each atom's class by what it has heard, q_c: q^3 over the sum of all q_c^3. Where no neighbour was heard (no
 * round) it is the share of votes itself.
 */
export function probabilityOf(
  classes: Int32Array,
  heard: Float64Array,
  count: number,
  rounds: number = CONSULT_ROUNDS,
): Float64Array {
  const power = rounds === 0 ? 1 : AGREEMENT_power;
  return Float64Array.from(classes, (own, a) => {
    let sum = 0;
    for (let c = 0; c < count; c++) sum += heard[a * count + c]! ** power;
    return sum > 0 ? heard[a * count + own]! ** power / sum : 0;
  });
}
