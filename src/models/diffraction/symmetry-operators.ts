import { LabError } from "../../core/errors.ts";
import type { CellAtom } from "./crystal.ts";

/** x' = R x + t, R row-major 3 x 3. */
export interface SymmetryOperator {
  readonly rotation: readonly number[];
  readonly translation: readonly number[];
}

/** Two images nearer than this (fractions of an edge) are one atom on a special position. */
const SAME_SITE = 2e-3;

/** Reads "x-y, x, z+1/2". Errors: TL-7101 where it is no operator. */
export function parseOperator(text: string): SymmetryOperator {
  const rows = text
    .replace(/['"\s]/g, "")
    .toLowerCase()
    .split(",");
  if (rows.length !== 3) throw notAnOperator(text);
  const rotation: number[] = [];
  const translation: number[] = [];
  for (const row of rows) {
    const terms = row.match(/[+-]?[^+-]+/g);
    if (terms === null) throw notAnOperator(text);
    const line = [0, 0, 0];
    let shift = 0;
    for (const term of terms) {
      const found = /^([+-]?)(?:(\d*\.?\d*(?:\/\d+)?)\*?)?([xyz])?$/.exec(term);
      if (found === null) throw notAnOperator(text);
      const size = found[2] === undefined || found[2] === "" ? 1 : fraction(found[2]);
      const value = found[1] === "-" ? -size : size;
      if (found[3] === undefined) shift += value;
      else {
        const axis = "xyz".indexOf(found[3]);
        line[axis] = line[axis]! + value;
      }
    }
    rotation.push(...line);
    translation.push(shift);
  }
  return { rotation, translation };
}

/** Every image of the sites under the operators within one cell, each once. */
export function expandSites(
  sites: readonly CellAtom[],
  operators: readonly SymmetryOperator[],
): CellAtom[] {
  return sites.flatMap((site) => {
    const images: CellAtom[] = [];
    for (const { rotation: r, translation: t } of operators) {
      const at = [0, 1, 2].map((k) =>
        wrap(r[3 * k]! * site.x + r[3 * k + 1]! * site.y + r[3 * k + 2]! * site.z + t[k]!),
      );
      const image = { ...site, x: at[0]!, y: at[1]!, z: at[2]! };
      if (!images.some((other) => isSameSite(other, image))) images.push(image);
    }
    return images;
  });
}

function isSameSite(a: CellAtom, b: CellAtom): boolean {
  return near(a.x - b.x) && near(a.y - b.y) && near(a.z - b.z);
}

function near(difference: number): boolean {
  return Math.abs(difference - Math.round(difference)) < SAME_SITE;
}

function wrap(value: number): number {
  return value - Math.floor(value);
}

function fraction(text: string): number {
  const [top, bottom] = text.split("/");
  return Number(top) / Number(bottom ?? 1);
}

function notAnOperator(text: string): LabError {
  return new LabError("TL-7101", `"${text}" is no symmetry operator such as "-x, y+1/2, z"`);
}
