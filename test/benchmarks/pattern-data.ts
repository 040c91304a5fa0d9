import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { readPatternFile } from "../../adapters/patterns/read-pattern.ts";
import { readReferences } from "../../adapters/patterns/read-references.ts";
import type { DiffractionPattern } from "../../src/models/diffraction/pattern.ts";
import type { ReferenceSource } from "../../src/models/diffraction/reference-card.ts";

export const SHARED_XRD = resolve(import.meta.dirname, "../../../shared/data/xrd");

/** Real patterns lie outside of the project (their licences); without them their rows are left out. */
export const HAS_SHARED = existsSync(SHARED_XRD);

/** Names under which one phase stands in the folder a second time. */
const TWINS: Readonly<Record<string, string>> = {
  Mn2O3_206: "Mn2O3",
  MnO_225: "MnO",
  Mn3O4_141: "Mn3O4",
  TiO2_141: "TiO2-anatase",
};
/** What the file names of the mixtures mean. */
const MEANT: Readonly<Record<string, string>> = {
  TiO2: "TiO2-anatase",
  ZrO2: "ZrO2-m",
  Bi2O3: "Bi2O3-a",
  "La(OH)3": "La_OH_3",
  Li2MnO3: "Li2MnO3_12",
  LiF: "LiF_225",
};

export interface KnownPattern {
  readonly name: string;
  readonly pattern: DiffractionPattern;
  readonly truth: readonly string[];
}

export function canonical(name: string): string {
  return TWINS[name] ?? name;
}

/** In the measured patterns TiO2 may be any of its forms. */
export function measuredName(name: string): string {
  const found = canonical(name);
  return found.startsWith("TiO2") ? "TiO2-anatase" : found;
}

export function sharedReferences(): ReferenceSource[] {
  return readReferences([join(SHARED_XRD, "references")]);
}

export function sharedPatterns(folder: "mixtures" | "measured"): KnownPattern[] {
  return readdirSync(join(SHARED_XRD, folder)).map((name) => {
    const words =
      folder === "measured"
        ? name.replace(/\.xy$/, "").split("+")
        : name
            .split("--")[0]!
            .split("-")
            .map((part) => part.split("_")[0]!);
    return {
      name,
      pattern: readPatternFile(join(SHARED_XRD, folder, name)),
      truth: words.map((word) => MEANT[word] ?? word),
    };
  });
}

export function elementsOf(
  sources: readonly ReferenceSource[],
  names: readonly string[],
): string[] {
  const found = sources.flatMap((source) => {
    if (source.kind !== "structure" || !names.includes(source.name)) return [];
    return source.crystal.atoms.map(({ element }) => element);
  });
  return [...new Set(found)];
}
