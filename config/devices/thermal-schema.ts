import { z } from "zod";
import { unit } from "./controller-schema.ts";

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
