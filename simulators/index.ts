/** The package's door to the simulated laboratory: named exports, no logic. */
export { SimulatedBroker, type SimulatedBrokerOptions } from "./broker/simulated-broker.ts";
export { createSimulatedBus, type SimulatedBus } from "./broker/simulated-bus.ts";
export { checkLedger } from "./checkers/check-ledger.ts";
export { type ScientificRecord, scientificRecord } from "./checkers/scientific-record.ts";
export type {
  ConnectInstrument,
  ConnectionOptions,
  InstrumentConnection,
  ReceivedMessage,
  WireMessage,
} from "./connections/instrument-connection.ts";
export { type DrawnFaults, FAULT_NAMES, planFaults } from "./faults/fault-names.ts";
export {
  type FaultPlan,
  type InstrumentFaults,
  type LaboratoryNoise,
  type NetworkFaults,
  NO_FAULTS,
} from "./faults/fault-plan.ts";
export { DEFAULT_INSTRUMENTS, DEFAULT_SITE, DEFAULT_TRUTH } from "./laboratory/assemble.ts";
export type {
  InstrumentChoice,
  InstrumentKind,
  PatternOptions,
  RunExpectations,
  SimulatedLaboratory,
  SimulatedLaboratoryOptions,
  VirtualLaboratory,
  VirtualLaboratoryOptions,
} from "./laboratory/laboratory-options.ts";
export { startSimulatedLaboratory } from "./laboratory/simulated-laboratory.ts";
export { createVirtualLaboratory } from "./laboratory/virtual-laboratory.ts";
export { letPeopleIn, type PeopleOptions } from "./people/random-people.ts";
export { letStrangersIn, type StrangersOptions } from "./people/strangers.ts";
export {
  runSimulation,
  type SimulationOptions,
  type SimulationResult,
} from "./run/run-simulation.ts";
export { runSwarm, type SwarmOptions } from "./run/run-swarm.ts";
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
export { STRONGEST } from "./truths/heat-treatment-truth.ts";
export { loadPhaseTruth, type PhaseTruth } from "./truths/phase-truth.ts";
export type { LedgerEntry, Violation } from "./world/physical-ledger.ts";
