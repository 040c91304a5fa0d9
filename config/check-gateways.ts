import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { LabError } from "../src/core/errors.ts";
import { PEOPLE } from "../src/domain/people.ts";
import type { CrossProblem } from "./cross-problem.ts";
import { loadDeviceFile } from "./devices/load-device-file.ts";
import { modbusMapSchema } from "./devices/modbus-map.ts";
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
    try {
      if (entry.kind === "modbus") loadDefinition(entry, folder);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      problems.push({ path: ["gateways", k, "map"], text: error.message });
    }
    return problems;
  });
}

type ModbusEntry = Extract<GatewayEntry, { readonly kind: "modbus" }>;

/** The definition that an entry names. TL-1002, TL-1012. */
export function loadDefinition({ map }: Pick<ModbusEntry, "map">, folder: string) {
  const beside = resolve(folder, map);
  return loadDeviceFile(existsSync(beside) ? beside : map, modbusMapSchema);
}
