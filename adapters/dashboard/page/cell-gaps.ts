/** Distances are whole numbers of this part of a device pixel: a browser that has not compiled the script yet makes an object of each fraction. */
export const FINE = 4;

/** Which cell each pixel has, and where the cells are. */
export interface Places {
  readonly index: Int32Array;
  readonly width: number;
  /** In quarters of a pixel; see {@link FINE}. */
  readonly xs: Int32Array;
  readonly ys: Int32Array;
}

/** The pixels of each row that lie inside the frame's convex outline: from `first` to before `end`. */
export interface Spans {
  readonly first: Int32Array;
  readonly end: Int32Array;
}

/**
 * Gives every pixel of the plane that has no cell yet (-1) the nearest of its neighbours' cells. Returns those pixels, in reading
 * order. Each way over them brings cells nearer, so that the ways end: O(gaps).
 */
export function fillGaps(places: Places, height: number, spans: Spans): Int32Array {
  const gaps = gapsOf(places, height, spans);
  sow(places, spans);
  // Down and up every cell's pixels grow by way of any number of others; what is left for a third way is next to nothing.
  sweep(places, gaps, "down");
  for (let n = 1; sweep(places, gaps, n % 2 === 0 ? "down" : "up") > 0; n++);
  return gaps;
}

/** The pixels of the plane that no cell has for certain, in reading order. */
function gapsOf({ index, width }: Places, height: number, spans: Spans): Int32Array {
  const gaps = new Int32Array(index.length);
  let count = 0;
  for (let y = 0; y < height; y++) {
    const end = y * width + spans.end[y]!;
    let p = index.indexOf(-1, y * width + spans.first[y]!);
    for (; p >= 0 && p < end; p = index.indexOf(-1, p + 1)) gaps[count++] = p;
  }
  return gaps.subarray(0, count);
}

/**
 * Gives each cell whose circle holds no pixel (crowded ones, and those on the edge of the plane) the pixels around its place, as far
 * as it is nearer to them than who has them: from there it grows. On the edge they are the next ones inside.
 */
function sow({ index, width, xs, ys }: Places, spans: Spans): void {
  const top = spans.end.findIndex((end, y) => end > spans.first[y]!);
  const bottom = spans.end.findLastIndex((end, y) => end > spans.first[y]!);
  if (top < 0) return;
  for (let k = 0; k < xs.length; k++) {
    const [left, above] = [Math.floor(xs[k]! / FINE), Math.floor(ys[k]! / FINE)];
    for (let corner = 0; corner < 4; corner++) {
      const y = Math.min(bottom, Math.max(top, above + (corner >> 1)));
      if (spans.end[y]! <= spans.first[y]!) continue;
      const x = Math.min(spans.end[y]! - 1, Math.max(spans.first[y]!, left + (corner & 1)));
      const known = index[y * width + x]!;
      if (known === k) break;
      const isNearer = known < 0 || farFrom(known, x, y, xs, ys) > farFrom(k, x, y, xs, ys);
      if (isNearer) index[y * width + x] = k;
    }
  }
}

/** The square of the distance from a cell to a pixel. */
function farFrom(k: number, x: number, y: number, xs: Int32Array, ys: Int32Array): number {
  return squared(xs[k]! - x * FINE, ys[k]! - y * FINE);
}

/** More than the square of any way on a canvas of 8000 pixels, and no object: an engine's small whole numbers end here. */
const FARTHEST = 2 ** 30 - 1;

/**
 * Gives each gap the nearest of the cells of its neighbours, row by row down or up: a cell is convex, so that the cell of a pixel is that of
 * a neighbour on the way to it (P.-E. Danielsson, Comput. Graph. Image Process. 14, 227 (1980)); where cells are narrower than a pixel
 * the way may be broken, and the next cell stands, half a pixel farther at most in the tests. How many have changed.
 */
function sweep({ index, width, xs, ys }: Places, gaps: Int32Array, way: "down" | "up"): number {
  const step = way === "down" ? 1 : -1;
  let changes = 0;
  for (let n = step > 0 ? 0 : gaps.length - 1; n >= 0 && n < gaps.length; n += step) {
    const p = gaps[n]!;
    const y = Math.floor(p / width);
    const x = p - y * width;
    const before = index[p]!;
    let best = before;
    let least = best < 0 ? FARTHEST : farFrom(best, x, y, xs, ys);
    for (let side = 0; side < 4; side++) {
      const k = index[p - step * (side === 0 ? 1 : width + side - 2)];
      if (k === undefined || k === best || k < 0) continue;
      const dx = xs[k]! - x * FINE;
      const dy = ys[k]! - y * FINE;
      const far = dx * dx + dy * dy;
      if (far >= least) continue;
      least = far;
      best = k;
    }
    if (best === before) continue;
    index[p] = best;
    changes++;
  }
  return changes;
}

function squared(x: number, y: number): number {
  return x * x + y * y;
}
