import { z } from "zod";
import { haveSameDimension } from "../../src/domain/limits/named-unit.ts";
import { unitSchema as unit } from "../unit-schema.ts";

const parameter = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "write the name of a set point");

/** What a job of a furnace, a hotplate or a cryostat is, and when it counts as done. */
export const thermalSchema = z.strictObject({
  capability: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/)
    .default("anneal"),
  repeatable: z.boolean().default(false),
  /** The temperature; its limits are the device's own, or narrower ones here. */
  target: z
    .strictObject({
      parameter: parameter.default("temperature_K"),
      unit: unit.default("K"),
      min: z.number().optional(),
      max: z.number().optional(),
    })
    .prefault({}),
  /** How long it is held there. */
  dwell: z.strictObject({
    parameter: parameter.default("duration_h"),
    unit: unit.default("h"),
    min: z.number().min(0).default(0),
    max: z.number().positive(),
  }),
  /** How fast it goes there; a job without it takes `value`. Absent: the device goes as fast as it can. */
  rate: z
    .strictObject({
      parameter: parameter.default("ramp_K_min"),
      unit: unit.default("K/min"),
      max: z.number().positive(),
      value: z.number().positive(),
    })
    .optional(),
  /** Half of the band around the target within which time counts, in the device's unit. */
  tolerance: z.number().positive(),
  /** Share of the dwell that must have been within the band. */
  held_min: z.number().min(0).max(1).default(0.95),
  /** A silence this long is bridged where the device was in the band, and under the same program, before and after. */
  silence_max_s: z.number().min(0).max(86_400).default(900),
});

export type Thermal = z.output<typeof thermalSchema>;

/**
 * Units of a job that its device has no way to: a job is written in the thermal part's units, the device takes its own. `rate` is
 * absent where the device has none.
 */
export function thermalProblems(
  { target, dwell, rate }: Thermal,
  device: {
    readonly temperature: string | undefined;
    readonly dwell: string;
    readonly rate: string | undefined;
  },
): [path: string[], message: string][] {
  const cannot = (part: string, unit: string, own: string | undefined): [string[], string][] =>
    own === undefined || haveSameDimension(unit, own)
      ? []
      : [[[part, "unit"], `${unit} cannot be told in ${own}, which the device takes`]];
  const noRate: [string[], string][] =
    rate !== undefined && device.rate === undefined
      ? [[["rate"], "the device has no rate of its own by this file: a job's would not be kept"]]
      : [];
  return [
    ...cannot("target", target.unit, device.temperature),
    ...cannot("dwell", dwell.unit, device.dwell),
    ...(rate === undefined ? [] : cannot("rate", rate.unit, device.rate)),
    ...noRate,
  ];
}
