import type { Prng } from "../../src/core/prng.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import type {
  Composition,
  FailureObservation,
  Observation,
  PatternObservation,
  PhasesObservation,
} from "../../src/domain/observation.ts";
import type { LaboratoryNoise } from "../faults/fault-plan.ts";
import { type LineLists, linesOf } from "../truths/line-lists.ts";
import type { PhaseTruth } from "../truths/phase-truth.ts";
import type { PhysicalWorld, Sample } from "../world/physical-world.ts";
import { type ScanSettings, scanDuration_s, scanPowder } from "./powder-scan.ts";
import type { Refusal, SimulatedDevice } from "./simulated-device.ts";

/** What makes the diffractometer send patterns instead of phases. */
export interface PatternSource extends ScanSettings {
  /** Lines of every phase of the truth. */
  readonly lists: LineLists;
  /** Cells that move with the phase's composition, by phase. */
  readonly solidSolutions?: Readonly<Record<string, SolidSolution>> | undefined;
}

/** Vegard's law: the cell is its line list's at `at_molFraction` of `component`, and strained in proportion elsewhere. */
export interface SolidSolution {
  readonly component: string;
  readonly at_molFraction: number;
  readonly strainPerMolFraction: number;
}

const DIFFRACTION_S = 300;
/** Of each step of a scan. */
const SCAN_PARAMETERS = { countingTime_s: { unit: "s", min: 0.01, max: 100, required: false } };
/** The truth is the equilibrium at its temperatures; a sample counts as equilibrated there within these. */
const EQUILIBRIUM_WITHIN_K = 10;
const EQUILIBRIUM_AFTER_H = 0.05;

/**
 * Measures which phases a sample consists of, their fractions and, where it can, their compositions; with `patterns` it
 * sends what it counted and names nothing. Capability `diffraction`; of patterns the set point `countingTime_s`. Reads the truth at what the sample
 * really consists of.
 */
export function createDiffractometer(options: {
  readonly world: PhysicalWorld;
  readonly truth: PhaseTruth;
  readonly noise: LaboratoryNoise;
  readonly patterns?: PatternSource | undefined;
  /** Places of its sample changer; absent: its birth says nothing of one. */
  readonly capacity?: number | undefined;
}): SimulatedDevice {
  const { world, truth, noise, patterns, capacity } = options;
  const durationOf = (parameters: Parameters): number =>
    patterns === undefined ? DIFFRACTION_S : scanDuration_s(asAsked(patterns, parameters));
  const see = patterns === undefined ? undefined : createScanner(patterns, truth);
  const failure = (sampleId: string, reason: string): FailureObservation => ({
    kind: "failure",
    sampleId,
    reason,
  });
  const measure = (sampleId: string, parameters: Parameters, prng: Prng): Observation => {
    const sample = world.sample(sampleId);
    if (sample === undefined) return failure(sampleId, "the sample is gone");
    if (sample.spoiled) return failure(sampleId, "the sample is spoiled");
    const temperature_K = equilibriumTemperature(sample, truth);
    if (temperature_K === undefined)
      return failure(sampleId, `not annealed at ${rangeOf(truth)}: not in equilibrium`);
    const there = truth.at(sample.composition, temperature_K);
    return { ...(see?.(there, parameters, prng) ?? blur(there, noise, prng)), sampleId };
  };
  return {
    kind: "diffractometer",
    capabilities: [
      {
        name: "diffraction",
        parameters: patterns === undefined ? {} : SCAN_PARAMETERS,
        results: [patterns === undefined ? "phases" : "pattern"],
        repeatable: true,
        expectedDuration_s: durationOf({}),
        ...(capacity === undefined ? {} : { capacity }),
      },
    ],
    refuse: ({ sampleIds }): Refusal | undefined => {
      if (sampleIds.length === 0)
        return { reason: "there is no sample to measure", retryable: false };
      const unknown = sampleIds.find((id) => world.sample(id) === undefined);
      return unknown === undefined
        ? undefined
        : { reason: `sample ${unknown} does not exist`, retryable: false };
    },
    plan: ({ sampleIds, parameters }) => ({
      duration_s: durationOf(parameters) * sampleIds.length,
    }),
    begin: () => {},
    complete: ({ sampleIds, parameters }, _now_s, prng) => ({
      word: "result",
      observations: sampleIds.map((sampleId) => measure(sampleId, parameters, prng)),
    }),
    spoil: ({ sampleIds }) => {
      for (const sampleId of sampleIds) world.spoil(sampleId);
      return {
        word: "result",
        observations: sampleIds.map((id) => failure(id, "the sample fell off its holder")),
      };
    },
    halt: () => {},
    telemetry: () => [],
  };
}

