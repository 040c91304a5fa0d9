import type { LabEvent } from "../events/lab-event.ts";
import type { LabFact } from "../events/lab-fact.ts";
import type { Delivery, IncomingMessage } from "../events/message-bus.ts";
import type { StopFact } from "./emergency.ts";
import type { Lab } from "./lab.ts";
import type { CommandAnswer, CommandFact } from "./report-desk.ts";

/** The loop: append -> transition -> commands. Nothing is acted on before it is on disk. */
export interface Runtime {
  readonly lab: Lab;
  /** Replays the log, notes the start, connects, and reconciles before anything is dispatched. */
  start(): Promise<void>;
  /** Logs a fact of the daemon's own (a campaign's definition, a command from the page). */
  submit(fact: LabFact): Promise<LabEvent>;
  /** What a person says of a step that was asked of people; the reply says why where it is not taken. */
  report(command: CommandFact): Promise<CommandAnswer>;
  /** The path of every incoming message; resolves once it is in the log (or known, or quarantined). */
  receive(message: IncomingMessage): Promise<Delivery>;
  /**
   * A person's word on the emergency stop by another way than the broker: a stop is told to every instrument before it is
   * on disk, a clear after. TL-3003 where a clear does not count.
   */
  emergencyStop(stop: Omit<StopFact, "type" | "sent_ms">): Promise<void>;
  /** Resolves when nothing is queued and every command so far has been handed over. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}
