import { z } from "zod";
import { unitSchema as unit } from "../unit-schema.ts";
import { bitsProblems } from "./bits-problems.ts";
import { kindOf, lineShape, modelShape } from "./controller-schema.ts";
import { thermalProblems, thermalSchema } from "./thermal-schema.ts";

const word = z.number().int().min(0).max(0xffff);
/** A register as it is on the wire, before decimals. */
const raw = z.number().int().min(-0x8000_0000).max(0xffff_ffff);
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, "write a name of letters and digits");

const register = z.strictObject({
  address: word,
  table: z.enum(["holding", "input"]).default("holding"),
  type: z.enum(["int16", "uint16", "int32", "uint32", "float32"]).default("int16"),
  /** The register holds value times 10^decimals. */
  decimals: z.number().int().min(0).max(6).default(0),
  unit: unit.optional(),
  /** False: a command that is written and cannot be read back; the state must show what came of it. */
  readable: z.boolean().default(true),
});

/** Bits of a register (all, without a mask) and what they may be. */
const bits = z.strictObject({ register: name, mask: word.optional() });
const values = z.array(raw).min(1).max(32);
/** Numbers are in the register's unit. */
const writes = z.array(z.strictObject({ register: name, write: z.number() })).max(16);

/** A ramp-dwell program that the controller carries out by itself. */
const programCourse = z.strictObject({
  by: z.literal("program"),
  /** Address of the first segment, words from one to the next, most segments. */
  first: word,
  words: z.number().int().min(2).max(32),
  segments_max: z.number().int().min(3).max(64),
  /** Offsets within a segment. */
  fields: z.strictObject({ kind: word.max(31), target: word.max(31), value: word.max(31) }),
  kinds: z.strictObject({ ramp: word, dwell: word, end: word }),
  ramp: z.strictObject({ unit, decimals: z.number().int().min(0).max(6).default(0) }),
  dwell: z.strictObject({ unit, decimals: z.number().int().min(0).max(6).default(0) }),
  /** Written before the segments: units of times, holdback, which program. */
  before: writes.default([]),
  /** The register that tells which segment runs. */
  segment: name.optional(),
});

/** A controller of one set point: the gateway keeps the time, by what it measures. */
const setPointCourse = z.strictObject({
  by: z.literal("setPoint"),
  /** The register of the rate at which the set point moves. */
  rate: name.optional(),
});

const shape = z.strictObject({
  ...modelShape,
  protocol: z.literal("modbus"),
  kind: kindOf("furnace"),
  line: z
    .strictObject({
      ...lineShape(502),
      readWords_max: z.number().int().min(1).max(125).default(32),
      /** Function 16 for several registers at once; 6, one by one, where the model lacks it. */
      writeWords_max: z.number().int().min(1).max(123).default(1),
    })
    .prefault({}),
  /** Order of the four bytes of 32-bit registers. */
  wordOrder: z.enum(["ABCD", "CDAB", "BADC", "DCBA"]).default("ABCD"),
  registers: z.record(name, register),
  /** What only this model answers; read at the birth, on each connection and after each look. */
  identity: bits.extend({ equals: values }),
  /** What must be so before anything is believed: decimals, units, mode. */
  verify: z
    .array(bits.extend({ equals: values, says: z.string().min(1) }))
    .max(32)
    .default([]),
  /** The same value in two registers: tells a wrong word order or a wrong decimal point. */
  twins: z
    .array(z.strictObject({ registers: z.tuple([name, name]), within: z.number().positive() }))
    .max(8)
    .default([]),
  measured: z.strictObject({
    register: name,
    /** Outside of these the sensor is broken. */
    min: z.number(),
    max: z.number(),
    /** Values on the wire that mean a broken sensor. */
    broken: z.array(raw).max(32).default([]),
    /** A status that goes with the reading; any value but these is no reading. */
    flag: bits.extend({ good: values.default([0]) }).optional(),
  }),
  setPoint: z.strictObject({
    register: name,
    /** Registers with the controller's own limits of the set point. */
    low: name.optional(),
    high: name.optional(),
    /** Where it goes when a job has ended or is stopped. */
    rest: z.number(),
  }),
  working: name.optional(),
  output: name.optional(),
  /** Which values mean that the controller is ours to command; any other is local. */
  control: bits.extend({ automatic: values }).optional(),
  /** What the controller says of itself. Absent: it always controls to its set point. */
  state: bits
    .extend({
      ready: values,
      busy: values,
      held: z.array(raw).max(32).default([]),
      done: z.array(raw).max(32).default([]),
      fault: z.array(raw).max(32).default([]),
    })
    .optional(),
  /** A spare register that keeps a number of the job, 1 to max. */
  token: z.strictObject({ register: name, max: word.min(99) }).optional(),
  course: z.discriminatedUnion("by", [programCourse, setPointCourse]),
  commands: z
    .strictObject({
      start: writes.default([]),
      hold: writes.optional(),
      resume: writes.optional(),
      stop: writes.default([]),
    })
    .prefault({}),
  thermal: thermalSchema,
});

