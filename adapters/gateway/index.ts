/** `tieline/gateway`: a device becomes an instrument of the laboratory. Named exports, no logic. */
export { LabError } from "../../src/core/errors.ts";
export type { Capability } from "../../src/domain/instrument.ts";
export type { Observation } from "../../src/domain/observation.ts";
export type {
  Awaitable,
  Device,
  DeviceCall,
  DeviceJob,
  DeviceResult,
  DeviceStatus,
  Reading,
  Recovery,
} from "./device.ts";
export { type Gateway, type GatewayOptions, openGateway } from "./instrument-gateway.ts";
export { createTaskDevice, type Task, type TaskJob } from "./task-device.ts";
