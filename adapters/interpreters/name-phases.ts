import type { PatternSettings } from "../../src/domain/goal-settings.ts";
import type { PatternObservation, PhasesObservation } from "../../src/domain/observation.ts";
import { UNKNOWN_PHASE } from "../../src/domain/strangers.ts";
import {
  type Identification,
  identifyPhases,
  type PhaseSet,
} from "../../src/models/diffraction/identify-phases.ts";
import { createLibraries } from "../../src/models/diffraction/libraries.ts";
import type { DiffractionPattern } from "../../src/models/diffraction/pattern.ts";
import {
  estimatePhases,
  type PhaseEstimate,
} from "../../src/models/diffraction/phase-estimates.ts";
import { preparePattern } from "../../src/models/diffraction/prepared-pattern.ts";
import type { ReferenceSource } from "../../src/models/diffraction/reference-card.ts";
import { compositionByCell } from "../../src/models/diffraction/vegard.ts";
import type { PatternLook } from "../../src/views/pattern-look.ts";
import { readReferences } from "../patterns/read-references.ts";
import { lookOf } from "./look-at-pattern.ts";

export type PatternRules = PatternSettings;

export interface PatternRequest {
  readonly pattern: PatternObservation;
  readonly rules: PatternRules;
}

const CAMPAIGNS_KEPT = 8;
const ALTERNATIVES_MAX = 8;
const ALTERNATIVE_MIN = 0.005;
const LINES_TOLD = 12;
/** Of a library of hundreds; a campaign's own phases stand out among them. */
const ESTIMATES_MAX = 64;

const AXES = { twoTheta: "twoTheta_deg", Q: "Q_per_nm", d: "d_A" } as const;
const UNITS = { counts: "counts", "counts/s": "countsPerSecond", "1": "arbitrary" } as const;

/** Reads patterns; the cards of the campaigns seen lately are kept. */
export interface PatternReader {
  /** The phases in a pattern. Throws where it shows no line of any reference. */
  name(request: PatternRequest): PhasesObservation;
  /** The fit, for a person to look at. */
  look(request: PatternRequest): PatternLook;
}

export function createPatternReader(): PatternReader {
  const kept = new Map<string, ReturnType<typeof createLibraries>>();
  const read = ({ pattern, rules }: PatternRequest) => {
    const key = JSON.stringify({ ...rules, phases_max: undefined });
    const libraryFor = kept.get(key) ?? createLibraries(limited(rules), rules.elements);
    kept.delete(key);
    kept.set(key, libraryFor);
    if (kept.size > CAMPAIGNS_KEPT) kept.delete(kept.keys().next().value!);
    const prepared = preparePattern(diffractionPattern(pattern));
    const library = libraryFor(prepared);
    const found = identifyPhases(prepared, library, { phases_max: rules.phases_max ?? 4 });
    return { found, library };
  };
  return {
    name: (request) => {
      const { found, library } = read(request);
      return phasesOf(found, estimatePhases(found, library), request.rules);
    },
    look: (request) => lookOf(read(request).found),
  };
}

function limited({ references, strainLimits = {} }: PatternRules): ReferenceSource[] {
  return readReferences(references).map((source) => {
    const strainLimit = strainLimits[source.name];
    return strainLimit === undefined ? source : { ...source, strainLimit };
  });
}

function diffractionPattern(pattern: PatternObservation): DiffractionPattern {
  const { axis, values, radiation, unit, countingTime_s } = pattern;
  const isFalling = axis.values[0]! > axis.values[axis.values.length - 1]!;
  const rising = (list: readonly number[]): Float64Array => {
    const out = Float64Array.from(list);
    return isFalling ? out.reverse() : out;
  };
  return {
    axis: AXES[axis.name],
    x: rising(axis.values),
    intensity: rising(values),
    unit: UNITS[unit],
    countingTime_s,
    radiation,
  };
}

/**
 * The most probable set as a phases observation, the others as its alternatives; `unknown` joins the set where lines
 * are in no reference. Fractions are of atoms, and given where every phase has a structure and nothing is unknown; compositions
 * where the campaign says of every phase how its cell goes with it.
 */
