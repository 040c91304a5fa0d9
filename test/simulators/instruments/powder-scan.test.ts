import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { createPatternReader } from "../../../adapters/interpreters/name-phases.ts";
import { readReferences } from "../../../adapters/patterns/read-references.ts";
import { createDiffractometer } from "../../../simulators/instruments/diffractometer.ts";
import { createMemoryJournal } from "../../../simulators/instruments/journal.ts";
import { type ScanSettings, scanPowder } from "../../../simulators/instruments/powder-scan.ts";
import { linesOf, loadLineLists } from "../../../simulators/truths/line-lists.ts";
import { loadPhaseTruth } from "../../../simulators/truths/phase-truth.ts";
import { PhysicalWorld } from "../../../simulators/world/physical-world.ts";
import { createPrng } from "../../../src/core/prng.ts";
import { lorentzPolarisation, powderLines } from "../../../src/models/diffraction/powder-lines.ts";
import { mean } from "../../support/statistics.ts";

const PATTERNS = resolve(import.meta.dirname, "../../../config/patterns");
const lists = loadLineLists(`${PATTERNS}/lines`);
const truth = loadPhaseTruth("fe-mg-ti_773K");
const scale = Math.max(...[...lists.values()].flat().map(({ intensity }) => intensity));

function scan(fractions: Readonly<Record<string, number>>, settings: ScanSettings = {}) {
  const phases = Object.entries(fractions).map(([name, fraction]) => ({
    ...{ fraction, strain: 0 },
    lines: linesOf(lists, name),
  }));
  return scanPowder({ phases, scale, settings, prng: createPrng("scan") });
}

const highest = (values: readonly number[]): number => Math.max(...values);
const around = (values: readonly number[], deg: number): number =>
  mean(values.slice(Math.round((deg - 19) / 0.04), Math.round((deg - 17) / 0.04) + 1));

describe("a scan", () => {
  test("counts in proportion to time, and has its strongest line where Bragg says", () => {
    const { axis, values, radiation } = scan({ Fe: 1 });
    const top = axis.values[values.indexOf(highest(values))]!;
    const wavelength_A = radiation![0]!.wavelength_A;
    expect(Math.abs(wavelength_A / (2 * Math.sin((top * Math.PI) / 360)) - 2.0269)).toBeLessThan(
      0.003,
    );
    const longer = scan({ Fe: 1 }, { countingTime_s: 2 }).values;
    expect(highest(longer) / highest(values)).toBeCloseTo(10, 0);
  });

  test("counts scatter as counts do: the variance is the mean", () => {
    const dark = { strongest_countsPerSecond: 1e-9, countingTime_s: 1 };
    for (const background of [4, 400]) {
      const { values } = scan({ Fe: 1 }, { ...dark, background_countsPerSecond: background });
      const average = mean(values);
      const variance = mean(values.map((value) => (value - average) ** 2));
      expect(Math.abs(average / background - 1)).toBeLessThan(0.05);
      expect(Math.abs(variance / background - 1)).toBeLessThan(0.15);
    }
  });

  test("a holder's hump and a glassy part lie where they are said to, and cost lines", () => {
    const plain = scan({ Fe: 1 }).values;
    const held = scan({ Fe: 1 }, { hump: 0.1 }).values;
    expect(around(held, 22) - around(plain, 22)).toBeGreaterThan(300);
    const glassy = scan({ Fe: 1 }, { amorphous: 0.5 }).values;
    expect(highest(glassy) / highest(plain)).toBeCloseTo(0.5, 1);
    expect(around(glassy, 40)).toBeGreaterThan(around(plain, 40) + 20);
  });

  test("texture changes strengths, displacement places", () => {
    const places = (settings: ScanSettings) => {
      const { axis, values } = scan({ Fe: 1 }, settings);
      return axis.values[values.indexOf(highest(values))]!;
    };
    const shifts = ["a", "b", "c"].map((seed) => {
      const lines = linesOf(lists, "Fe");
      const phases = [{ fraction: 1, strain: 0, lines }];
      const settings = { displacement_deg: 0.3 };
      const { axis, values } = scanPowder({ phases, scale, settings, prng: createPrng(seed) });
      return axis.values[values.indexOf(highest(values))]! - places({});
    });
    expect(highest(shifts.map(Math.abs))).toBeGreaterThan(0.1);
    expect(highest(scan({ Fe: 1 }, { texture: 0.5 }).values)).not.toBeCloseTo(
      highest(scan({ Fe: 1 }).values),
      -2,
    );
  });

  test("what it shows is named, with fractions of atoms", () => {
    const name = createPatternReader().name;
    const rules = { references: [`${PATTERNS}/references`], elements: ["Fe", "Mg", "Ti"] };
    const pattern = scan({ FeTi: 0.4, Mg: 0.6 }, { texture: 0.05, displacement_deg: 0.02 });
    const { phases, fractions } = name({ pattern, rules });
    expect([...phases].sort()).toEqual(["FeTi", "Mg"]);
    expect(fractions!["Mg"]).toBeCloseTo(0.6, 1);
  });
});

