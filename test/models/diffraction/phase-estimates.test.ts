import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readReferences } from "../../../adapters/patterns/read-references.ts";
import { createPrng } from "../../../src/core/prng.ts";
import { identifyPhases } from "../../../src/models/diffraction/identify-phases.ts";
import { createLibraries } from "../../../src/models/diffraction/libraries.ts";
import { estimatePhases } from "../../../src/models/diffraction/phase-estimates.ts";
import { preparePattern } from "../../../src/models/diffraction/prepared-pattern.ts";
import { mixturePattern } from "../../support/pattern-spread.ts";

const sources = readReferences([resolve(import.meta.dirname, "../../fixtures/diffraction")]);
const byName = new Map(sources.map((source) => [source.name, source]));
const libraryFor = createLibraries(sources);

/** Zinc oxide with so much rutile by weight, whose cell is off by `strain`. */
function estimates(rutile: number, strain: number, seed: string) {
  const prng = createPrng(seed);
  const pattern = preparePattern(
    mixturePattern(
      byName,
      [
        { name: "ZnO", share: 1 - rutile, strain: 0 },
        { name: "TiO2-rutile", share: rutile, strain },
      ].filter(({ share }) => share > 0),
      {
        ...{ noise: 0.01, displacement_deg: 0.02, width_deg: 0.25, lorentz: 0.5, texture: 0 },
        ...{ humpHeight: 0, random: () => prng.next() },
      },
    ),
  );
  const library = libraryFor(pattern);
  const found = identifyPhases(pattern, library);
  expect(found.sets[0]!.phases).toEqual(["ZnO"]);
  const told = new Map(estimatePhases(found, library).map((one) => [one.name, one]));
  return { ...told.get("TiO2-rutile")!, all: told };
}

/** Fractions over errors of the phases that are not in a mixture of many lines. */
function crowded(seed: string): number[] {
  const prng = createPrng(seed);
  const names = ["TiO2-anatase", "TiO2-rutile", "ZnO"];
  const there = names.filter((name) => byName.has(name));
  const pattern = preparePattern(
    mixturePattern(
      byName,
      there.map((name) => ({ name, share: 1 / there.length, strain: 0 })),
      {
        ...{ noise: 0.01, displacement_deg: 0.02, width_deg: 0.25, lorentz: 0.5, texture: 0.1 },
        ...{ humpHeight: 0, random: () => prng.next() },
      },
    ),
  );
  const library = libraryFor(pattern);
  const all = estimatePhases(identifyPhases(pattern, library), library);
  return all.flatMap(({ name, fraction, error }) =>
    there.includes(name) ? [] : [fraction / error],
  );
}

