import { LabError } from "../../core/errors.ts";
import type { Frame } from "../../domain/frame.ts";

/** How a frame's atoms are numbered for a descriptor. */
export interface SpeciesNumbers {
  /** Number of each atom's species in the model's list. */
  readonly species: Int32Array;
  /** What a person should know of the matching, if anything. */
  readonly note?: string | undefined;
  /** True where the atoms are surely of another element than any the model has seen. */
  readonly foreign: boolean;
}

const TYPE_NUMBER = /^\d+$/;

/** Species of a frame with names given to its type numbers: `1`, `2` with `Si,Ge` -> `Si`, `Ge`. */
export function nameSpecies(frame: Frame, given: readonly string[] | undefined): readonly string[] {
  if (given === undefined) return frame.speciesNames;
  return frame.speciesNames.map((name) =>
    TYPE_NUMBER.test(name) ? (given[Number(name) - 1] ?? name) : name,
  );
}

/**
 * Numbers the atoms by the model's species. Type numbers of a dump stand for the model's species in order. A model of
 * one species takes a frame of one other: its atoms are described alike, and are foreign where both are elements.
 * Throws TL-7011 where a species has no counterpart.
 */
export function matchSpecies(
  frame: Frame,
  known: readonly string[],
  given?: readonly string[],
): SpeciesNumbers {
  const names = nameSpecies(frame, given);
  const direct = names.map((name) => known.indexOf(name));
  if (direct.every((number) => number >= 0)) return numbered(frame, direct, {});
  if (names.every((name) => TYPE_NUMBER.test(name))) {
    const byType = names.map((name) => Number(name) - 1);
    if (byType.every((number) => number < known.length))
      return numbered(frame, byType, {
        note:
          known.length > 1
            ? `Type numbers were taken for ${known.join(", ")} in this order; --species names them.`
            : undefined,
      });
  }
  if (names.length === 1 && known.length === 1) {
    const foreign = names.every(isElement) && known.every(isElement);
    return numbered(frame, [0], {
      foreign,
      note: foreign
        ? `The frames hold ${names[0]}, the model knows ${known[0]} only: every atom is unfamiliar.`
        : undefined,
    });
  }
  throw new LabError(
    "TL-7011",
    `The frames hold ${names.join(", ")}; the model knows ${known.join(", ")}`,
  );
}

function isElement(name: string): boolean {
  return /^[A-Z][a-z]?$/.test(name);
}

function numbered(
  frame: Frame,
  numbers: readonly number[],
  rest: { note?: string | undefined; foreign?: boolean },
): SpeciesNumbers {
  return {
    species: frame.species.map((name) => numbers[name] ?? 0),
    note: rest.note,
    foreign: rest.foreign ?? false,
  };
}
