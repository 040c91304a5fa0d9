import { createPrng, type Prng } from "../../../src/core/prng.ts";

/** A phase of a made-up ternary system: Gibbs energies per mole of atoms in units of R T0, T relative to T0. */
export interface GibbsPhase {
  readonly name: string;
  /** Compositions from which the search starts: three mole fractions each. */
  readonly mesh: readonly (readonly number[])[];
  /** Energy at a composition that the phase can have. */
  energy(x: readonly number[], temperature: number): number;
  /** Moves x to the local minimum of energy - potentials . x; x itself where the composition is fixed. */
  refine(x: readonly number[], potentials: readonly number[], temperature: number): number[];
}

const ELEMENTS = ["A", "B", "C"];
const PAIRS = [
  [0, 1],
  [1, 2],
  [0, 2],
] as const;

/**
 * A system with four solution phases (regular, asymmetric), line phases in which two elements mix on one sublattice, and
 * stoichiometric compounds: the kinds of phases of assessed alloy databases, with random parameters.
 */
export function drawSystem(seed: number): GibbsPhase[] {
  const prng = createPrng(`gibbs-system/${seed}`);
  const between = (low: number, high: number): number => low + (high - low) * prng.next();
  // Even seeds dissolve much: wide fields, curved boundaries, miscibility gaps. Odd ones are rich in compounds.
  const isSoluble = seed % 2 === 0;
  const [low, high] = isSoluble ? [0.1, 1.6] : [1.2, 5];
  const repulsion = PAIRS.map(() => (isSoluble ? between(-1.5, 2.6) : between(-4, 3.2)));
  const phases = ["SOL_A", "SOL_B", "SOL_C", "SOL_D"].map((name, k) =>
    solution(name, {
      stability: ELEMENTS.map((_, e) => (e === k ? 0 : between(k === 3 ? low / 2 : low, high))),
      entropy: ELEMENTS.map((_, e) => (e === k ? 0 : between(0, k === 3 ? 2.5 : 0.8))),
      L0: repulsion.map((l) => l + between(isSoluble ? -1 : -2.5, k === 3 ? 0 : 1.5)),
      L1: PAIRS.map(() => between(-1, 1)),
      L3: between(-4, 4),
    }),
  );
  const compounds = 4 + prng.integer(6);
  const depths = isSoluble ? ([0.9, 0.6] as const) : ([1.1, 1.6] as const);
  for (let k = 0; k < compounds; k++) {
    phases.push(drawCompound(k, prng, depths[0] + depths[1] * prng.next()));
  }
  return phases;
}

function drawCompound(k: number, prng: Prng, depth: number): GibbsPhase {
  const ratios = [
    [1, 1],
    [2, 1],
    [1, 2],
    [3, 1],
    [1, 3],
    [3, 2],
  ] as const;
  const [p, q] = ratios[prng.integer(ratios.length)]!;
  const isTernary = prng.next() < 0.25;
  const order = [0, 1, 2].sort(() => prng.next() - 0.5);
  const entropy = -0.5 + prng.next();
  const x = [0, 0, 0];
  if (isTernary) {
    const parts = [p, q, 1 + prng.integer(2)];
    const sum = parts[0]! + parts[1]! + parts[2]!;
    for (const [place, element] of order.entries()) x[element] = parts[place]! / sum;
    return compound(`TAU${k}`, x, { energy: -1.15 * depth, entropy });
  }
  x[order[0]!] = p / (p + q);
  x[order[1]!] = q / (p + q);
  if (prng.next() < 0.5) return compound(`IM${k}`, x, { energy: -depth, entropy });
  return linePhase(`LINE${k}`, x, {
    shared: [order[0]!, order[2]!],
    energies: [-depth, -depth + 2.2 * prng.next()],
    mixing: -2 + 4 * prng.next(),
    entropy,
  });
}

interface SolutionParameters {
  readonly stability: readonly number[];
  readonly entropy: readonly number[];
  readonly L0: readonly number[];
  readonly L1: readonly number[];
  readonly L3: number;
}

const MESH = 40;

/** G = sum x g + T sum x ln x + sum x_i x_j (L0 + L1 (x_i - x_j)) + x_A x_B x_C L3, g = stability - (T - 1) entropy. */
function solution(name: string, parameters: SolutionParameters): GibbsPhase {
  const { stability, entropy, L0, L1, L3 } = parameters;
  const energy = (x: readonly number[], temperature: number): number => {
    let g = x[0]! * x[1]! * x[2]! * L3;
    for (let k = 0; k < 3; k++) {
      const own = stability[k]! - (temperature - 1) * entropy[k]!;
      g += x[k]! * (own + (x[k]! > 0 ? temperature * Math.log(x[k]!) : 0));
    }
    PAIRS.forEach(([i, j], k) => {
      g += x[i]! * x[j]! * (L0[k]! + L1[k]! * (x[i]! - x[j]!));
    });
    return g;
  };
  const mesh: number[][] = [];
  for (let a = 0; a <= MESH; a++)
    for (let b = 0; a + b <= MESH; b++) mesh.push([a / MESH, b / MESH, (MESH - a - b) / MESH]);
  return { name, mesh, energy, refine: (x, mu, t) => newton((y) => energy(y, t), x, mu) };
}