describe("what a pattern says of phases that it does not name", () => {
  test.each([-0.03, 0.03])("a little of a phase shows at the strain %d of its cell", (strain) => {
    const { strain_max, signals } = estimates(0.04, strain, `moved ${strain}`).moved!;
    const steps = (signals.length - 1) / 2;
    const best = signals.indexOf(Math.max(...signals));
    expect(Math.abs(((best - steps) / steps) * strain_max - strain)).toBeLessThan(0.004);
    expect(signals[best]).toBeGreaterThan(1);
  });

  test("signals of what is not there are noise of the size that is said", () => {
    const drawn = Array.from({ length: 6 }, (_, k) => estimates(0, 0, `noise ${k}`));
    const signals = drawn.flatMap(({ all }) =>
      [...all.values()].flatMap(({ moved }) => moved?.signals ?? []),
    );
    const mean2 = signals.reduce((sum, z) => sum + z * z, 0) / signals.length;
    expect(signals.length).toBeGreaterThan(300);
    expect(Math.sqrt(mean2)).toBeGreaterThan(0.6);
    expect(Math.sqrt(mean2)).toBeLessThan(1.3);
  });

  test("a phase beside the set has its fraction of all atoms, its own among them", () => {
    const prng = createPrng("left out");
    const shares = [0.55, 0.45];
    const pattern = preparePattern(
      mixturePattern(
        byName,
        ["ZnO", "TiO2-rutile"].map((name, k) => ({ name, share: shares[k]!, strain: 0 })),
        {
          ...{ noise: 0.003, displacement_deg: 0, width_deg: 0.25, lorentz: 0.5, texture: 0 },
          ...{ humpHeight: 0, random: () => prng.next() },
        },
      ),
    );
    const library = libraryFor(pattern);
    const found = identifyPhases(pattern, library, { phases_max: 1 });
    expect(found.sets[0]!.phases).toEqual(["ZnO"]);
    // As where its lines are too weak to be called unfamiliar.
    const all = estimatePhases({ ...found, unfamiliar: false }, library);
    const { fraction, error } = all.find(({ name }) => name === "TiO2-rutile")!;
    const [zinc, rutile] = [(shares[0]! * 2) / 81.38, (shares[1]! * 3) / 79.87];
    expect(fraction).toBeCloseTo(rutile / (zinc + rutile), 1);
    expect(fraction).toBeGreaterThan(5 * error);
  });

  test("a background under crowded lines is not taken for less than nothing of what is not there", () => {
    const z = Array.from({ length: 8 }, (_, k) => crowded(`crowded ${k}`)).flat();
    const mean = z.reduce((sum, one) => sum + one, 0) / z.length;
    expect(z.length).toBeGreaterThan(15);
    expect(Math.abs(mean)).toBeLessThan(0.6);
  });

  test("a weak phase of the set is neither told nor shown too low by the background that its crowded lines lift", () => {
    const shares = { ZnO: 0.7, NiTiO3: 0.3 };
    const atoms = { ZnO: (shares.ZnO * 2) / 81.38, NiTiO3: (shares.NiTiO3 * 5) / 154.55 };
    const truth = atoms.NiTiO3 / (atoms.ZnO + atoms.NiTiO3);
    const off = Array.from({ length: 6 }, (_, k) => {
      const prng = createPrng(`lifted ${k}`);
      const mixture = Object.entries(shares).map(([name, share]) => ({ name, share, strain: 0 }));
      const pattern = preparePattern(
        mixturePattern(byName, mixture, {
          ...{ noise: 0.013, displacement_deg: 0.02, width_deg: 0.2, lorentz: 0.5, texture: 0 },
          ...{ humpHeight: 0, random: () => prng.next() },
        }),
      );
      const library = libraryFor(pattern);
      const found = identifyPhases(pattern, library);
      const { phases, weights, fit } = found.sets[0]!;
      expect([...phases].sort()).toEqual(["NiTiO3", "ZnO"]);
      const fitted = new Map(
        fit.phases.map(({ card, scale }) => {
          const { name, weightOfScale, atomsPerWeight } = library.cards[card]!;
          return [name, scale * weightOfScale! * atomsPerWeight!];
        }),
      );
      const asFitted = fitted.get("NiTiO3")! / (fitted.get("NiTiO3")! + fitted.get("ZnO")!);
      const told = estimatePhases(found, library).find(({ name }) => name === "NiTiO3")!;
      const shown = weights.map(({ fraction, atomsPerWeight }) => fraction * atomsPerWeight!);
      const asShown = shown[phases.indexOf("NiTiO3")]! / (shown[0]! + shown[1]!);
      expect(asShown).toBeCloseTo(told.fraction, 9);
      return [asFitted / truth - 1, told.fraction / truth - 1] as const;
    });
    const mean = (k: 0 | 1): number => off.reduce((sum, one) => sum + one[k], 0) / off.length;
    expect(mean(0)).toBeLessThan(-0.02);
    expect(Math.abs(mean(1))).toBeLessThan(0.75 * Math.abs(mean(0)));
  });

  test("at the reference's own cell the signals agree with fraction and error", () => {
    const { fraction, error, moved } = estimates(0.03, 0, "own cell");
    const { signals } = moved!;
    expect(signals[(signals.length - 1) / 2]).toBeCloseTo(fraction / error, 0);
  });
});
