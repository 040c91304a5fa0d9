import type { Thermal } from "../../../config/devices/thermal-schema.ts";
import { hash32 } from "../../../src/core/prng.ts";
import { convertUnit } from "../../../src/core/units.ts";
import { convertNeatly } from "../../../src/domain/limits/fit-set-points.ts";
import type { Capability, DeviceJob, DeviceResult, Reading } from "../../gateway/index.ts";
import type { ThermalController, ThermalLook, ThermalPlan } from "./controller.ts";
import type { RunRecord } from "./run-record.ts";

type Units = ThermalController["units"];

/** What a job takes: the narrower of the device's limits and the definition's. */
export function thermalCapability(thermal: Thermal, controller: ThermalController): Capability {
  const { target, dwell, rate } = thermal;
  const { limits, units, rest } = controller;
  const own = (value: number): number => neatly(value, units.temperature, target.unit);
  const min = Math.max(own(limits.min), target.min ?? Number.NEGATIVE_INFINITY);
  const max = Math.min(own(limits.max), target.max ?? Number.POSITIVE_INFINITY);
  const way = rate === undefined ? 0 : Math.max(0, max - own(rest)) / rate.value;
  const longest_s = 60 * way + (convertUnit(dwell.max, dwell.unit, "s") ?? 0);
  return {
    name: thermal.capability,
    parameters: {
      [target.parameter]: { type: "number", unit: target.unit, min, max, required: true },
      [dwell.parameter]: {
        type: "number",
        unit: dwell.unit,
        min: dwell.min,
        max: dwell.max,
        required: true,
      },
      ...(rate === undefined
        ? {}
        : {
            [rate.parameter]: {
              type: "number",
              unit: rate.unit,
              min: Math.max(0.01, neatly(controller.rate_min, units.rate, rate.unit)),
              max: rate.max,
              required: false,
            },
          }),
    },
    results: [],
    repeatable: thermal.repeatable,
    expectedDuration_s: Math.max(1, Math.round(longest_s)),
  };
}

/** The job in the controller's units; a text says why there is none. */
export function planOf(
  { jobId, attempt, parameters }: DeviceJob,
  thermal: Thermal,
  { units, token_max }: ThermalController,
): ThermalPlan | string {
  const { target, dwell, rate } = thermal;
  const take = (of: { readonly parameter: string; readonly unit: string }, unit: string) => {
    const given = parameters[of.parameter];
    return typeof given === "number" ? convertNeatly(given, of.unit, unit) : undefined;
  };
  const aim = take(target, units.temperature);
  const hold = take(dwell, units.dwell);
  if (aim === undefined || hold === undefined)
    return `${target.parameter} and ${dwell.parameter} must be numbers`;
  const usual = rate === undefined ? 0 : convertNeatly(rate.value, rate.unit, units.rate);
  const speed = (rate === undefined ? undefined : take(rate, units.rate)) ?? usual ?? 0;
  const token = 1 + (hash32(`${jobId} ${attempt}`) % token_max);
  return { token, target: aim, dwell: hold, rate: speed };
}

/** Limits of the device's own may be narrower by now than those that the job was accepted under: the look before it begins tells. */
export function beyondProblem(
  { target }: ThermalPlan,
  { limits, units, resolution }: Pick<ThermalController, "limits" | "units" | "resolution">,
): string | undefined {
  if (target >= limits.min - resolution && target <= limits.max + resolution) return undefined;
  const range = `${limits.min} to ${limits.max} ${units.temperature}`;
  return `It takes set points from ${range} by now, and ${target} is none of these`;
}

/** What came of it, by what was seen. */
export function judge(
  { plan, witness, failed, isOver }: RunRecord,
  thermal: Thermal,
  { units }: { readonly units: Units },
): DeviceResult {
  if (!isOver) return { failed: "it has not ended", retryable: false };
  if (failed !== undefined) return { failed, retryable: thermal.repeatable };
  const held_s = witness.inBand_ms / 1000;
  const asked_s = convertUnit(plan.dwell, units.dwell, "s") ?? 0;
  if (held_s < thermal.held_min * asked_s) {
    const { temperature } = units;
    const band = `${thermal.tolerance} ${temperature} of ${plan.target} ${temperature}`;
    const times = `${(held_s / 60).toFixed(1)} of ${(asked_s / 60).toFixed(1)} min`;
    return {
      failed: `It was seen within ${band} for ${times} only`,
      retryable: thermal.repeatable,
    };
  }
  const { target, dwell } = thermal;
  const mean = witness.inBand_ms > 0 ? witness.valueTime / witness.inBand_ms : plan.target;
  const actual = {
    [target.parameter]: neatly(Number(mean.toFixed(3)), units.temperature, target.unit),
    [dwell.parameter]: Number((convertUnit(held_s, "s", dwell.unit) ?? 0).toPrecision(6)),
  };
  return { observations: [], actual };
}

export function readingsOf(look: ThermalLook, { units }: { readonly units: Units }): Reading[] {
  const { temperature } = units;
  if (look.misfit !== undefined) return [];
  const found: [string, number | undefined, string][] = [
    ["temperature", look.measured, temperature],
    ["setPoint", look.working ?? look.setPoint, temperature],
    ["output", look.output, "%"],
  ];
  return found.flatMap(([channel, value, unit]) =>
    value === undefined ? [] : [{ channel, value, unit }],
  );
}

export function inWords(problem: string | undefined): string {
  return problem === undefined ? "" : ` (${problem})`;
}

export function pause(wait_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, wait_ms));
}

function neatly(value: number, from: string, to: string): number {
  return convertNeatly(value, from, to) ?? value;
}
