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
  readonly unexplained: number;
}

/** Copper's reading leaves more than this, another's less. */
const LEFT = { copper: 0.2, other: 0.03 };
/** Of the other's first set. */
const SURE = 0.5;

/**
 * Where two theta was taken as copper's because nobody said otherwise, and much is left unexplained: the tube with which
 * references explain nearly everything. Undefined where there is none. Cost: five identifications.
 */
export function otherAnode(
  raw: DiffractionPattern,
  found: Identification,
  libraryFor: ReturnType<typeof createLibraries>,
  options: IdentifyOptions,
): OtherAnode | undefined {
  const isGuessed = raw.axis === "twoTheta_deg" && raw.radiation === undefined;
  if (!isGuessed || found.unexplained < LEFT.copper) return undefined;
  const tried = ANODES.filter((anode) => anode !== "Cu").flatMap((anode) => {
    try {
      const pattern = preparePattern(raw, { radiation: radiationOf(anode) });
      const { sets, unexplained } = identifyPhases(pattern, libraryFor(pattern), options);
      const best = sets[0]!;
      const isSound = best.phases.length > 0 && best.probability > SURE && unexplained < LEFT.other;
      return isSound ? [{ anode, unexplained }] : [];
    } catch (error) {
      // With this wavelength the pattern has no lines in the range of spacings.
      if (error instanceof LabError) return [];
      throw error;
    }
  });
  return tried.sort((p, q) => p.unexplained - q.unexplained)[0];
}
