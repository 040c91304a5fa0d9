import type { MapCells } from "../../../src/views/map-data.ts";

/** Whether two maps show the same: most results change nothing of it. */
export function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

export function sameCells(a: MapCells, b: MapCells): boolean {
  return a === b || (sameNumbers(a.label, b.label) && sameNumbers(a.certainty, b.certainty));
}
