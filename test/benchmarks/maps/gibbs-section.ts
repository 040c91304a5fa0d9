import type { PhaseDiagramTruth, TruthRow } from "../../../src/evaluation/phase-diagram-truth.ts";
import { drawSystem, type GibbsPhase } from "./gibbs-phases.ts";
import { triangleRows } from "./power-map.ts";

/** A phase at a composition, with its energy: one column of the linear programme. */
export interface Column {
  readonly phase: number;
  readonly x: readonly number[];
  readonly energy: number;
}

/** One phase of an equilibrium. */
export interface Part {
  readonly phase: number;
  readonly x: readonly number[];
  readonly amount: number;
}

const ELEMENTS = ["A", "B", "C", "D"];
/** Reduced costs above this end the search; a phase below AMOUNT_MIN is not there. */
const COST_MIN = -1e-10;
const AMOUNT_MIN = 2e-5;
const ROUNDS_MAX = 120;
/** A phase whose mesh is nowhere nearer to the tangent plane than this cannot touch it. */
const MESH_DEPTH = 0.05;
/** Two columns of one phase this far apart may be the two sides of a miscibility gap. */
const GAP_MIN = 0.02;

/**
 * The true section of a random system: the lower hull of its Gibbs energies by linear programming with column generation,
 * exact to about five digits. A hold-out for everything that was tuned on the shared sections.
 */
export function gibbsSection(seed: number, divisions = 40, temperature = 1): PhaseDiagramTruth {
  return stack(seed, divisions, [temperature]);
}

/** The same at several temperatures (relative to the one that the energies are drawn for), with T as a further axis. */
export function gibbsStack(
  seed: number,
  divisions: number,
  temperatures: readonly number[],
): PhaseDiagramTruth {
  return stack(seed, divisions, temperatures);
}

/** The binary A-B of the same system over temperature: axes T (1000 times the relative one) and x_B, A is the rest. */
export function gibbsBinary(
  seed: number,
  divisions: number,
  temperatures: readonly number[],
): PhaseDiagramTruth {
  const phases = drawSystem(seed);
  const rows = temperatures.flatMap((temperature) => {
    const pool = meshColumns(phases, temperature);
    return Array.from({ length: divisions + 1 }, (_, k): TruthRow => {
      const x_B = k / divisions;
      const parts = equilibrium([1 - x_B, x_B, 0], { phases, pool, temperature });
      const found = describe(parts, phases);
      const compositions = Object.fromEntries(
        Object.entries(found.compositions ?? {}).map(([phase, x]) => [
          phase,
          { A: x["A"] ?? 0, x_B: x["B"] ?? 0 },
        ]),
      );
      return { parameters: { T: Math.round(1000 * temperature), x_B }, ...found, compositions };
    });
  });
  return {
    file: `gibbs-binary-${seed}`,
    axes: ["T", "x_B"],
    components: ["x_B"],
    rows,
    hasCompositions: true,
  };
}

function stack(
  seed: number,
  divisions: number,
  temperatures: readonly number[],
): PhaseDiagramTruth {
  const phases = drawSystem(seed);
  const hasAxis = temperatures.length > 1;
  const rows = temperatures.flatMap((temperature) => {
    const pool = meshColumns(phases, temperature);
    return triangleRows(divisions).map(({ a, b, c }): TruthRow => {
      const parts = equilibrium([a, b, c], { phases, pool, temperature });
      const parameters = {
        A: a,
        B: b,
        C: c,
        ...(hasAxis && { T: Math.round(1000 * temperature) }),
      };
      return { parameters, ...describe(parts, phases) };
    });
  });
  const components = ["A", "B", "C"];
  const axes = hasAxis ? [...components, "T"] : components;
  return { file: `gibbs-${seed}`, axes, components, rows, hasCompositions: true };
}

export function meshColumns(phases: readonly GibbsPhase[], temperature: number): Column[] {
  return phases.flatMap(({ mesh, energy }, phase) =>
    mesh.map((x) => ({ phase, x, energy: energy(x, temperature) })),
  );
}

export interface System {
  readonly phases: readonly GibbsPhase[];
  readonly pool: readonly Column[];
  readonly temperature: number;
}

/** Minimises sum amount G over all mixtures of the overall composition `at`. */
export function equilibrium(at: readonly number[], { phases, pool, temperature }: System): Part[] {
  const present = at.flatMap((x, k) => (x > 1e-12 ? [k] : []));
  // A slight shift keeps the programme away from degenerate vertices.
  const goal = present.map((k, j) => at[k]! * (1 + 3e-6 * (j - 1)));
  const total = goal.reduce((sum, v) => sum + v, 0);
  const usable = pool.filter(({ x }) => x.every((v, k) => v === 0 || present.includes(k)));
  let basis = present.map((k) =>
    usable.filter(({ x }) => x[k] === 1).reduce((p, q) => (q.energy < p.energy ? q : p)),
  );
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const inverse = inverted(basis.map(({ x }) => present.map((k) => x[k]!)));
    const mu = at.map(() => 0);
    present.forEach((k, row) => {
      mu[k] = basis.reduce((sum, column, j) => sum + inverse[row]![j]! * column.energy, 0);
    });
    const entering = cheapest(usable, basis, { phases, mu, temperature });
    if (entering === undefined) break;
    const amounts = basis.map((_, j) =>
      goal.reduce((sum, v, row) => sum + (v / total) * inverse[row]![j]!, 0),
    );
    const change = basis.map((_, j) =>
      present.reduce((sum, k, row) => sum + entering.x[k]! * inverse[row]![j]!, 0),
    );
    let leaving = -1;
    for (let j = 0; j < basis.length; j++) {
      if (change[j]! <= 1e-13) continue;
      const isLess = leaving < 0 || amounts[j]! / change[j]! < amounts[leaving]! / change[leaving]!;
      if (isLess) leaving = j;
    }
    if (leaving < 0) break;
    basis = basis.map((column, j) => (j === leaving ? entering : column));
  }
  const inverse = inverted(basis.map(({ x }) => present.map((k) => x[k]!)));
  const parts = basis.map((column, j) => ({
    phase: column.phase,
    x: column.x,
    amount: goal.reduce((sum, v, row) => sum + (v / total) * inverse[row]![j]!, 0),
  }));
  return merged(parts, { phases, temperature });
}

