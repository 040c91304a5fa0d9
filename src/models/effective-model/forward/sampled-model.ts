import { createPrng, type Prng } from "../../../core/prng.ts";
import { dot } from "../../../numeric/dot.ts";
import {
  buildKrylovSpace,
  lowestRitzPairs,
  type RitzPair,
  ritzRatios,
} from "../../../numeric/lanczos.ts";
import { symmetricEigen } from "../../../numeric/symmetric-eigen.ts";
import type { BlockLevels, ClusterSpectrum } from "./cluster-spectrum.ts";
import { createCurvePredictor } from "./curve-predictor.ts";
import type { ForwardModel } from "./forward-model.ts";
import { findGroundState } from "./ground-state.ts";
import { createProductSpace, listSectors, positionsInSectors } from "./product-basis.ts";
import {
  buildSparseTerm,
  type JoinedTerms,
  joinTerms,
  multiplySparse,
  type SparseRows,
  weighTerms,
} from "./sparse-term.ts";
import type { SpinCluster } from "./spin-cluster.ts";

/** Random vectors of a sector, and steps from each: what is left above the exact states needs many vectors and few steps. */
const SAMPLES = 16;
const STEPS = 20;
/** Lowest states that are found one by one, in two runs so that degenerate ones are found twice. */
const EXACT_STATES = 12;
const EXACT_STEPS = 110;
const RESIDUAL_MAX = 1e-8;
/** Sectors up to this order are diagonalised in full. */
const DENSE_ORDER_MAX = 200;
/** The same random vectors for all couplings: the sampling error is then a smooth function of them. */
const SEED = "random vectors";

/** One sector with an operator for each term: H = sum_t J_t A_t. */
interface Sector {
  readonly terms: readonly SparseRows[];
  readonly joined: JoinedTerms;
  readonly order: number;
}

/**
 * Curves of clusters beyond full diagonalisation by finite-temperature Lanczos, with the lowest states taken out (see
 * `solveByLanczos`), and their derivatives: Tr(A_t exp(-beta H)) from the components of A_t |r> in the Krylov space of
 * each random vector r. Values err by the sampling, about 1e-3 of saturation for 16 spins 1/2; there, one calculation
 * takes some seconds.
 */
export function sampledModel(spins: SpinCluster, g: number): ForwardModel {
  const { siteSpins, terms } = spins;
  const space = createProductSpace(siteSpins);
  const all = listSectors(space);
  const first = (siteSpins.reduce((sum, spin) => sum + 2 * spin, 0) % 2) / 2;
  const upper = all.slice(Math.ceil(space.levelSum_max / 2));
  const magnetisations = Float64Array.from(upper, (_, k) => k + first);
  let prepared: Sector[] | undefined;
  const sectors = (): Sector[] => {
    if (prepared === undefined) {
      const positions = positionsInSectors(space, all);
      prepared = upper.map((sector) => {
        const own = terms.map(({ bonds }) => {
          const weights = new Float64Array(bonds.length).fill(1);
          return buildSparseTerm({ space, sector, positions, bonds, weights });
        });
        return { order: sector.states.length, terms: own, joined: joinTerms(own) };
      });
    }
    return prepared;
  };
  const spectrum = (blocks: readonly BlockLevels[]): ClusterSpectrum => ({
    ...{ magnetisations, siteCount: siteSpins.length, termCount: terms.length },
    blocks: blocks.filter((block) => block.energies_meV.length > 0),
  });
  const states = upper.reduce((sum, sector) => sum + sector.states.length, 0);
  return {
    siteCount: siteSpins.length,
    // orthogonalising both runs, the products, and the random vectors
    operations: 8 * states * EXACT_STEPS ** 2,
    predictorAt: (points) =>
      createCurvePredictor(
        {
          ...{ magnetisations, siteCount: siteSpins.length, termCount: terms.length },
          levels: (couplings) =>
            spectrum(sectors().flatMap((sector, k) => sampleSector(sector, couplings, k))),
        },
        g,
        points,
      ),
    groundState: (couplings) => {
      const lowest = sectors().map((sector, k): BlockLevels => {
        const { values } = lowestStates(sector, couplings, streamOf(k));
        return { energies_meV: Float64Array.from(values).sort(), sectorFrom: k, sectorTo: k };
      });
      return findGroundState(spectrum(lowest), g);
    },
  };
}

