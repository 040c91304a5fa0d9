import { resolve } from "node:path";
import { createDropTask } from "../../../adapters/devices/files/drop-folder.ts";
import { createNimoTask } from "../../../adapters/devices/files/nimo-exchange.ts";
import { LineController } from "../../../adapters/devices/line/line-controller.ts";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import { createOpentronsTask } from "../../../adapters/devices/opentrons/opentrons-task.ts";
import { ThermalDevice } from "../../../adapters/devices/thermal/thermal-device.ts";
import { createTaskDevice, type Device } from "../../../adapters/gateway/index.ts";
import { steadyClock, systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";
import { loadDefinition } from "../../../config/check-gateways.ts";
import type { GatewayEntry } from "../../../config/gateway-schema.ts";
import { createLadsDevice } from "./create-lads-device.ts";

/** The device of an entry below `gateways:`; nothing is connected yet. TL-1002, TL-1012, TL-3202. */
export function createGatewayDevice(entry: GatewayEntry, folder: string): Device {
  const clock = { ...systemClock, ...systemTimers };
  if (entry.kind === "nimo") {
    const inputFolder = resolve(folder, entry.inputFolder);
    const outputFolder = resolve(folder, entry.outputFolder);
    return createTaskDevice(createNimoTask({ ...entry, inputFolder, outputFolder, clock }));
  }
  if (entry.kind === "opentrons") {
    const protocol = resolve(folder, entry.protocol);
    return createTaskDevice(createOpentronsTask({ ...entry, protocol, clock }));
  }
  if (entry.kind === "lads") return createLadsDevice(entry, folder);
  if (entry.kind === "folder")
    return createTaskDevice(
      createDropTask({ ...entry, folder: resolve(folder, entry.folder), clock }),
    );
  if (entry.kind === "line") {
    const map = loadDefinition(entry, folder);
    const controller = new LineController({ map, address: entry.at, clock });
    const { capacity } = entry;
    return new ThermalDevice({ controller, thermal: map.thermal, clock: steadyClock, capacity });
  }
  const map = loadDefinition(entry, folder);
  const { at, unit, capacity } = entry;
  const controller = new ModbusController({ map, address: at, unit, clock });
  return new ThermalDevice({ controller, thermal: map.thermal, clock: steadyClock, capacity });
}
