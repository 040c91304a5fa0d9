import { LabError } from "../../core/errors.ts";
import {
  type Identification,
  type IdentifyOptions,
  identifyPhases,
} from "../../models/diffraction/identify-phases.ts";
import type { createLibraries } from "../../models/diffraction/libraries.ts";
import type { DiffractionPattern } from "../../models/diffraction/pattern.ts";
import { preparePattern } from "../../models/diffraction/prepared-pattern.ts";
import { ANODES, radiationOf } from "../../models/diffraction/radiation.ts";

/** An anode whose wavelength explains a pattern that was taken as copper's. */
export interface OtherAnode {
  readonly anode: string;
  /** Share of the net intensity that its reading leaves. */
  readonly unexplained: number;
}

/**
 * Where two theta was taken as copper's because nobody said otherwise, and copper's reading is unfamiliar: the tube with which
 * references explain the pattern; of several the one that needs the fewest phases, then the most probable. Undefined where there
 * is none. Cost: five identifications. How often it is right: docs/patterns.md.
 */
export function otherAnode(
  raw: DiffractionPattern,
  found: Identification,
  libraryFor: ReturnType<typeof createLibraries>,
  options: IdentifyOptions,
): OtherAnode | undefined {
  const isGuessed = raw.axis === "twoTheta_deg" && raw.radiation === undefined;
  if (!isGuessed || !found.unfamiliar) return undefined;
  const read = ANODES.filter((anode) => anode !== "Cu").flatMap((anode) => {
    try {
      const pattern = preparePattern(raw, { radiation: radiationOf(anode) });
      const { sets, unexplained, unfamiliar } = identifyPhases(
        pattern,
        libraryFor(pattern),
        options,
      );
      const { phases, probability } = sets[0]!;
      const explains = phases.length > 0 && !unfamiliar;
      return explains ? [{ anode, unexplained, phases: phases.length, probability }] : [];
    } catch (error) {
      // With this wavelength the pattern has no lines in the range of spacings.
      if (error instanceof LabError) return [];
      throw error;
    }
  });
  const [best] = read.sort((p, q) => p.phases - q.phases || q.probability - p.probability);
  return best && { anode: best.anode, unexplained: best.unexplained };
}
