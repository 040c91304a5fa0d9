import type {
  MapGrid,
  MapModel,
  PhaseEvidence,
} from "../../../../src/models/phase-diagram/map-model.ts";

/** Compositions of a simple eutectic: A and B melt at 1000 and 900, LIQUID = ALPHA + BETA at x = 0.6 and 600. */
const EUTECTIC = { x: 0.6, T: 600 };
const MELTS = { A: 1000, B: 900 };

interface Field {
  readonly phases: readonly string[];
  readonly ends: readonly number[];
}

/** What the toy system is at equilibrium: straight boundaries between the invariant points. */
export function fieldAt(x: number, T: number): Field {
  const single = (phase: string): Field => ({ phases: [phase], ends: [x] });
  const pair = (p: string, a: number, q: string, b: number): Field => ({
    phases: [p, q].sort(),
    ends: p < q ? [a, b] : [b, a],
  });
  if (T < EUTECTIC.T) {
    // Solubilities shrink towards low temperature.
    const alpha = (0.2 * T) / EUTECTIC.T;
    const beta = 1 - (0.1 * T) / EUTECTIC.T;
    if (x <= alpha) return single("ALPHA");
    return x >= beta ? single("BETA") : pair("ALPHA", alpha, "BETA", beta);
  }
  const up = (melt: number): number => (T - EUTECTIC.T) / (melt - EUTECTIC.T);
  const [a, b] = [up(MELTS.A), up(MELTS.B)];
  const solidus = 0.2 * (1 - a);
  const liquidus = EUTECTIC.x * (1 - a);
  const right = EUTECTIC.x + (1 - EUTECTIC.x) * b;
  const solidB = 0.9 + 0.1 * b;
  if (a < 1 && x <= solidus) return single("ALPHA");
  if (a < 1 && x < liquidus) return pair("ALPHA", solidus, "LIQUID", liquidus);
  if (b < 1 && x >= solidB) return single("BETA");
  return b < 1 && x > right ? pair("LIQUID", right, "BETA", solidB) : single("LIQUID");
}

/** x in steps of 0.05, T from 300 to 1050 in steps of 25; `order` shuffles the rows, `axes` may be exchanged. */
export function toyBinary(
  order: (rows: [number, number][]) => [number, number][] = (rows) => rows,
): MapGrid {
  const rows: [number, number][] = [];
  for (let k = 0; k <= 30; k++) for (let j = 0; j <= 20; j++) rows.push([300 + 25 * k, j / 20]);
  const values = Float64Array.from(order(rows).flat());
  return {
    count: rows.length,
    axes: ["T_K", "x_B"],
    values,
    components: [],
    fractionAxis: 1,
    wholeAmount: 1,
    points: new Float64Array(0),
    dimension: 2,
  };
}

/** What a perfect measurement of candidate `i` finds. */
export function toyResult(grid: MapGrid, i: number, id: number = i): PhaseEvidence {
  const [T, x] = [grid.values[2 * i]!, grid.values[2 * i + 1]!];
  const { phases, ends } = fieldAt(x, T);
  return {
    id,
    candidate: i,
    phases,
    ends: phases.map((phase, k) => ({ phase, composition: [1 - ends[k]!, ends[k]!] })),
    confidence: 1,
    known: false,
  };
}

/** Candidate at T and x. */
export function placeAt(grid: MapGrid, T: number, x: number): number {
  for (let i = 0; i < grid.count; i++)
    if (Math.abs(grid.values[2 * i]! - T) < 1e-9 && Math.abs(grid.values[2 * i + 1]! - x) < 1e-9)
      return i;
  throw new Error(`no candidate at ${T}, ${x}`);
}

/** Share of candidates with the right label. */
export function accuracy(grid: MapGrid, model: MapModel): number {
  const { labels, label } = model.predict();
  let right = 0;
  for (let i = 0; i < grid.count; i++) {
    const { phases } = fieldAt(grid.values[2 * i + 1]!, grid.values[2 * i]!);
    if (labels[label[i]!] === phases.join("+")) right++;
  }
  return right / grid.count;
}

export const REQUEST = {
  count: 1,
  pending: [],
  pendingElsewhere: [],
  excluded: new Set<number>(),
  seed: "1/1",
};

/** Measures what the model proposes, one by one. */
export function play(
  grid: MapGrid,
  model: MapModel,
  experiments: number,
  result: (i: number, id: number) => PhaseEvidence = (i, id) => toyResult(grid, i, id),
): number[] {
  const chosen: number[] = [];
  for (let n = 1; n <= experiments; n++) {
    const [point] = model.rank({ ...REQUEST, seed: `1/${n}` });
    if (point === undefined) break;
    chosen.push(point.candidate);
    model.observe(result(point.candidate, n));
  }
  return chosen;
}
