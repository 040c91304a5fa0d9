export { campaignMachine } from "./campaign.ts";
export type {
  CampaignContext,
  CampaignEvent,
  CampaignInput,
  OpenExperiment,
} from "./campaign-types.ts";
export {
  advance,
  type Contexts,
  createMachineState,
  type MachineKind,
  type MachineState,
  restoreMachine,
  type SavedMachine,
  saveMachine,
} from "./drive.ts";
export type { Alarm, Effect, MachineAddress, MachineEvent, Stamp } from "./effect.ts";
export {
  type ExperimentContext,
  type ExperimentEvent,
  type ExperimentInput,
  experimentMachine,
} from "./experiment.ts";
export { type InstrumentContext, type InstrumentEvent, instrumentMachine } from "./instrument.ts";
export { jobMachine } from "./job.ts";
export {
  JOB_TIMES,
  type JobContext,
  type JobEvent,
  type JobInput,
  type LoadMember,
} from "./job-types.ts";
export {
  type ReservationContext,
  type ReservationEvent,
  reservationMachine,
} from "./reservation.ts";
