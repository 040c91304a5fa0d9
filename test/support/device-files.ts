import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Names of the definitions of device models that ship. */
export function findDeviceFiles(): string[] {
  return readdirSync(join(import.meta.dirname, "../../config/gateways"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""));
}