function streamOf(sector: number): Prng {
  return createPrng(`${SEED}/${sector}`);
}

interface States {
  readonly values: readonly number[];
  readonly vectors: readonly Float64Array[];
}

/** All states of a small sector; of a larger one the lowest. */
function lowestStates(sector: Sector, couplings: ArrayLike<number>, prng: Prng): States {
  const { order } = sector;
  if (order <= DENSE_ORDER_MAX) {
    const { values, vectors } = symmetricEigen(denseOf(sector, couplings), order, {
      vectors: true,
    });
    const rows = Array.from(values, (_, k) => vectors!.slice(k * order, (k + 1) * order));
    return { values: [...values], vectors: rows };
  }
  const apply = applyWith(sector, couplings);
  const pairs: RitzPair[] = [];
  for (let run = 0; run < 2; run++) {
    const against = pairs.map((pair) => pair.vector);
    const start = randomVector(order, prng);
    const space = buildKrylovSpace(apply, start, EXACT_STEPS, { keep: true, against });
    pairs.push(...lowestRitzPairs(space, EXACT_STATES, RESIDUAL_MAX));
  }
  return { values: pairs.map((pair) => pair.value), vectors: pairs.map((pair) => pair.vector) };
}

/** Levels of one sector with their derivatives: the lowest as they are, the others by random vectors. */
function sampleSector(sector: Sector, couplings: ArrayLike<number>, k: number): BlockLevels[] {
  const { order, terms } = sector;
  const prng = streamOf(k);
  const place = { sectorFrom: k, sectorTo: k };
  const { values, vectors } = lowestStates(sector, couplings, prng);
  const n = terms.length;
  const slopes = new Float64Array(values.length * n);
  const moved = new Float64Array(order);
  vectors.forEach((vector, row) => {
    for (let t = 0; t < n; t++) {
      multiplySparse(terms[t]!, vector, moved);
      slopes[row * n + t] = dot(vector, moved);
    }
  });
  const exact = { energies_meV: Float64Array.from(values), slopes, ...place };
  const rest = order - values.length;
  if (rest === 0) return [exact];
  const apply = applyWith(sector, couplings);
  const sampled = Array.from({ length: SAMPLES }, (): BlockLevels => {
    const start = randomVector(order, prng);
    for (const vector of vectors) addScaled(start, vector, -dot(start, vector));
    const size = Math.sqrt(dot(start, start));
    for (let i = 0; i < order; i++) start[i] = start[i]! / size;
    const watch = terms.map((term) => {
      const image = new Float64Array(order);
      multiplySparse(term, start, image);
      return image;
    });
    const space = buildKrylovSpace(apply, start, STEPS, { against: vectors, watch });
    const { values: energies_meV, weights, ratios } = ritzRatios(space, n);
    return {
      ...{ energies_meV, slopes: ratios, ...place },
      weights: weights.map((w) => (w * rest) / SAMPLES),
    };
  });
  return [exact, ...sampled];
}

/** H at the couplings, its terms joined: one product a step. */
function applyWith({ joined }: Sector, couplings: ArrayLike<number>) {
  const matrix = weighTerms(joined, couplings);
  return (x: Float64Array, y: Float64Array): void => multiplySparse(matrix, x, y);
}

function denseOf({ joined, order }: Sector, couplings: ArrayLike<number>): Float64Array {
  const dense = new Float64Array(order * order);
  const { starts, columns, values } = weighTerms(joined, couplings);
  for (let row = 0; row < order; row++) {
    for (let k = starts[row]!; k < starts[row + 1]!; k++) {
      dense[row * order + columns[k]!]! += values[k]!;
    }
  }
  return dense;
}

function randomVector(order: number, prng: Prng): Float64Array {
  return Float64Array.from({ length: order }, () => prng.normal());
}

function addScaled(a: Float64Array, b: Float64Array, factor: number): void {
  for (let k = 0; k < a.length; k++) a[k] = a[k]! + factor * b[k]!;
}
