import { LabError } from "../../core/errors.ts";
import type { Crystal } from "./crystal.ts";
import type { DiffractionPattern } from "./pattern.ts";
import { patternLines } from "./pattern-lines.ts";
import { lorentzPolarisation, powderLines } from "./powder-lines.ts";

/** Where a card comes from. */
export type ReferenceSource = { readonly name: string; readonly strainLimit?: number } & (
  | { readonly kind: "structure"; readonly crystal: Crystal }
  | {
      readonly kind: "lines";
      readonly lines: readonly { readonly d_A: number; readonly intensity: number }[];
    }
  | { readonly kind: "pattern"; readonly pattern: DiffractionPattern }
);

/** A reference made ready for one wavelength: lines in arrays, the strongest intensity 1, the longest d first. */
export interface ReferenceCard {
  readonly name: string;
  /** Undefined where the source does not say. */
  readonly elements: readonly string[] | undefined;
  /** Shares of the elements, the same text for the same composition. */
  readonly composition: string | undefined;
  readonly lnD: Float64Array;
  readonly intensity: Float64Array;
  /** n x modes, row-major: d ln(d)/d strain. */
  readonly response: Float64Array;
  readonly modes: number;
  /** Weight that a scale of 1 stands for, in the same unit for all cards; undefined without a structure. */
  readonly weightOfScale: number | undefined;
  /** Moles of atoms in a gram; undefined without a structure. */
  readonly atomsPerWeight: number | undefined;
  /** Largest isotropic change of lengths that is still this phase. */
  readonly strainLimit: number;
}

/** Range of spacings in which cards are compared. */
export interface CardRange {
  readonly d_min_A: number;
  readonly d_max_A: number;
  readonly wavelength_A: number;
}

/** Cells of solid solutions run this far from their card's; a reference may allow less, or a little more. */
export const STRAIN_LIMIT = 0.07;
/** One B for all atoms, A^2: what most oxides and metals have at room temperature within a factor of two. */
const DISPLACEMENT_A2 = 0.6;
const LINES_MAX = 120;
const INTENSITY_MIN = 0.006;
/** Spacings of a list that differ by less than this part are one line. */
const SAME_LINE = 1e-4;

/**
 * A card of the lines between d_min and d_max (widened by the strain limit). Structures get structure factors with the
 * Lorentz-polarisation factor; line lists and patterns keep their intensities. Errors: TL-7102 without a line in range.
 */
export function makeCard(source: ReferenceSource, range: CardRange): ReferenceCard {
  const strainLimit = source.strainLimit ?? STRAIN_LIMIT;
  const low = range.d_min_A / (1 + strainLimit);
  const high = range.d_max_A * (1 + strainLimit);
  const { lines, elements, composition, weightPerIntensity, atomsPerWeight } = linesOf(
    source,
    range,
    low,
  );
  const inside = lines.filter(({ d_A, intensity }) => d_A >= low && d_A <= high && intensity > 0);
  const strongest = Math.max(...inside.map(({ intensity }) => intensity));
  const kept = inside
    .filter(({ intensity }) => intensity >= INTENSITY_MIN * strongest)
    .sort((p, q) => q.intensity - p.intensity)
    .slice(0, LINES_MAX)
    .sort((p, q) => q.d_A - p.d_A);
  if (kept.length === 0) {
    throw new LabError("TL-7102", `reference "${source.name}" has no line in the pattern's range`, {
      context: { range: true },
    });
  }
  return {
    name: source.name,
    elements,
    composition,
    lnD: Float64Array.from(kept, ({ d_A }) => Math.log(d_A)),
    intensity: Float64Array.from(kept, ({ intensity }) => intensity / strongest),
    response: Float64Array.from(kept.flatMap(({ response }) => response)),
    modes: kept[0]!.response.length,
    weightOfScale: weightPerIntensity === undefined ? undefined : weightPerIntensity / strongest,
    atomsPerWeight,
    strainLimit,
  };
}

interface CardLine {
  readonly d_A: number;
  readonly intensity: number;
  readonly response: readonly number[];
}

interface CardLines {
  readonly lines: readonly CardLine[];
  readonly elements: readonly string[] | undefined;
  readonly composition: string | undefined;
  readonly weightPerIntensity: number | undefined;
  readonly atomsPerWeight: number | undefined;
}

function linesOf(source: ReferenceSource, range: CardRange, low: number): CardLines {
  if (source.kind === "structure") return structureLines(source.crystal, range, low);
  const lines =
    source.kind === "lines"
      ? inOnePiece(source.lines)
      : patternLines(source.pattern, range.wavelength_A);
  return {
    lines: lines.map(({ d_A, intensity }) => ({ d_A, intensity, response: [1] })),
    elements: undefined,
    composition: undefined,
    weightPerIntensity: undefined,
    atomsPerWeight: undefined,
  };
}

/** A list may name a line in pieces, one a family of reflections: which line is the strongest, and how many there are, is told by the whole. */
function inOnePiece(
  lines: readonly { readonly d_A: number; readonly intensity: number }[],
): { d_A: number; intensity: number }[] {
  const found: { d_A: number; intensity: number }[] = [];
  for (const { d_A, intensity } of [...lines].sort((p, q) => q.d_A - p.d_A)) {
    const last = found.at(-1);
    if (last !== undefined && last.d_A / d_A - 1 < SAME_LINE) last.intensity += intensity;
    else found.push({ d_A, intensity });
  }
  return found;
}

/** I = m |F|^2 LP / V^2 for a unit of volume: the weight of that unit is the density. */
function structureLines(crystal: Crystal, range: CardRange, low: number): CardLines {
  const shortest = Math.max(low, range.wavelength_A / 2 + 1e-6);
  const powder = powderLines(crystal, { d_min_A: shortest, displacement_A2: DISPLACEMENT_A2 });
  const lines = powder.lines.map(({ d_A, strength, response }) => ({
    d_A,
    intensity: (strength * lorentzPolarisation(d_A, range.wavelength_A)) / powder.volume_A3 ** 2,
    response,
  }));
  return {
    lines,
    ...compositionOf(crystal),
    weightPerIntensity: powder.density_g_per_cm3,
    atomsPerWeight: powder.atomsPerWeight_mol_per_g,
  };
}

function compositionOf(crystal: Crystal): { elements: string[]; composition: string } {
  const amounts = new Map<string, number>();
  let total = 0;
  for (const { element, occupancy } of crystal.atoms) {
    amounts.set(element, (amounts.get(element) ?? 0) + occupancy);
    total += occupancy;
  }
  const elements = [...amounts.keys()].sort();
  const shares = elements.map(
    (name) => `${name}${((100 * amounts.get(name)!) / total).toFixed(0)}`,
  );
  return { elements, composition: shares.join(" ") };
}
