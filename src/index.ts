/** The public face of the package: named exports, no logic. */
export { createInThreadPlanner } from "../adapters/planner-worker/in-thread-planner.ts";
export { createMemoryEventLog } from "../adapters/storage/memory-event-log.ts";
export { composeLoop, type Loop, type LoopOptions } from "./compose-loop.ts";
export type { EventLog } from "./events/event-log.ts";
export type { EventDraft, LabEvent } from "./events/lab-event.ts";
export type { LabFact } from "./events/lab-fact.ts";
export type {
  BusHandlers,
  IncomingMessage,
  MessageBus,
  OutgoingMessage,
} from "./events/message-bus.ts";
export type { PlannerPort } from "./events/planner-port.ts";
export type { KillPoint } from "./runtime/ports.ts";
export type { PlannedCampaign } from "./runtime/take-configuration.ts";
