import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { LabError } from "../src/core/errors.ts";
import { PEOPLE } from "../src/domain/people.ts";
import type { CrossProblem } from "./cross-problem.ts";
import { type LineMap, lineMapSchema } from "./devices/line-map.ts";
import { loadDeviceFile } from "./devices/load-device-file.ts";
import { type ModbusMap, modbusMapSchema } from "./devices/modbus-map.ts";
import type { GatewayEntry } from "./gateway-schema.ts";
import type { Configuration } from "./schema.ts";

/** Definitions that gateways name and that are not there or not sound; ids that two of them share. */
export function checkGateways(
  { gateways, runners }: Configuration,
  folder: string,
): CrossProblem[] {
  const ids = [...runners, ...gateways].map(({ id }) => id);
  return gateways.flatMap((entry, k) => {
    const problems: CrossProblem[] = [];
    if (entry.id === PEOPLE)
      problems.push({ path: ["gateways", k, "id"], text: `${PEOPLE} are the people at the bench` });
    if (ids.indexOf(entry.id) !== runners.length + k)
      problems.push({ path: ["gateways", k, "id"], text: `another one is called ${entry.id}` });
    if (entry.kind === "opentrons" && !existsSync(resolve(folder, entry.protocol))) {
      const text = `there is no protocol ${resolve(folder, entry.protocol)}`;
      problems.push({ path: ["gateways", k, "protocol"], text });
    }
    try {
      if (entry.kind === "modbus" || entry.kind === "line") loadDefinition(entry, folder);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      problems.push({ path: ["gateways", k, "map"], text: error.message });
    }
    return problems;
  });
}

type Defined = Extract<GatewayEntry, { readonly kind: "modbus" | "line" }>;
type Definition<Kind> = Kind extends "modbus" ? ModbusMap : LineMap;

/** The definition that an entry names. TL-1002, TL-1012. */
export function loadDefinition<Kind extends Defined["kind"]>(
  { kind, map }: { readonly kind: Kind; readonly map: string },
  folder: string,
): Definition<Kind> {
  const beside = resolve(folder, map);
  const file = existsSync(beside) ? beside : map;
  const read =
    kind === "modbus" ? loadDeviceFile(file, modbusMapSchema) : loadDeviceFile(file, lineMapSchema);
  return read as Definition<Kind>;
}

/** What a definition says that its device speaks. TL-1002, TL-1012. */
export function protocolOf(map: string, folder: string): "modbus" | "line" {
  const beside = resolve(folder, map);
  const schema = z.looseObject({ protocol: z.enum(["modbus", "line"]) });
  return loadDeviceFile(existsSync(beside) ? beside : map, schema).protocol;
}