export type ModbusMap = z.output<typeof shape>;
export type ModbusRegister = z.output<typeof register>;

/** The register table of one model of controller, with what its words mean. */
export const modbusMapSchema = shape.superRefine((map, context) => {
  const { registers, course, thermal, measured, setPoint } = map;
  const complain = (path: Path, message: string): void =>
    context.addIssue({ code: "custom", path, message });
  for (const [path, named] of namesIn(map))
    if (!Object.hasOwn(registers, named))
      complain(path, `there is no register "${named}" in registers`);
  for (const [path, message] of bitsProblems(map)) complain(path, message);
  for (const [path, message] of unreadableProblems(map)) complain(path, message);
  const unit = registers[setPoint.register]?.unit;
  for (const part of ["measured", "setPoint"] as const) {
    const register = registers[map[part].register];
    if (register !== undefined && register.unit === undefined)
      complain([part, "register"], "its register needs a unit");
  }
  if (registers[measured.register]?.unit !== unit)
    complain(["setPoint", "register"], "measured and set point need one unit");
  if (course.by === "program" && map.state === undefined)
    complain(["state"], "is missing; a program's end must be told");
  const dwell = course.by === "program" ? course.dwell.unit : "s";
  const rate =
    course.by === "program"
      ? course.ramp.unit
      : course.rate === undefined
        ? undefined
        : registers[course.rate]?.unit;
  if (course.by === "setPoint" && course.rate !== undefined && rate === undefined)
    complain(["course", "rate"], "its register needs a unit");
  for (const [path, message] of thermalProblems(thermal, { temperature: unit, dwell, rate }))
    complain(["thermal", ...path], message);
});

type Path = (string | number)[];

/** What cannot be read back can only be commanded, in one word, where a state shows what came of it. */
function unreadableProblems(map: ModbusMap): [Path, string][] {
  const isHidden = (name: string): boolean => map.registers[name]?.readable === false;
  // What is written before a program's segments is read back.
  const before = writesIn(map).filter(([[part]]) => part === "course");
  const problems: [Path, string][] = [...readIn(map), ...before]
    .filter(([, name]) => isHidden(name))
    .map(([path, name]) => [path, `"${name}" cannot be read (readable: false)`]);
  for (const [name, { type }] of Object.entries(map.registers)) {
    const path = ["registers", name, "readable"];
    if (!isHidden(name)) continue;
    if (type !== "int16" && type !== "uint16")
      problems.push([path, "a command that cannot be read back is one word"]);
    if (map.state === undefined)
      problems.push([path, "nothing would show what came of it: name a state"]);
  }
  return problems;
}

/** Every place that names a register. */
function namesIn(map: ModbusMap): [Path, string][] {
  return [...readIn(map), ...writesIn(map)];
}

/** Every place that names a register which is read. */
function readIn(map: ModbusMap): [Path, string][] {
  const found: [Path, string | undefined][] = [
    [["identity", "register"], map.identity.register],
    ...map.verify.map((one, k): [Path, string] => [["verify", k, "register"], one.register]),
    ...map.twins.flatMap(({ registers }, k) =>
      registers.map((one, j): [Path, string] => [["twins", k, "registers", j], one]),
    ),
    [["measured", "register"], map.measured.register],
    [["measured", "flag", "register"], map.measured.flag?.register],
    [["setPoint", "register"], map.setPoint.register],
    [["setPoint", "low"], map.setPoint.low],
    [["setPoint", "high"], map.setPoint.high],
    [["working"], map.working],
    [["output"], map.output],
    [["control", "register"], map.control?.register],
    [["state", "register"], map.state?.register],
    [["token", "register"], map.token?.register],
  ];
  if (map.course.by === "program") found.push([["course", "segment"], map.course.segment]);
  else found.push([["course", "rate"], map.course.rate]);
  return found.filter((one): one is [Path, string] => one[1] !== undefined);
}

function writesIn({ commands, course }: ModbusMap): [Path, string][] {
  const lists: [Path, readonly { readonly register: string }[] | undefined][] = [
    ...(["start", "hold", "resume", "stop"] as const).map(
      (one): [Path, readonly { readonly register: string }[] | undefined] => [
        ["commands", one],
        commands[one],
      ],
    ),
    [["course", "before"], course.by === "program" ? course.before : []],
  ];
  return lists.flatMap(([path, list = []]) =>
    list.map(({ register: named }, k): [Path, string] => [[...path, k, "register"], named]),
  );
}
