import { LabError } from "../../core/errors.ts";
import { makeLibrary, type PhaseLibrary } from "./phase-library.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";
import { makeCard, type ReferenceCard, type ReferenceSource } from "./reference-card.ts";

const KEPT_MAX = 16;

/**
 * Libraries of the references for the wavelength and range of each pattern, kept for the next one. References without a
 * line in a range are left out of it. Errors: TL-7104 where none is left.
 */
export function createLibraries(
  sources: readonly ReferenceSource[],
  elements?: readonly string[],
): (pattern: PreparedPattern) => PhaseLibrary {
  const kept = new Map<string, PhaseLibrary>();
  return (pattern) => {
    const range = {
      d_min_A: Math.floor(pattern.d_min_A * 50) / 50,
      d_max_A: Math.ceil(pattern.d_max_A * 10) / 10,
      wavelength_A: pattern.radiation[0]!.wavelength_A,
    };
    const key = JSON.stringify(range);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const cards = sources.flatMap((source): ReferenceCard[] => {
      try {
        return [makeCard(source, range)];
      } catch (error) {
        // A reference whose lines all lie outside of this pattern cannot be seen in it.
        if (error instanceof LabError && error.context["range"] === true) return [];
        throw error;
      }
    });
    const library = makeLibrary(cards, elements);
    if (library.cards.length === 0) {
      throw new LabError("TL-7104", "no reference is left", {
        hint: "Check --elements, and the range of the patterns.",
      });
    }
    if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value!);
    kept.set(key, library);
    return library;
  };
}
