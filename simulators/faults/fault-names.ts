import { type LabError, misuse } from "../../src/core/errors.ts";
import { createPrng, type Prng } from "../../src/core/prng.ts";
import {
  type FaultPlan,
  type InstrumentFaults,
  type LaboratoryNoise,
  type NetworkFaults,
  NO_FAULTS,
} from "./fault-plan.ts";

/** A fault plan with the noise that belongs to it. */
export interface DrawnFaults {
  readonly faults: FaultPlan;
  readonly noise: LaboratoryNoise;
}

/** What each name of `--faults` switches on, at the strength used when it is named alone. */
const INSTRUMENT_FAULTS: Readonly<Record<string, InstrumentFaults>> = {
  forgets: { forgets: true, disappears: 0.05 },
  "answers-late": { answersLate_s: 5 },
  repeats: { repeats: 2 },
  silent: { silent: 0.05 },
  rejects: { rejects: 0.1 },
  nonsense: { nonsense: 0.2 },
  "wrong-unit": { wrongUnit: 0.2 },
  disappears: { disappears: 0.1, disappearsFor_s: 120 },
  "sample-fails": { sampleFails: 0.05 },
  gullible: { gullible: true },
};

const NETWORK_FAULTS: Readonly<Record<string, NetworkFaults>> = {
  duplicates: { duplicates: 0.2 },
  cuts: { cutEvery_s: 1800, cutFor_s: 20 },
  kills: { killEvery_s: 3600 },
};

const NOISE: Readonly<Record<string, LaboratoryNoise>> = {
  "composition-noise": {
    composition_molFraction: 0.004,
    phaseComposition_molFraction: 0.01,
    missingCompositions: 0.1,
    measurement: 1,
  },
};

/** Every name that `--faults` takes besides `none` and `swarm`. */
export const FAULT_NAMES: readonly string[] = [
  ...Object.keys(INSTRUMENT_FAULTS),
  ...Object.keys(NETWORK_FAULTS),
  ...Object.keys(NOISE),
];

/** Faults that a swarm leaves out: they end experiments for good, wait for a person, or prove something of the daemon alone. */
const NOT_IN_SWARM = new Set(["forgets", "gullible"]);
const SWARM_SHARE = 0.35;

/**
 * Reads `--faults`: `none`, `swarm` (the seed draws which faults each instrument and the network have) or names,
 * separated by commas, which then hold for every instrument.
 * @throws TL-0102 for a name that does not exist
 */
export function planFaults(
  text: string,
  lab: { readonly seed: string; readonly instrumentIds: readonly string[] },
): DrawnFaults {
  if (text === "none" || text === "") return { faults: NO_FAULTS, noise: {} };
  if (text === "swarm") return drawSwarm(lab);
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !FAULT_NAMES.includes(name));
  if (unknown !== undefined) throw unknownFault(unknown);
  const all = mergeNamed(INSTRUMENT_FAULTS, names);
  return {
    faults: {
      instruments: Object.fromEntries(lab.instrumentIds.map((id) => [id, all])),
      network: mergeNamed(NETWORK_FAULTS, names),
    },
    noise: mergeNamed(NOISE, names),
  };
}

function drawSwarm(lab: {
  readonly seed: string;
  readonly instrumentIds: readonly string[];
}): DrawnFaults {
  const prng = createPrng(`${lab.seed}/swarm`);
  const draw = (from: Readonly<Record<string, unknown>>, stream: Prng): string[] =>
    Object.keys(from).filter((name) => stream.next() < SWARM_SHARE && !NOT_IN_SWARM.has(name));
  return {
    faults: {
      instruments: Object.fromEntries(
        lab.instrumentIds.map((id) => [
          id,
          mergeNamed(INSTRUMENT_FAULTS, draw(INSTRUMENT_FAULTS, prng.derive(id))),
        ]),
      ),
      network: mergeNamed(NETWORK_FAULTS, draw(NETWORK_FAULTS, prng.derive("network"))),
    },
    noise: mergeNamed(NOISE, draw(NOISE, prng.derive("noise"))),
  };
}

function mergeNamed<T extends object>(
  from: Readonly<Record<string, T>>,
  names: readonly string[],
): T {
  return Object.assign({}, ...names.map((name) => from[name] ?? {})) as T;
}

function unknownFault(name: string): LabError {
  return misuse(
    "TL-0102",
    `There is no fault ${name}`,
    `Choose none, swarm or some of ${FAULT_NAMES.join(", ")}.`,
  );
}
