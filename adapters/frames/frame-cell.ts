import type { Frame } from "../../src/domain/frame.ts";

type Box = Pick<Frame, "cell" | "origin" | "periodic">;
type Vector = readonly [number, number, number];

/**
 * A cell whose open directions may lack their vector (a slab's third, a molecule's all): they get a normal one, as long as
 * the atoms reach. A periodic direction without a vector stays, and is TL-7005 where it is used.
 */
export function closedCell(
  given: Float64Array,
  origin: Vector,
  periodic: readonly [boolean, boolean, boolean],
  positions: Float64Array,
): Box {
  const vectors = [0, 3, 6].map((k): Vector => [given[k]!, given[k + 1]!, given[k + 2]!]);
  const missing = [0, 1, 2].filter((k) => !periodic[k] && lengthOf(vectors[k]!) < 1e-9);
  if (missing.length === 0) return { cell: given, origin, periodic };
  if (missing.length === 3) return openBox(positions);
  let start = origin;
  for (const k of missing) {
    const others = vectors.filter((vector, j) => j !== k && lengthOf(vector) > 1e-9);
    const unit = normalTo(others);
    const [least, most] = reach(positions, unit);
    const size = Math.max(1, most - least);
    vectors[k] = [unit[0] * size, unit[1] * size, unit[2] * size];
    const shift = least - dot(start, unit);
    start = [start[0] + shift * unit[0], start[1] + shift * unit[1], start[2] + shift * unit[2]];
  }
  return { cell: Float64Array.from(vectors.flat()), origin: start, periodic };
}

/** A unit vector normal to one or two others. */
function normalTo(others: readonly Vector[]): Vector {
  const [a = [1, 0, 0] as const, b = leastAligned(a)] = others;
  const n: Vector = [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ];
  const length = lengthOf(n);
  return length > 0 ? [n[0] / length, n[1] / length, n[2] / length] : [0, 0, 0];
}

function leastAligned([x, y, z]: Vector): Vector {
  const [u, v, w] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  if (u <= v && u <= w) return [1, 0, 0];
  return v <= w ? [0, 1, 0] : [0, 0, 1];
}

function reach(positions: Float64Array, unit: Vector): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < positions.length; i += 3) {
    const along = dot([positions[i]!, positions[i + 1]!, positions[i + 2]!], unit);
    least = Math.min(least, along);
    most = Math.max(most, along);
  }
  return [least, most];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function lengthOf(a: Vector): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/** Cell of a frame that names none: the atoms' bounding box, open in every direction. */
export function openBox(positions: Float64Array): Box {
  const low: [number, number, number] = [0, 0, 0];
  const size: [number, number, number] = [1, 1, 1];
  for (const k of [0, 1, 2] as const) {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = k; i < positions.length; i += 3) {
      least = Math.min(least, positions[i] ?? least);
      most = Math.max(most, positions[i] ?? most);
    }
    if (most >= least) {
      low[k] = least;
      size[k] = Math.max(1, most - least);
    }
  }
  return {
    cell: Float64Array.of(size[0], 0, 0, 0, size[1], 0, 0, 0, size[2]),
    origin: low,
    periodic: [false, false, false],
  };
}
