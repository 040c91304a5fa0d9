import type { Device } from "../../../adapters/gateway/index.ts";
import { loadExport } from "../load-module.ts";

/** The `device` of a module. TL-1002, TL-1031. */
export function loadDevice(file: string): Promise<Device> {
  const members = ["kind", "capabilities", "begin", "status", "result", "halt"] as const;
  return loadExport<Device>(file, "device", members);
}
