import { tmpdir } from "node:os";
import { join } from "node:path";
import { cwd } from "node:process";
import { fileCapability } from "../../../adapters/devices/files/file-capability.ts";
import { LadsDevice } from "../../../adapters/devices/lads/lads-device.ts";
import { LadsProcess } from "../../../adapters/devices/lads/lads-process.ts";
import type { Device } from "../../../adapters/gateway/index.ts";
import { systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";
import type { GatewayEntry } from "../../../config/gateway-schema.ts";

/** The device of a `kind: lads` entry; its process starts with the first call. */
export function createLadsDevice(
  entry: Extract<GatewayEntry, { readonly kind: "lads" }>,
  folder: string,
): Device {
  const clock = { ...systemClock, ...systemTimers };
  const { at, device, functionalUnit: unit, program, timeout_ms, repeatable } = entry;
  const sensors = entry.telemetry.map(({ channel, as = channel }) => as);
  const link = new LadsProcess({
    address: { at, device, unit, program, timeout_ms, sensors },
    folders: [folder, cwd()],
    certificates: join(tmpdir(), "tieline-opcua"),
    clock,
  });
  const results = [
    ...(entry.objectives.length > 0 ? ["objective"] : []),
    ...(entry.pattern === undefined ? [] : ["pattern"]),
  ];
  const keys = entry.parameters.map(({ name, as = name }) => [name, as]);
  const parameters = entry.parameters.map(({ as: _, ...one }) => one);
  const capability = { ...fileCapability({ ...entry, parameters }, results), repeatable };
  const { objectives, pattern, runtime_min } = entry;
  return new LadsDevice({
    ...{ link, capability, program, keys: Object.fromEntries(keys), clock },
    ...{ objectives, pattern, runtime_min, telemetry: entry.telemetry, lock: entry.lock },
  });
}
