import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readReferences } from "../../../adapters/patterns/read-references.ts";
import { createPrng } from "../../../src/core/prng.ts";
import { emptyFit, fitAt, improveFit } from "../../../src/models/diffraction/fit-phases.ts";
import { createLibraries } from "../../../src/models/diffraction/libraries.ts";
import { fitContext } from "../../../src/models/diffraction/phase-fit.ts";
import { phaseProfile } from "../../../src/models/diffraction/phase-profile.ts";
import { preparePattern } from "../../../src/models/diffraction/prepared-pattern.ts";
import { screenCards } from "../../../src/models/diffraction/screen-cards.ts";
import { mixturePattern } from "../../support/pattern-spread.ts";

const sources = readReferences([resolve(import.meta.dirname, "../../fixtures/diffraction")]);
const byName = new Map(sources.map((source) => [source.name, source]));
const libraryFor = createLibraries(sources);

function patternOf(names: readonly string[], seed: string) {
  const prng = createPrng(seed);
  return preparePattern(
    mixturePattern(
      byName,
      names.map((name) => ({ name, share: 1 / names.length, strain: 0.01 * prng.normal() })),
      {
        ...{ noise: 0.02, displacement_deg: 0.03, width_deg: 0.25, lorentz: 0.5, texture: 0.1 },
        ...{ humpHeight: 0, random: () => prng.next() },
      },
    ),
  );
}

describe("screening", () => {
  test.each([1, 3, 6])("the best %d are the first of all, tried or not", (count) => {
    for (const names of [["ZnO"], ["NiO", "TiO2-rutile"], ["ZnO", "NiO", "TiO2-anatase"]]) {
      const pattern = patternOf(names, `screen ${names}`);
      const context = fitContext(pattern, libraryFor(pattern));
      const fit = emptyFit(context);
      const options = { relative: 0.25, floor: 0.008, skip: () => false };
      const all = screenCards(pattern, context.library, fit, { ...options, count: 1e6 });
      const best = screenCards(pattern, context.library, fit, { ...options, count });
      expect(all.length).toBeGreaterThan(count);
      expect(best).toEqual(all.slice(0, count));
    }
  });
});

describe("slopes of a profile", () => {
  test("made when asked for are those made with the profile, to the bit", () => {
    const pattern = patternOf(["TiO2-rutile"], "slopes");
    const card = libraryFor(pattern).cards.find(({ name }) => name === "TiO2-rutile")!;
    const shape = { lnWidth: 0.2, strain: new Float64Array(card.modes).fill(0.003) };
    const sample = { displacement_deg: 0.02, lorentz: 0.4 };
    const now = phaseProfile(pattern, card, shape, sample, true);
    const later = phaseProfile(pattern, card, shape, sample, false);
    expect(later.value).toEqual(now.value);
    expect(later.slopes()).toEqual(now.slopes());
    expect(later.slopes()).toBe(later.slopes());
  });

  test("a fit whose last step made none goes on as if it had", () => {
    const pattern = patternOf(["NiO", "ZnO"], "goes on");
    const context = fitContext(pattern, libraryFor(pattern));
    const card = context.library.cards.findIndex(({ name }) => name === "NiO");
    const { modes } = context.library.cards[card]!;
    const phase = { card, scale: 0.5, shape: { lnWidth: 0, strain: new Float64Array(modes) } };
    const sample = { displacement_deg: 0, lorentz: 0.6 };
    const start = fitAt(context, [phase], sample);
    const bare = fitAt(context, [phase], sample, { hasSlopes: false });
    const steps = { steps_max: 3, fall_min: 0 };
    expect(improveFit(context, bare, steps).model).toEqual(improveFit(context, start, steps).model);
  });
});
