import { type Prng, shuffled } from "../../core/prng.ts";
import type { Inputs } from "../../models/optimise/kernel.ts";
import { cubeToSimplex, latinHypercube, sobolPoints } from "../../numeric/low-discrepancy.ts";

export type DesignKind = "sobol" | "latin-hypercube" | "random";

/** A point is kept this many times the count, so that targets whose neighbours are taken still find one. */
const SPARE_POINTS = 64;

export interface DesignRequest {
  readonly kind: DesignKind;
  readonly inputs: Inputs;
  /** Columns that are fractions summing to 1 over the pool, by column number: drawn on the simplex. */
  readonly simplex: readonly number[];
  /** 1 where a candidate may be chosen. */
  readonly eligible: Uint8Array;
  /** First row with the same inputs. */
  readonly twinOf: Int32Array;
  readonly count: number;
  /** Points of the sequence that earlier requests have used, of `total` planned. */
  readonly used: number;
  readonly total: number;
  /** The design's own stream: the same at every request of a campaign, so that portions join to one design. */
  readonly prng: Prng;
  /** Group of each candidate where the points asked for must share a value. */
  readonly groupOf?: Int32Array | undefined;
}

/**
 * Space-filling candidates: points of the design in the unit cube (or on the simplex), each replaced by the nearest eligible candidate.
 * `random` goes down one random order of all rows. Either way a design asked for in portions is the design asked for at once,
 * since what earlier portions took is not eligible. Returns row numbers; fewer where fewer are eligible. Cost count N columns.
 */
export function chooseDesign(request: DesignRequest): number[] {
  const { inputs, prng, count, twinOf, groupOf } = request;
  const free = request.eligible.slice();
  const rows: number[] = [];
  const isRandom = request.kind === "random" || inputs.columns === 0;
  const targets = isRandom ? [] : designPoints(request);
  const order = isRandom ? shuffled([...free.keys()], prng) : [];
  let next = 0;
  const nextInOrder = (): number => {
    while (next < order.length && free[order[next]!] === 0) next++;
    return order[next] ?? -1;
  };
  for (let i = request.used; rows.length < count; i++) {
    const target = targets[i % Math.max(1, targets.length)];
    const row = target === undefined ? nextInOrder() : nearest(inputs, target, free);
    if (row < 0) break;
    rows.push(row);
    const sharesGroup = (n: number): boolean =>
      groupOf === undefined || groupOf[n] === groupOf[row];
    for (let n = 0; n < free.length; n++)
      if (twinOf[n] === twinOf[row] || !sharesGroup(n)) free[n] = 0;
  }
  return rows;
}

function designPoints(request: DesignRequest): Float64Array[] {
  const { kind, inputs, simplex, prng } = request;
  const planned = Math.max(request.total, request.used + request.count);
  const cubeColumns = inputs.columns - (simplex.length > 0 ? 1 : 0);
  const draw = kind === "sobol" ? sobolPoints : latinHypercube;
  const cube = draw(kind === "sobol" ? planned + SPARE_POINTS : planned, cubeColumns, prng);
  const rows = cube.length / cubeColumns;
  const others = Array.from({ length: inputs.columns }, (_, c) => c).filter(
    (c) => !simplex.includes(c),
  );
  return Array.from({ length: rows }, (_, i) => {
    const unit = cube.subarray(i * cubeColumns, (i + 1) * cubeColumns);
    const x = new Float64Array(inputs.columns);
    others.forEach((c, k) => {
      x[c] = unit[k] ?? 0;
    });
    if (simplex.length > 0) {
      const fractions = cubeToSimplex(unit.slice(others.length), simplex.length);
      simplex.forEach((c, k) => {
        x[c] = fractions[k] ?? 0;
      });
    }
    return x;
  });
}

function nearest(inputs: Inputs, x: Float64Array, free: Uint8Array): number {
  const { count, columns, values } = inputs;
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < count; n++) {
    if (free[n] === 0) continue;
    let d2 = 0;
    for (let c = 0; c < columns; c++) d2 += ((values[c * count + n] ?? 0) - (x[c] ?? 0)) ** 2;
    if (d2 < least) {
      least = d2;
      best = n;
    }
  }
  return best;
}
