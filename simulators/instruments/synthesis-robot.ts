import type { Prng } from "../../src/core/prng.ts";
import type { Composition } from "../../src/domain/observation.ts";
import type { LaboratoryNoise } from "../faults/fault-plan.ts";
import type { JobOrder } from "../wire/instrument-commands.ts";
import type { PhysicalWorld } from "../world/physical-world.ts";
import type { DeviceOutcome, Refusal, SimulatedDevice } from "./simulated-device.ts";

const SYNTHESIS_S = 240;
/** Mole fractions must add up to 1 within this. */
const SUM_TOLERANCE = 1e-6;

/**
 * Weighs in and arc-melts one sample: capability `synthesise` with the mole fraction `x_El` of every element. Makes the
 * sample that the job names; with noise the sample differs from what was asked for and `actual` says how.
 */
export function createSynthesisRobot(options: {
  readonly world: PhysicalWorld;
  readonly components: readonly string[];
  readonly noise: LaboratoryNoise;
}): SimulatedDevice {
  const { world, components, noise } = options;
  const required = components.map((name) => `x_${name}`);
  return {
    kind: "synthesis-robot",
    capabilities: [
      {
        name: "synthesise",
        parameters: Object.fromEntries(
          required.map((name) => [
            name,
            { type: "number", unit: "1", min: 0, max: 1, required: true },
          ]),
        ),
        results: [],
        repeatable: false,
        expectedDuration_s: SYNTHESIS_S,
      },
    ],
    refuse: (order) => refuse(order, world),
    plan: () => ({ duration_s: SYNTHESIS_S }),
    begin: () => {},
    complete: (order, _now_s, prng) => {
      const composition = weighIn(order, components, noise.composition_molFraction ?? 0, prng);
      for (const sampleId of order.sampleIds) world.make(sampleId, composition, order.jobId);
      return {
        word: "result",
        observations: [],
        actual: Object.fromEntries(components.map((name) => [`x_${name}`, composition[name] ?? 0])),
      };
    },
    spoil: (): DeviceOutcome => ({
      word: "failed",
      reason: "the powder clogged the feeder; no sample was made",
      retryable: true,
    }),
    halt: () => {},
    telemetry: () => [],
  };
}

function refuse({ sampleIds, jobId, parameters }: JobOrder, world: PhysicalWorld) {
  const never = (reason: string): Refusal => ({ reason, retryable: false });
  if (sampleIds.length === 0) return never("the job does not name the sample to make");
  const other = sampleIds.find((id) => (world.sample(id)?.madeBy ?? jobId) !== jobId);
  if (other !== undefined) return never(`sample ${other} exists already`);
  const sum = Object.values(parameters).reduce<number>((total, x) => total + Number(x), 0);
  return Math.abs(sum - 1) > SUM_TOLERANCE
    ? never(`the mole fractions add up to ${sum}, not to 1`)
    : undefined;
}

/** Absent elements stay absent; the others get N(0, sd), are clipped at 0 and renormalised. */
function weighIn(
  { parameters }: JobOrder,
  components: readonly string[],
  sd_molFraction: number,
  prng: Prng,
): Composition {
  const amounts = components.map((name) => {
    const wanted = Number(parameters[`x_${name}`] ?? 0);
    return wanted === 0 || sd_molFraction === 0
      ? wanted
      : Math.max(0, wanted + sd_molFraction * prng.normal());
  });
  const total = amounts.reduce((sum, x) => sum + x, 0);
  return Object.fromEntries(components.map((name, k) => [name, (amounts[k] ?? 0) / total]));
}
