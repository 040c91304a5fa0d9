import { z } from "zod";
import { IDENTIFIER } from "../src/domain/identifiers.ts";
import { unitSchema } from "./unit-schema.ts";

const id = z.string().regex(IDENTIFIER);
const poll_ms = z.number().int().min(10).max(3_600_000).optional();
/** A device that does not answer for so long has lost its job. */
const silence_s = z.number().min(1).max(604_800).default(900);
const at = z
  .string()
  .regex(
    /^((rtu\+)?tcp:\/\/[^/?#]+|serial:\/\/\/[^?#]+(\?[^#]*)?)$/,
    "write tcp://host:port, rtu+tcp://host:port or serial:///dev/NAME?baud=9600",
  );

/** Samples that it takes at once (crucibles, places); absent: one. */
const capacity = z.number().int().min(1).max(1000).optional();

const setPoint = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "write the name of a set point"),
  unit: unitSchema,
  min: z.number().optional(),
  max: z.number().optional(),
});
const files = {
  ...{ id, poll_ms, silence_s },
  capability: z.string().regex(IDENTIFIER),
  /** In the order of the robot's columns. */
  parameters: z.array(setPoint).min(1).max(100),
  expectedDuration_s: z.number().positive().default(3600),
};
const key = z.string().min(1).max(100).optional();
/** Relative to the configuration. */
const folder = z.string().min(1);

/** One device behind a gateway of this process, by the definition of its model. */
export const gatewaySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...{ id, kind: z.literal("modbus"), at, poll_ms, silence_s, capacity },
    /** A file, relative to this one, or the name of a map that ships with Tieline: eurotherm-2400. */
    map: z.string().min(1),
    unit: z.number().int().min(0).max(255).default(1),
  }),
  /** A device that is spoken to in lines of text. */
  z.strictObject({
    ...{ id, kind: z.literal("line"), at, poll_ms, silence_s, capacity },
    /** A file, relative to this one, or the name of a definition that ships with Tieline: lakeshore-336. */
    map: z.string().min(1),
  }),
  /** A robot that speaks NIMO's files. */
  z.strictObject({
    ...{ ...files, kind: z.literal("nimo"), inputFolder: folder, outputFolder: folder },
    objectives: z
      .array(setPoint.pick({ name: true, unit: true }))
      .min(1)
      .max(20),
  }),
  /** A robot of Opentrons: one job is one run of the protocol. */
  z.strictObject({
    ...{ ...files, kind: z.literal("opentrons") },
    at: z.string().regex(/^https?:\/\/[^/?#]+\/?$/, "write http://ROBOT:31950"),
    /** A Python protocol, relative to this file. */
    protocol: z.string().min(1),
    /** `as`: the variable_name of the runtime parameter, where it is another. */
    parameters: z
      .array(setPoint.extend({ as: z.string().min(1).max(100).optional() }))
      .min(1)
      .max(100),
  }),
  /** A functional unit of an OPC UA LADS device: one job is one run of one of its programs. */
  z.strictObject({
    ...{ ...files, kind: z.literal("lads") },
    at: z.string().regex(/^opc\.tcp:\/\/[^/?#]+(\/[^?#]*)?$/, "write opc.tcp://host:4840"),
    /** Browse names, where there is more than one. */
    device: z.string().min(1).optional(),
    functionalUnit: z.string().min(1).optional(),
    /** `DeviceTemplateId`. */
    program: z.string().min(1),
    /** `as`: the key of the program's property, where it is another. */
    parameters: z
      .array(setPoint.extend({ as: key }))
      .min(1)
      .max(100),
    /** Variables of the result. */
    objectives: z
      .array(setPoint.extend({ as: key }))
      .max(100)
      .default([]),
    pattern: z
      .strictObject({
        twoTheta_deg: z.string().min(1),
        values: z.string().min(1),
        unit: z.enum(["counts", "counts/s"]),
      })
      .optional(),
    /** Functions of the unit whose values are shown live; `as`: the browse name, where it is another than the channel. */
    telemetry: z
      .array(z.strictObject({ channel: z.string().regex(IDENTIFIER), unit: unitSchema, as: key }))
      .max(50)
      .default([]),
    /** Other clients are kept off the unit while a job runs (DI's InitLock). */
    lock: z.boolean().default(false),
    /** A run that lasted for less of its estimated time does not count. */
    runtime_min: z.number().gt(0).max(1).optional(),
    /** True where a run that was cut may be made again. */
    repeatable: z.boolean().default(false),
    timeout_ms: z.number().int().min(100).max(120_000).default(5000),
  }),
  /** An instrument that takes jobs from a folder and writes results into one. */
  z.strictObject({
    ...{ ...files, kind: z.literal("folder"), folder, capacity },
    /** Set points that are one for all samples; absent: all are. */
    shares: z.array(z.string().min(1)).max(64).optional(),
    results: z.array(z.string().min(1)).max(20).default([]),
    settle_ms: z.number().int().min(0).max(600_000).default(1000),
  }),
]);

export type GatewayEntry = z.output<typeof gatewaySchema>;