function compound(
  name: string,
  x: readonly number[],
  { energy, entropy }: { energy: number; entropy: number },
): GibbsPhase {
  return {
    name,
    mesh: [x],
    energy: (_, temperature) => energy - (temperature - 1) * entropy,
    refine: (at) => [...at],
  };
}

/** Two elements share one sublattice of a compound: its compositions form a line. */
function linePhase(
  name: string,
  x: readonly number[],
  parameters: {
    readonly shared: readonly [number, number];
    readonly energies: readonly [number, number];
    readonly mixing: number;
    readonly entropy: number;
  },
): GibbsPhase {
  const [from, to] = parameters.shared;
  const sites = x[from]!;
  const at = (y: number): number[] =>
    x.map((value, k) => (k === from ? sites * (1 - y) : k === to ? sites * y : value));
  const energyAt = (y: number, t: number): number => {
    const ln = (v: number): number => (v > 0 ? v * Math.log(v) : 0);
    const own = parameters.energies[0] * (1 - y) + parameters.energies[1] * y;
    return (
      own -
      (t - 1) * parameters.entropy +
      sites * (t * (ln(y) + ln(1 - y)) + parameters.mixing * y * (1 - y))
    );
  };
  return {
    name,
    mesh: Array.from({ length: MESH + 1 }, (_, k) => at(k / MESH)),
    energy: (z, t) => energyAt(Math.min(1, Math.max(0, z[to]! / sites)), t),
    refine: (z, mu, t) => {
      if (z[to]! <= 0 || z[from]! <= 0) return [...z];
      const slope = sites * (mu[to]! - mu[from]!);
      let [low, high] = [Math.max(0, z[to]! / sites - 1 / MESH), 1];
      high = Math.min(1, z[to]! / sites + 1 / MESH);
      const cost = (y: number): number => energyAt(y, t) - slope * y;
      for (let k = 0; k < 60; k++) {
        const [u, v] = [low + 0.382 * (high - low), low + 0.618 * (high - low)];
        if (cost(u) < cost(v)) high = v;
        else low = u;
      }
      return at((low + high) / 2);
    },
  };
}

/** Newton's method on the free fractions of the elements present, with halved steps while they do not help. */
function newton(
  energy: (x: readonly number[]) => number,
  start: readonly number[],
  potentials: readonly number[],
): number[] {
  const present = [0, 1, 2].filter((k) => start[k]! > 0);
  const [base, ...free] = present as [number, ...number[]];
  if (free.length === 0) return [...start];
  const cost = (x: readonly number[]): number =>
    energy(x) - x.reduce((sum, v, k) => sum + v * potentials[k]!, 0);
  const moved = (x: readonly number[], step: readonly number[]): number[] => {
    const y = [...x];
    free.forEach((k, j) => {
      y[k] = y[k]! + step[j]!;
      y[base] = y[base]! - step[j]!;
    });
    return y;
  };
  let x = [...start];
  for (let k = 0; k < 25; k++) {
    const h = 1e-3 * Math.min(...present.map((e) => x[e]!), 0.05);
    const unit = (j: number, size: number): number[] => free.map((_, m) => (m === j ? size : 0));
    const here = cost(x);
    const gradient = free.map(
      (_, j) => (cost(moved(x, unit(j, h))) - cost(moved(x, unit(j, -h)))) / (2 * h),
    );
    const second = free.map((_, i) =>
      free.map((__, j) => {
        const both = unit(i, h).map((v, m) => v + unit(j, h)[m]!);
        const cross = unit(i, h).map((v, m) => v - unit(j, h)[m]!);
        const back = (step: readonly number[]): number[] => step.map((v) => -v);
        const [pp, pm] = [cost(moved(x, both)), cost(moved(x, cross))];
        const [mm, mp] = [cost(moved(x, back(both))), cost(moved(x, back(cross)))];
        return (pp - pm + mm - mp) / (4 * h * h);
      }),
    );
    let step = descent(second, gradient);
    let next = moved(x, step);
    for (let half = 0; half < 40; half++) {
      if (present.every((e) => next[e]! > 1e-9) && cost(next) <= here) break;
      step = step.map((v) => v / 2);
      next = moved(x, step);
    }
    if (!present.every((e) => next[e]! > 1e-9) || cost(next) > here) break;
    x = next;
    if (Math.hypot(...step) < 1e-9) break;
  }
  return x;
}

/** The Newton step where the curvature is positive, else one down the slope. */
function descent(h: readonly (readonly number[])[], g: readonly number[]): number[] {
  if (g.length === 1) return [h[0]![0]! > 0 ? -g[0]! / h[0]![0]! : -0.01 * Math.sign(g[0]!)];
  const [[a, b], [, d]] = h as [[number, number], [number, number]];
  const determinant = a * d - b * b;
  if (a > 0 && determinant > 0)
    return [-(d * g[0]! - b * g[1]!) / determinant, -(a * g[1]! - b * g[0]!) / determinant];
  const size = 0.01 / Math.hypot(g[0]!, g[1]!);
  return [-size * g[0]!, -size * g[1]!];
}