/** The column of most negative reduced cost: the best of the mesh and of the basis by phase, moved to their local minimum. */
function cheapest(
  usable: readonly Column[],
  basis: readonly Column[],
  { phases, mu, temperature }: { phases: readonly GibbsPhase[]; mu: number[]; temperature: number },
): Column | undefined {
  const costOf = ({ x, energy }: Column): number =>
    x.reduce((cost, v, k) => cost - v * mu[k]!, energy);
  const best = new Map<number, { column: Column; cost: number }>();
  for (const column of usable) {
    const cost = costOf(column);
    const known = best.get(column.phase);
    if (known === undefined || cost < known.cost) best.set(column.phase, { column, cost });
  }
  let least = COST_MIN;
  let found: Column | undefined;
  const promising = [...best.values()].filter(({ cost }) => cost < MESH_DEPTH);
  for (const column of [...promising.map((item) => item.column), ...basis]) {
    const phase = phases[column.phase]!;
    const x = phase.refine(column.x, mu, temperature);
    const refined = { phase: column.phase, x, energy: phase.energy(x, temperature) };
    for (const candidate of [column, refined]) {
      const cost = costOf(candidate);
      if (cost >= least) continue;
      least = cost;
      found = candidate;
    }
  }
  return found;
}

/** Columns of one phase between which its energy is convex are one phase; those across a miscibility gap stay two. */
function merged(
  parts: readonly Part[],
  { phases, temperature }: { phases: readonly GibbsPhase[]; temperature: number },
): Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    if (part.amount < AMOUNT_MIN) continue;
    const { energy } = phases[part.phase]!;
    const k = out.findIndex((other) => {
      if (other.phase !== part.phase) return false;
      const apart = Math.hypot(...part.x.map((v, e) => v - other.x[e]!));
      if (apart < GAP_MIN) return true;
      const middle = part.x.map((v, e) => (v + other.x[e]!) / 2);
      const chord = (energy(part.x, temperature) + energy(other.x, temperature)) / 2;
      return energy(middle, temperature) < chord;
    });
    if (k < 0) {
      out.push(part);
      continue;
    }
    const other = out[k]!;
    const amount = part.amount + other.amount;
    const x = part.x.map((v, e) => (v * part.amount + other.x[e]! * other.amount) / amount);
    out[k] = { phase: part.phase, x, amount };
  }
  return out;
}

export function describe(
  parts: readonly Part[],
  phases: readonly GibbsPhase[],
): Omit<TruthRow, "parameters"> {
  const named = parts
    .map((part) => {
      const twins = parts.filter((other) => other.phase === part.phase);
      const { name } = phases[part.phase]!;
      // Set 1 of a miscibility gap is the one with more A, or with more B where that does not tell.
      const order = [...twins].sort((p, q) => {
        const byA = q.x[0]! - p.x[0]!;
        return Math.abs(byA) > 1e-3 ? byA : q.x[1]! - p.x[1]!;
      });
      return { ...part, name: twins.length > 1 ? `${name}#${order.indexOf(part) + 1}` : name };
    })
    .sort((p, q) => (p.name < q.name ? -1 : 1));
  const digits = (v: number): number => Number(v.toFixed(5));
  return {
    phases: named.map(({ name }) => name),
    label: named.map(({ name }) => name).join("+"),
    fractions: Object.fromEntries(named.map(({ name, amount }) => [name, digits(amount)])),
    compositions: Object.fromEntries(
      named.map(({ name, x }) => [
        name,
        Object.fromEntries(x.map((v, k) => [ELEMENTS[k]!, digits(v)])),
      ]),
    ),
  };
}

/** Inverse of a small matrix given by columns: rows of the result answer columns of the argument. */
function inverted(columns: readonly (readonly number[])[]): number[][] {
  const n = columns.length;
  // Solve M^T: rows are the columns given, so that mu . x_j = energy_j and amounts = inverse^T . goal.
  const m = columns.map((column, i) => [...column, ...columns.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(m[r]![i]!) > Math.abs(m[pivot]![i]!)) pivot = r;
    [m[i], m[pivot]] = [m[pivot]!, m[i]!];
    const scale = m[i]![i]!;
    for (let c = 0; c < 2 * n; c++) m[i]![c]! /= scale;
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const factor = m[r]![i]!;
      for (let c = 0; c < 2 * n; c++) m[r]![c]! -= factor * m[i]![c]!;
    }
  }
  return m.map((row) => row.slice(n));
}
