import type { ModbusMap } from "../../../config/devices/modbus-map.ts";
import type { ThermalPlan } from "../thermal/controller.ts";
import { encodeValue } from "./register-values.ts";

export type ProgramCourse = Extract<ModbusMap["course"], { by: "program" }>;

/** One word of a program and where it lies. */
export interface ProgramWord {
  readonly address: number;
  readonly word: number;
}

/** Segments of a program: to the target at a rate, hold there, end. TL-3104 where a number does not fit. */
export function programWords(
  plan: ThermalPlan,
  course: ProgramCourse,
  map: ModbusMap,
): ProgramWord[] {
  const { kinds, fields, first, words } = course;
  const target = map.registers[map.setPoint.register];
  if (target === undefined) return [];
  const number = (value: number, decimals: number): number =>
    encodeValue(value, { address: first, type: "uint16", decimals }, "ABCD")[0] ?? 0;
  const [aim = 0] = encodeValue(plan.target, { ...target, type: "int16" }, "ABCD");
  const segments = [
    { kind: kinds.ramp, target: aim, value: number(plan.rate, course.ramp.decimals) },
    { kind: kinds.dwell, target: aim, value: number(plan.dwell, course.dwell.decimals) },
    { kind: kinds.end, target: aim, value: 0 },
  ];
  return segments.flatMap((segment, k) =>
    (["kind", "target", "value"] as const).map((field) => ({
      address: first + k * words + fields[field],
      word: segment[field],
    })),
  );
}
