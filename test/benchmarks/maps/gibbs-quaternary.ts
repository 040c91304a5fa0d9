import { createPrng, type Prng } from "../../../src/core/prng.ts";
import type { PhaseDiagramTruth } from "../../../src/evaluation/phase-diagram-truth.ts";
import type { GibbsPhase } from "./gibbs-phases.ts";
import { describe, equilibrium, meshColumns } from "./gibbs-section.ts";

const ELEMENTS = [0, 1, 2, 3];
const PAIRS = ELEMENTS.flatMap((i) => ELEMENTS.slice(i + 1).map((j) => [i, j] as const));
/** Compositions from which a solution's search starts: steps of 1 / MESH. */
const MESH = 16;

/**
 * The true isothermal section of a random quaternary system on a grid of 1 / divisions: regular solutions and compounds, the
 * lower hull of their Gibbs energies by linear programming with column generation.
 */
export function gibbsQuaternary(seed: number, divisions = 10): PhaseDiagramTruth {
  const phases = drawQuaternary(seed);
  const pool = meshColumns(phases, 1);
  const rows = simplexRows(divisions).map((x) => {
    const parts = equilibrium(x, { phases, pool, temperature: 1 });
    const [a, b, c, d] = x as [number, number, number, number];
    return { parameters: { A: a, B: b, C: c, D: d }, ...describe(parts, phases) };
  });
  const axes = ["A", "B", "C", "D"];
  return { file: `gibbs-quaternary-${seed}`, axes, components: axes, rows, hasCompositions: true };
}

function simplexRows(divisions: number): number[][] {
  const rows: number[][] = [];
  for (let a = divisions; a >= 0; a--)
    for (let b = divisions - a; b >= 0; b--)
      for (let c = divisions - a - b; c >= 0; c--)
        rows.push([a, b, c, divisions - a - b - c].map((n) => n / divisions));
  return rows;
}

function drawQuaternary(seed: number): GibbsPhase[] {
  const prng = createPrng(`gibbs-quaternary/${seed}`);
  const between = (low: number, high: number): number => low + (high - low) * prng.next();
  // Even seeds dissolve much, odd ones are rich in compounds.
  const isSoluble = seed % 2 === 0;
  const repulsion = PAIRS.map(() => (isSoluble ? between(-1.5, 2.4) : between(-3, 3)));
  const phases = ["SOL_A", "SOL_B", "SOL_C", "SOL_D"].map((name, k) =>
    solution(
      name,
      ELEMENTS.map((e) => (e === k ? 0 : isSoluble ? between(0.1, 1.6) : between(1.2, 4))),
      repulsion.map((l) => l + between(isSoluble ? -1 : -2, 1.2)),
    ),
  );
  const compounds = 4 + prng.integer(6);
  for (let k = 0; k < compounds; k++) {
    const depth = isSoluble ? between(0.9, 1.5) : between(1.1, 2.6);
    phases.push(compound(k, depth, prng));
  }
  return phases;
}

function compound(k: number, depth: number, prng: Prng): GibbsPhase {
  const size = prng.next() < 0.6 ? 2 : prng.next() < 0.75 ? 3 : 4;
  const order = [...ELEMENTS].sort(() => prng.next() - 0.5).slice(0, size);
  const parts = order.map(() => 1 + prng.integer(3));
  const sum = parts.reduce((total, n) => total + n, 0);
  const x = [0, 0, 0, 0];
  for (const [place, element] of order.entries()) x[element] = parts[place]! / sum;
  const energy = -depth * (1 + 0.12 * (size - 2));
  return { name: `IM${k}`, mesh: [x], energy: () => energy, refine: (at) => [...at] };
}

/** G = sum x g + sum x ln x + sum x_i x_j L_ij. */
function solution(
  name: string,
  stability: readonly number[],
  mixing: readonly number[],
): GibbsPhase {
  const energy = (x: readonly number[]): number => {
    let g = 0;
    for (const k of ELEMENTS) g += x[k]! * (stability[k]! + (x[k]! > 0 ? Math.log(x[k]!) : 0));
    for (const [p, [i, j]] of PAIRS.entries()) g += x[i]! * x[j]! * mixing[p]!;
    return g;
  };
  return { name, mesh: simplexRows(MESH), energy, refine: (x, mu) => settle(x, mu, slopes) };

  /** Derivatives of G without the entropy. */
  function slopes(x: readonly number[]): number[] {
    const g = [...stability];
    for (const [p, [i, j]] of PAIRS.entries()) {
      g[i]! += x[j]! * mixing[p]!;
      g[j]! += x[i]! * mixing[p]!;
    }
    return g;
  }
}

/** Local minimum of G - mu . x: there x_k is proportional to exp(mu_k - dG/dx_k); damped, this converges for mild interactions. */
function settle(
  start: readonly number[],
  mu: readonly number[],
  slopes: (x: readonly number[]) => number[],
): number[] {
  let x = [...start];
  for (let round = 0; round < 400; round++) {
    const g = slopes(x);
    const raw = x.map((v, k) => (v > 0 ? Math.exp(mu[k]! - g[k]!) : 0));
    const sum = raw.reduce((total, v) => total + v, 0);
    const next = x.map((v, k) => (v > 0 ? Math.sqrt((v * raw[k]!) / sum) : 0));
    const total = next.reduce((all, v) => all + v, 0);
    const change = next.reduce((most, v, k) => Math.max(most, Math.abs(v / total - x[k]!)), 0);
    x = next.map((v) => v / total);
    if (change < 1e-10) break;
  }
  return x;
}