describe("the lists that ship", () => {
  test("are those of the references' structures", () => {
    for (const source of readReferences([`${PATTERNS}/references`])) {
      if (source.kind !== "structure") throw new Error(source.name);
      const { crystal, name } = source;
      const found = powderLines(crystal, { d_min_A: 1.1, displacement_A2: 0.5 });
      const perAtom = found.volume_A3 * crystal.atoms.length;
      for (const { d_A, intensity } of linesOf(lists, name)) {
        const line = found.lines.find((one) => Math.abs(one.d_A - d_A) < 1e-4);
        const expected = (line!.strength * lorentzPolarisation(d_A, 1.5418)) / perAtom;
        expect(intensity / expected, `${name} ${d_A}`).toBeCloseTo(1, 2);
      }
    }
  });

  test("the section obeys the lever rule and has a list for each phase", () => {
    expect(truth.phases).toEqual([...lists.keys()]);
    for (const composition of truth.compositions) {
      const { phases, fractions = {}, compositions = {} } = truth.at(composition, 773);
      for (const element of truth.components) {
        const mixed = phases.reduce(
          (sum, phase) => sum + fractions[phase]! * compositions[phase]![element]!,
          0,
        );
        expect(Math.abs(mixed - composition[element]!)).toBeLessThan(2e-5);
      }
    }
  });
});

describe("the diffractometer", () => {
  const world = new PhysicalWorld(createMemoryJournal());
  world.make("s1", { Fe: 0.65, Mg: 0, Ti: 0.35 }, "j1");
  world.anneal("s1", { temperature_K: 773, duration_h: 1, jobId: "j2" });
  const order = {
    ...{ commandId: "c1", jobId: "j3", attempt: 1, campaignId: "map", epoch: 1, notAfter_ms: 0 },
    ...{ validity: { sent_ms: 0 }, capability: "diffraction", parameters: {}, sampleIds: ["s1"] },
  };
  const scanned = (strainPerMolFraction: number) => {
    const device = createDiffractometer({
      ...{ world, truth, noise: {} },
      patterns: {
        lists,
        solidSolutions: { Fe2Ti: { component: "Ti", at_molFraction: 1 / 3, strainPerMolFraction } },
      },
    });
    const outcome = device.complete(order, 0, createPrng("x"));
    const [pattern] = outcome.word === "result" ? outcome.observations : [];
    if (pattern?.kind !== "pattern") throw new Error("no pattern");
    return { pattern, device };
  };

  test("sends what it counted, says so at its birth, and takes as long as it counts", () => {
    const { pattern, device } = scanned(0);
    expect(pattern.kind).toBe("pattern");
    expect(device.capabilities[0]).toMatchObject({ results: ["pattern"] });
    expect(device.plan(order, 0).duration_s).toBeCloseTo(0.2 * pattern.values.length, 6);
  });

  test("a solid solution's lines move: a larger cell, smaller angles", () => {
    const at = (strain: number) => {
      const { values } = scanned(strain).pattern;
      return values.indexOf(highest(values));
    };
    expect(at(1)).toBeLessThan(at(0));
  });

  test("a phase of the truth without lines is said at once", () => {
    const fewer = new Map([...lists].filter(([name]) => name !== "Mg"));
    expect(() =>
      createDiffractometer({ world, truth, noise: {}, patterns: { lists: fewer } }),
    ).toThrow(/no line list Mg\.csv/);
    expect(() => loadLineLists("/nowhere")).toThrow(/cannot be read/);
  });
});