function phasesOf(
  found: Identification,
  estimates: readonly PhaseEstimate[],
  rules: PatternRules,
): PhasesObservation {
  const [best, ...others] = found.sets;
  const withUnknown = ({ phases }: PhaseSet): string[] =>
    found.unfamiliar ? [...phases, UNKNOWN_PHASE] : [...phases];
  const phases = best === undefined ? [] : withUnknown(best);
  if (best === undefined || phases.length === 0) {
    throw new Error("it shows no line of any reference");
  }
  const alternatives = others
    .filter(({ probability, phases: named }) => {
      return probability >= ALTERNATIVE_MIN && (named.length > 0 || found.unfamiliar);
    })
    .slice(0, ALTERNATIVES_MAX)
    .map((set) => ({ phases: withUnknown(set), probability: rounded(set.probability) }));
  const fractions = found.unfamiliar ? undefined : atomFractions(best);
  const compositions = found.unfamiliar ? undefined : compositionsByCells(best, rules);
  return {
    kind: "phases",
    phases,
    ...(compositions === undefined ? {} : { compositions }),
    ...(fractions === undefined ? {} : { fractions }),
    confidence: rounded(best.probability),
    ...(alternatives.length === 0 ? {} : { alternatives }),
    ...(estimates.length === 0 ? {} : { estimates: toldEstimates(estimates) }),
    readFrom: "pattern",
    ...(found.unfamiliar ? { unfamiliar: unfamiliarOf(found) } : {}),
  };
}

/** Of the phases that stand out most, named or not. */
function toldEstimates(estimates: readonly PhaseEstimate[]): PhasesObservation["estimates"] {
  const clearest = [...estimates]
    .sort((p, q) => q.fraction / q.error - p.fraction / p.error)
    .slice(0, ESTIMATES_MAX);
  return Object.fromEntries(
    clearest.map(({ name, fraction, error, strain, moved }) => [
      name,
      {
        fraction: rounded(fraction),
        error: Math.max(1e-4, rounded(error)),
        ...(strain === undefined ? {} : { strain: rounded(strain) }),
        ...(moved === undefined
          ? {}
          : {
              moved: { ...moved, signals: moved.signals.map((z) => Math.round(10 * z) / 10 + 0) },
            }),
      },
    ]),
  );
}

function unfamiliarOf({ unexplained, strangers }: Identification): PhasesObservation["unfamiliar"] {
  const told = strangers.slice(0, LINES_TOLD);
  return {
    share: rounded(unexplained),
    d_A: told.map(({ d_A }) => rounded(d_A)),
    heights: told.map(({ height }) => rounded(height)),
  };
}

/** Of the same scales as the estimates: what is told twice is told alike. */
function atomFractions({ phases, weights }: PhaseSet): Record<string, number> | undefined {
  const atoms = weights.map(({ fraction, atomsPerWeight }) =>
    atomsPerWeight === undefined ? Number.NaN : fraction * atomsPerWeight,
  );
  const total = atoms.reduce((sum, amount) => sum + amount, 0);
  if (!(total > 0)) return undefined;
  return Object.fromEntries(phases.map((name, k) => [name, rounded(atoms[k]! / total)]));
}

/** Ends of a tie-line, corners of a triangle; a sample of one phase is its own end. */
function compositionsByCells(
  { phases, fit, weights }: PhaseSet,
  { vegard = {} }: PatternRules,
): PhasesObservation["compositions"] {
  const isTold = phases.every((name) => Object.hasOwn(vegard, name));
  if (!isTold || phases.length < 2) return undefined;
  return Object.fromEntries(
    phases.map((name, k) => {
      const strain = fit.phases.find(({ card }) => card === weights[k]!.card)?.shape.strain[0] ?? 0;
      const composition = Object.entries(compositionByCell(vegard[name]!, strain));
      return [name, Object.fromEntries(composition.map(([c, x]) => [c, rounded(x)]))];
    }),
  );
}

function rounded(value: number): number {
  // No negative zero: JSON has none, and what is replayed must be what was learnt.
  return Math.round(value * 1e4) / 1e4 + 0;
}