/** Scans what is there. Fails at once where a phase of the truth has no lines: TL-0101. */
function createScanner(
  settings: PatternSource,
  truth: PhaseTruth,
): (there: PhasesObservation, asked: Parameters, prng: Prng) => PatternObservation {
  const { lists, solidSolutions = {} } = settings;
  for (const phase of truth.phases) linesOf(lists, phase);
  const all = [...lists.values()].flat();
  const scale = all.reduce((most, { intensity }) => Math.max(most, intensity), 0);
  const strainOf = (phase: string, composition: Composition | undefined): number => {
    const solution = solidSolutions[phase];
    const x = solution === undefined ? undefined : composition?.[solution.component];
    return solution === undefined || x === undefined
      ? 0
      : solution.strainPerMolFraction * (x - solution.at_molFraction);
  };
  return ({ phases: names, fractions, compositions }, asked, prng) => {
    const phases = names.map((phase) => ({
      fraction: fractions?.[phase] ?? 1 / names.length,
      strain: strainOf(phase, compositions?.[phase]),
      lines: linesOf(lists, phase),
    }));
    return scanPowder({ phases, scale, settings: asAsked(settings, asked), prng });
  };
}

/** A scan as long as a job asks for; as the diffractometer is set up where it asks for nothing. */
function asAsked(settings: ScanSettings, { countingTime_s }: Parameters): ScanSettings {
  return typeof countingTime_s === "number" ? { ...settings, countingTime_s } : settings;
}

/** The last temperature that the sample was held at for long enough, where the truth is known there. */
function equilibriumTemperature(
  { treatments }: Sample,
  { temperatures_K }: PhaseTruth,
): number | undefined {
  const last = treatments.findLast(({ duration_h }) => duration_h >= EQUILIBRIUM_AFTER_H);
  const [low = Number.NaN] = temperatures_K;
  const high = temperatures_K.at(-1) ?? Number.NaN;
  const isKnown =
    last !== undefined &&
    last.temperature_K >= low - EQUILIBRIUM_WITHIN_K &&
    last.temperature_K <= high + EQUILIBRIUM_WITHIN_K;
  return isKnown ? last.temperature_K : undefined;
}

function rangeOf({ temperatures_K }: PhaseTruth): string {
  return `${[...new Set([temperatures_K[0], temperatures_K.at(-1)])].join(" to ")} K`;
}

/** What is measured of the true phases: compositions with noise, or not at all. */
function blur(truth: PhasesObservation, noise: LaboratoryNoise, prng: Prng): PhasesObservation {
  const isMissing = prng.next() < (noise.missingCompositions ?? 0);
  const { compositions, ...others } = truth;
  if (compositions === undefined || isMissing) return others;
  const sd = noise.phaseComposition_molFraction ?? 0;
  if (sd === 0) return truth;
  const blurred = Object.entries(compositions).map(([phase, composition]) => [
    phase,
    blurComposition(composition, sd, prng),
  ]);
  return { ...others, compositions: Object.fromEntries(blurred) };
}

/** Adds N(0, sd) to every mole fraction, clips at 0 and renormalises. */
function blurComposition(composition: Composition, sd: number, prng: Prng): Composition {
  const entries = Object.entries(composition).map(
    ([name, x]) => [name, Math.max(0, x + sd * prng.normal())] as const,
  );
  const total = entries.reduce((sum, [, x]) => sum + x, 0);
  return total > 0
    ? Object.fromEntries(entries.map(([name, x]) => [name, x / total]))
    : composition;
}
