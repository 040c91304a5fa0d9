/** The package's door to the simulated laboratory: named exports, no logic. */
export { SimulatedBroker, type SimulatedBrokerOptions } from "./broker/simulated-broker.ts";
export { createSimulatedBus, type SimulatedBus } from "./broker/simulated-bus.ts";
export type {
  ConnectInstrument,
  ConnectionOptions,
  InstrumentConnection,
  ReceivedMessage,
  WireMessage,
} from "./connections/instrument-connection.ts";
export type {
  FaultPlan,
  InstrumentFaults,
  LaboratoryNoise,
  NetworkFaults,
} from "./faults/fault-plan.ts";
export { NO_FAULTS } from "./faults/fault-plan.ts";
export type {
  SimulatedLaboratory,
  SimulatedLaboratoryOptions,
  VirtualLaboratory,
  VirtualLaboratoryOptions,
} from "./laboratory/laboratory-options.ts";
export {
  createScaledClock,
  createSystemClock,
  type ScaledClockOptions,
} from "./time/scaled-clock.ts";
export {
  createVirtualClock,
  type RunEnd,
  type RunOptions,
  type VirtualClock,
} from "./time/virtual-clock.ts";
export type { LedgerEntry, Violation } from "./world/physical-ledger.ts";
