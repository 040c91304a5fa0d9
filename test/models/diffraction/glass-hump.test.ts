import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readReferences } from "../../../adapters/patterns/read-references.ts";
import { createPrng } from "../../../src/core/prng.ts";
import { identifyPhases } from "../../../src/models/diffraction/identify-phases.ts";
import { createLibraries } from "../../../src/models/diffraction/libraries.ts";
import { preparePattern } from "../../../src/models/diffraction/prepared-pattern.ts";
import { mixturePattern } from "../../support/pattern-spread.ts";

const sources = readReferences([resolve(import.meta.dirname, "../../fixtures/diffraction")]);
const byName = new Map(sources.map((source) => [source.name, source]));
const libraryFor = createLibraries(sources);

/** Counts of a mixture beside glass, whose hump is so much higher than the strongest line. */
function read(names: readonly string[], hump: number) {
  const prng = createPrng(`hump ${names} ${hump}`);
  const { x, intensity, ...rest } = mixturePattern(
    byName,
    names.map((name) => ({ name, share: 1 / names.length, strain: 0 })),
    {
      ...{ noise: 0, displacement_deg: 0.02, width_deg: 0.15, lorentz: 0.5, texture: 0.05 },
      ...{ humpHeight: hump, random: () => prng.next() },
    },
  );
  const counts = intensity.map((v) => {
    const mean = 1000 * v + 200;
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * prng.normal()));
  });
  const pattern = preparePattern({ ...rest, x, intensity: counts });
  return identifyPhases(pattern, libraryFor(pattern));
}

test.each([0.3, 0.8, 1.5])(
  "the hump of glass, %d times the strongest line, is no line of an unknown phase",
  (hump) => {
    const { sets, unfamiliar } = read(["ZnO", "NiO", "TiO2-rutile"], hump);
    expect([...sets[0]!.phases].sort()).toEqual(["NiO", "TiO2-rutile", "ZnO"]);
    expect(unfamiliar).toBe(false);
  },
);
