import type { JobOrder } from "../wire/instrument-commands.ts";
import type { PhysicalWorld } from "../world/physical-world.ts";
import type { DeviceOutcome, JobPlan, Refusal, SimulatedDevice } from "./simulated-device.ts";

const AMBIENT_K = 293;
/** A small lamp furnace: heats and cools to within 1/e of the rest in these times. */
const HEATING_TIME_CONSTANT_S = 40;
const COOLING_TIME_CONSTANT_S = 300;
/** At temperature means within this. */
const REACHED_WITHIN_K = 2;
const SAMPLES_IN_ONE_LOAD_MAX = 12;

/** Temperature relaxes towards `target_K`: T(t) = target + (T0 - target) exp(-(t - t0) / tau). */
interface ThermalState {
  readonly from_K: number;
  readonly since_s: number;
  readonly target_K: number;
  readonly timeConstant_s: number;
}

/**
 * Anneals one or several samples in one load: capability `anneal` with `temperature_K` and `duration_h`. The time at
 * temperature counts from when the furnace has reached it, so a cold furnace takes longer. Tells its temperature.
 */
export function createFurnace(options: {
  readonly world: PhysicalWorld;
  readonly capacity?: number | undefined;
}): SimulatedDevice {
  const { world, capacity } = options;
  let state: ThermalState = relax(AMBIENT_K, 0, AMBIENT_K, COOLING_TIME_CONSTANT_S);
  const coolDown = (now_s: number): void => {
    state = relax(temperatureAt(state, now_s), now_s, AMBIENT_K, COOLING_TIME_CONSTANT_S);
  };
  return {
    kind: "furnace",
    channels: { temperature: { unit: "K" } },
    capabilities: [
      {
        name: "anneal",
        parameters: {
          temperature_K: { type: "number", unit: "K", min: 293, max: 1373, required: true },
          duration_h: { type: "number", unit: "h", min: 0.01, max: 200, required: true },
        },
        results: [],
        repeatable: false,
        expectedDuration_s: 900,
        ...(capacity === undefined ? {} : { capacity, shares: ["temperature_K", "duration_h"] }),
      },
    ],
    refuse: (order) => refuse(order, world, capacity ?? SAMPLES_IN_ONE_LOAD_MAX),
    plan: (order, now_s) => planAnneal(order, temperatureAt(state, now_s)),
    begin: (order, plan, start_s) => {
      const from_K = plan.setup?.["startTemperature_K"] ?? AMBIENT_K;
      const target_K = Number(order.parameters["temperature_K"]);
      state = relax(from_K, start_s, target_K, HEATING_TIME_CONSTANT_S);
    },
    complete: (order, now_s): DeviceOutcome => {
      const temperature_K = Math.round(temperatureAt(state, now_s) * 100) / 100;
      const duration_h = Number(order.parameters["duration_h"]);
      for (const sampleId of order.sampleIds)
        world.anneal(sampleId, { temperature_K, duration_h, jobId: order.jobId });
      coolDown(now_s);
      return { word: "result", observations: [], actual: { temperature_K, duration_h } };
    },
    spoil: (order, now_s): DeviceOutcome => {
      for (const sampleId of order.sampleIds) world.spoil(sampleId);
      coolDown(now_s);
      return { word: "failed", reason: "the crucible cracked", retryable: false };
    },
    halt: coolDown,
    telemetry: (now_s) => [
      {
        channel: "temperature",
        value: Math.round(temperatureAt(state, now_s) * 10) / 10,
        unit: "K",
      },
    ],
  };
}

function relax(
  from_K: number,
  since_s: number,
  target_K: number,
  timeConstant_s: number,
): ThermalState {
  return { from_K, since_s, target_K, timeConstant_s };
}

function temperatureAt(
  { from_K, since_s, target_K, timeConstant_s }: ThermalState,
  now_s: number,
): number {
  const elapsed_s = Math.max(0, now_s - since_s);
  return target_K + (from_K - target_K) * Math.exp(-elapsed_s / timeConstant_s);
}

/** Heating up takes tau ln(|T0 - T| / 2 K), then `duration_h`. */
function planAnneal({ parameters }: JobOrder, startTemperature_K: number): JobPlan {
  const gap_K = Math.abs(startTemperature_K - Number(parameters["temperature_K"]));
  const heating_s =
    gap_K > REACHED_WITHIN_K ? HEATING_TIME_CONSTANT_S * Math.log(gap_K / REACHED_WITHIN_K) : 0;
  return {
    duration_s: heating_s + Number(parameters["duration_h"]) * 3600,
    setup: { startTemperature_K },
  };
}

function refuse(
  { sampleIds }: JobOrder,
  world: PhysicalWorld,
  capacity: number,
): Refusal | undefined {
  const never = (reason: string): Refusal => ({ reason, retryable: false });
  if (sampleIds.length === 0) return never("there is no sample to anneal");
  if (sampleIds.length > capacity)
    return never(`one load takes ${capacity} samples, not ${sampleIds.length}`);
  const unknown = sampleIds.find((id) => world.sample(id) === undefined);
  if (unknown !== undefined) return never(`sample ${unknown} does not exist`);
  const spoiled = sampleIds.find((id) => world.sample(id)?.spoiled === true);
  return spoiled === undefined ? undefined : never(`sample ${spoiled} is spoiled`);
}
