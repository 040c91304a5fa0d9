import { createPrng, type Prng } from "../../../src/core/prng.ts";
import type { PhaseDiagramTruth, TruthRow } from "../../../src/evaluation/phase-diagram-truth.ts";

/** Class sizes of the published SiO2-Al2O3-MgO map on its 820-point grid: eight fields, one of 10 points, one of a single point. */
const FIELD_SIZES = [77, 71, 57, 24, 21, 98, 270, 191];
const SMALL_SIZES = [10, 1];
const SIDE = 40; // 40 * 41 / 2 = 820 points

/**
 * A synthetic map of 820 points and 10 phases with the class sizes of the published one: a power diagram whose weights are
 * fitted to the sizes; the two smallest phases sit at junctions of three others, where real ones do.
 */
export function powerMap(seed: number): PhaseDiagramTruth {
  const rows = triangleRows(SIDE - 1);
  for (let attempt = 0; ; attempt++) {
    const label = drawMap(rows, createPrng(`power-map/${seed}/${attempt}`));
    const phases = new Set(label).size;
    // A site may end up inside another field; such a drawing is thrown away.
    if (phases === FIELD_SIZES.length + SMALL_SIZES.length) {
      return truthOf(
        `power-map-${seed}`,
        rows,
        label.map((k) => `P${k}`),
      );
    }
  }
}

function drawMap(rows: readonly GridRow[], prng: Prng): number[] {
  const label = fitFields(rows, FIELD_SIZES, prng);
  for (const [k, size] of SMALL_SIZES.entries()) {
    const centre = pickJunction(rows, label, FIELD_SIZES.length, prng);
    const order = rows
      .map((row, i) => ({ i, d: distance2(row, centre) }))
      .sort((a, b) => a.d - b.d || a.i - b.i);
    for (const { i } of order.slice(0, size)) label[i] = FIELD_SIZES.length + k;
  }
  return label;
}

interface GridRow {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly x: number;
  readonly y: number;
}

export function triangleRows(divisions: number): GridRow[] {
  const rows: GridRow[] = [];
  for (let i = divisions; i >= 0; i--) {
    for (let j = divisions - i; j >= 0; j--) {
      const k = divisions - i - j;
      rows.push({
        a: i / divisions,
        b: j / divisions,
        c: k / divisions,
        x: (j + k / 2) / divisions,
        y: (Math.sqrt(3) / 2) * (k / divisions),
      });
    }
  }
  return rows;
}

export function truthOf(
  file: string,
  rows: readonly GridRow[],
  labels: readonly string[],
): PhaseDiagramTruth {
  const listed: TruthRow[] = rows.map(({ a, b, c }, i) => ({
    parameters: { A: a, B: b, C: c },
    label: labels[i] ?? "",
    phases: (labels[i] ?? "").split("+"),
  }));
  const axes = ["A", "B", "C"];
  return { file, axes, components: axes, rows: listed, hasCompositions: false };
}

function distance2(p: { x: number; y: number }, q: { x: number; y: number }): number {
  return (p.x - q.x) ** 2 + (p.y - q.y) ** 2;
}

function fitFields(rows: readonly GridRow[], sizes: readonly number[], prng: Prng): number[] {
  const sites = sizes.map(() => rows[prng.integer(rows.length)] as GridRow);
  const weight = sizes.map(() => 0);
  let label: number[] = [];
  for (let round = 0; round < 400; round++) {
    label = rows.map((row) => {
      const power = sites.map((site, k) => distance2(row, site) - (weight[k] ?? 0));
      return power.indexOf(Math.min(...power));
    });
    for (const [k, size] of sizes.entries()) {
      const now = label.filter((other) => other === k).length;
      weight[k] = (weight[k] ?? 0) + (0.02 * (size - now)) / Math.sqrt(size * rows.length);
    }
  }
  return label;
}

function pickJunction(
  rows: readonly GridRow[],
  label: readonly number[],
  fields: number,
  prng: Prng,
): GridRow {
  const step = 1.05 / (SIDE - 1);
  const junctions = rows.filter((row) => {
    const around = rows.flatMap((other, i) =>
      distance2(row, other) <= step * step && (label[i] ?? 0) < fields ? [label[i]] : [],
    );
    return new Set(around).size >= 3;
  });
  return junctions[prng.integer(junctions.length)] ?? (rows[0] as GridRow);
}
