import { LabError, naming } from "../../src/core/errors.ts";
import type { CellAtom, Crystal } from "../../src/models/diffraction/crystal.ts";
import { scatteringFactor } from "../../src/models/diffraction/scattering-factors.ts";
import {
  expandSites,
  parseOperator,
  type SymmetryOperator,
} from "../../src/models/diffraction/symmetry-operators.ts";
import { type CifBlock, parseCif } from "./cif-text.ts";

/** A structure of a CIF file. */
export interface NamedCrystal {
  readonly name: string;
  readonly crystal: Crystal;
}

/** Rounding in files gives sums such as 1.000001; more than this is another structure than meant. */
const OCCUPANCY_MAX = 1.01;
const OPERATORS = [
  "_space_group_symop_operation_xyz",
  "_space_group_symop.operation_xyz",
  "_symmetry_equiv_pos_as_xyz",
];
const NAMES = [
  "_symmetry_space_group_name_h-m",
  "_space_group_name_h-m_alt",
  "_space_group_name_h-m_ref",
];

/**
 * Every block of a CIF text that holds atoms. Symmetry comes from the operators alone; a block that has only the name
 * of a space group is refused, as its setting would be a guess. Errors: TL-7101 with the block's name.
 */
export function readCifStructures(text: string): NamedCrystal[] {
  const blocks = parseCif(text).filter(({ columns, items }) => {
    return columns.has("_atom_site_fract_x") || items.has("_atom_site_fract_x");
  });
  if (blocks.length === 0) throw new LabError("TL-7101", "no block of the file holds atoms");
  return blocks.map((block) => ({
    name: block.name,
    crystal: naming(`block "${block.name}"`, () => structureOf(block)),
  }));
}

function structureOf(block: CifBlock): Crystal {
  const cell = {
    a_A: cellNumber(block, "length_a"),
    b_A: cellNumber(block, "length_b"),
    c_A: cellNumber(block, "length_c"),
    alpha_deg: cellNumber(block, "angle_alpha"),
    beta_deg: cellNumber(block, "angle_beta"),
    gamma_deg: cellNumber(block, "angle_gamma"),
  };
  const atoms = expandSites(sitesOf(block), operatorsOf(block));
  refuseCrowdedSites(atoms);
  return { cell, atoms };
}

function operatorsOf(block: CifBlock): SymmetryOperator[] {
  const name = OPERATORS.find((key) => block.columns.has(key) || block.items.has(key));
  if (name !== undefined) return columnOf(block, name)!.map(parseOperator);
  const group = NAMES.map((key) => block.items.get(key)).find((value) => value !== undefined);
  const isTrivial = group === undefined || /^\??$|^p\s*1$/i.test(group.trim());
  if (isTrivial) return [parseOperator("x,y,z")];
  throw new LabError("TL-7101", `only the name of its space group, ${group}, and no operators`, {
    hint: "Write it again with its symmetry operators: most programs do, gemmi's make_cif_block leaves them out (take the file that it read).",
  });
}

function sitesOf(block: CifBlock): CellAtom[] {
  const column = (key: string): readonly string[] | undefined =>
    columnOf(block, `_atom_site_${key}`);
  const labels = column("type_symbol") ?? column("label") ?? [];
  const [xs, ys, zs] = ["fract_x", "fract_y", "fract_z"].map((key) => column(key));
  const occupancies = column("occupancy");
  return (xs ?? []).map((x, k) => {
    const occupancy = isUnset(occupancies?.[k]) ? 1 : number(occupancies![k]!, "an occupancy");
    if (occupancy < 0 || occupancy > OCCUPANCY_MAX) {
      throw new LabError("TL-7101", `an occupancy of ${occupancy}`);
    }
    return {
      element: elementOf(labels[k] ?? ""),
      x: number(x, "a coordinate"),
      y: number(ys?.[k] ?? "", "a coordinate"),
      z: number(zs?.[k] ?? "", "a coordinate"),
      occupancy,
    };
  });
}

/** "Mn3+", "O1", "Ca(1)", "D" -> Mn, O, Ca, D: the longest beginning that is an element. */
function elementOf(label: string): string {
  const letters = /^[A-Za-z]{1,2}/.exec(label.trim())?.[0] ?? "";
  const two = letters.charAt(0).toUpperCase() + letters.slice(1).toLowerCase();
  const found = [two, two.charAt(0)].find((name) => scatteringFactor(name) !== undefined);
  if (found === undefined) throw new LabError("TL-7101", `"${label}" names no element`);
  return found;
}

/** Atoms that share a place (a mixed site) may fill it once. */
function refuseCrowdedSites(atoms: readonly CellAtom[]): void {
  const filled = new Map<string, number>();
  for (const { x, y, z, occupancy } of atoms) {
    const place = [x, y, z].map((v) => Math.round((v % 1) * 1e4) % 1e4).join(" ");
    const total = (filled.get(place) ?? 0) + occupancy;
    if (total > OCCUPANCY_MAX) {
      throw new LabError("TL-7101", `the site at ${place} (1/10000) is filled ${total} times`);
    }
    filled.set(place, total);
  }
}

function cellNumber(block: CifBlock, key: string): number {
  const text = block.items.get(`_cell_${key}`);
  if (isUnset(text)) throw new LabError("TL-7101", `_cell_${key} is missing`);
  return number(text!, `_cell_${key}`);
}

/** 4.177(2): the digits in brackets are the standard uncertainty. */
function number(text: string, what: string): number {
  const value = Number(text.replace(/\(\d+\)$/, ""));
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new LabError("TL-7101", `"${text}" is not ${what}`);
  }
  return value;
}

function columnOf(block: CifBlock, key: string): readonly string[] | undefined {
  const single = block.items.get(key);
  return block.columns.get(key) ?? (single === undefined ? undefined : [single]);
}

function isUnset(text: string | undefined): boolean {
  return text === undefined || text === "?" || text === ".";
}
