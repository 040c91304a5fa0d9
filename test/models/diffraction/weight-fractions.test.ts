import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readReferences } from "../../../adapters/patterns/read-references.ts";
import { createPrng } from "../../../src/core/prng.ts";
import { fitAt } from "../../../src/models/diffraction/fit-phases.ts";
import { createLibraries } from "../../../src/models/diffraction/libraries.ts";
import { fitContext } from "../../../src/models/diffraction/phase-fit.ts";
import { preparePattern } from "../../../src/models/diffraction/prepared-pattern.ts";
import { weightFractions } from "../../../src/models/diffraction/weight-fractions.ts";
import { mixturePattern } from "../../support/pattern-spread.ts";

const sources = readReferences([resolve(import.meta.dirname, "../../fixtures/diffraction")]);
const byName = new Map(sources.map((source) => [source.name, source]));

/** Zinc oxide and rutile at these scales. */
function weightsAt(scales: readonly number[]) {
  const prng = createPrng("weights");
  const names = ["ZnO", "TiO2-rutile"];
  const pattern = preparePattern(
    mixturePattern(
      byName,
      names.map((name) => ({ name, share: 0.5, strain: 0 })),
      {
        ...{ noise: 0.01, displacement_deg: 0, width_deg: 0.25, lorentz: 0.5, texture: 0 },
        ...{ humpHeight: 0, random: () => prng.next() },
      },
    ),
  );
  const context = fitContext(pattern, createLibraries(sources)(pattern));
  const { cards } = context.library;
  const phases = names.map((name) => {
    const card = cards.findIndex((one) => one.name === name);
    const shape = { lnWidth: 0, strain: new Float64Array(cards[card]!.modes) };
    return { card, scale: 0.5, shape };
  });
  const fit = fitAt(context, phases, { displacement_deg: 0, lorentz: 0.5 });
  return weightFractions(context, fit, scales);
}

test("a phase of which a free background leaves nothing has a weight of 0, and an error as one of which it leaves little", () => {
  const [little, nothing] = [1e-6, 0].map((scale) => weightsAt([0.5, scale]));
  expect(nothing!.map(({ fraction }) => fraction)).toEqual([1, 0]);
  for (const k of [0, 1]) {
    expect(nothing![k]!.error).toBeGreaterThan(0);
    expect(nothing![k]!.error / little![k]!.error).toBeCloseTo(1, 3);
  }
});
