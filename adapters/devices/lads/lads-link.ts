import { LabError } from "../../../src/core/errors.ts";

/** Which functional unit of which server is meant. */
export interface LadsAddress {
  /** `opc.tcp://host:4840`. */
  readonly at: string;
  /** Browse name of the device below `DeviceSet`; absent: its only one. */
  readonly device?: string | undefined;
  /** Browse name of its functional unit; absent: its only one. */
  readonly unit?: string | undefined;
  /** `DeviceTemplateId` of the program that jobs start. */
  readonly program: string;
  /** Browse names of functions of the unit (`FunctionSet`) whose values each look reads. */
  readonly sensors?: readonly string[] | undefined;
  /** An answer that takes longer is not waited for. */
  readonly timeout_ms: number;
}

/** States of a functional unit (OPC 30500-1, 7.1.7). */
export type UnitState = "Stopped" | "Running" | "Stopping" | "Aborting" | "Aborted" | "Clearing";

export const UNIT_STATES: readonly UnitState[] = [
  ...(["Stopped", "Running", "Stopping", "Aborting", "Aborted", "Clearing"] as const),
];

/** One look: everything in it was read by one request, so that it is of one life of the server. */
export interface LadsLook {
  /** `ServerStatus.StartTime`: another one is another life of the server. */
  readonly boot: string;
  /** False while the server itself says that it does not run. */
  readonly serves: boolean;
  /** `undefined`: a state that the specification does not know, or none. */
  readonly state: UnitState | undefined;
  /** Of the machine within Running, where the unit has one: `Execute`, `Held`. */
  readonly running?: string | undefined;
  /** `DeviceProgramRunId` of the program that is, or was last, active. */
  readonly runId?: string | undefined;
  readonly step?: string | undefined;
  readonly runtime_ms?: number | undefined;
  readonly estimated_ms?: number | undefined;
  /** Values of the sensors that are wanted, by their browse names; only what is good and a number. */
  readonly readings?: Readonly<Record<string, number>> | undefined;
  /** Another client or a person has locked the unit. */
  readonly lockedBy?: string | undefined;
}

/** A variable of a result; `status` is OPC UA's word for how far it is to be believed. */
export interface LadsVariable {
  readonly name: string;
  readonly value: unknown;
  readonly status: string;
  /** `EURange`, where the device gives one: a value of its own, with a status of its own. */
  readonly range?:
    | {
        readonly low: number | undefined;
        readonly high: number | undefined;
        readonly status: string;
      }
    | undefined;
}

/** One `Result` object: a run of a program, from its start or from its end on. */
export interface LadsRun {
  readonly nodeId: string;
  readonly runId: string;
  readonly jobId: string;
  readonly taskId: string;
  /** True once its `Stopped` has a time. */
  readonly isOver: boolean;
  readonly total_ms?: number | undefined;
  readonly estimated_ms?: number | undefined;
}

/** What a run left behind. */
export interface LadsContents {
  readonly variables: readonly LadsVariable[];
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Files that stay at the device, each with the reason. */
  readonly missing: readonly string[];
}

/** A program to start. */
export interface LadsOrder {
  readonly program: string;
  readonly jobId: string;
  readonly taskId: string;
  readonly properties: readonly (readonly [key: string, value: string])[];
  readonly sampleIds: readonly string[];
}

export type LadsMethod = "Stop" | "Abort" | "Hold" | "Unhold";

/** The identity of the device, for people, and what its unit can do. */
export interface LadsUnit {
  readonly device: string;
  readonly unit: string;
  readonly methods: readonly LadsMethod[];
}

/**
 * What a LADS device is asked. Every call connects anew where it has to, and rejects: TL-3201 where no answer came in time (it may
 * still be carried out), TL-3202 where it is not what was meant, TL-3203 where the device refused or the connection broke.
 */
export interface LadsLink {
  open(): Promise<LadsUnit>;
  look(): Promise<LadsLook>;
  /** The device's own name of the run. */
  start(order: LadsOrder): Promise<string>;
  call(method: LadsMethod): Promise<void>;
  /** Keeps other clients off the unit; once more does no harm. Refused where somebody else has it, or it has none. */
  lock(context: string): Promise<void>;
  unlock(): Promise<void>;
  runs(): Promise<readonly LadsRun[]>;
  contents(nodeId: string): Promise<LadsContents>;
  close(): Promise<void>;
}

const REFUSED = "the device refused";

/** It has answered, and does not do it. */
export function refusedByDevice(why: string): LabError {
  return new LabError("TL-3203", `${REFUSED}: ${why}`);
}

/** Not "nobody knows": what was refused, or is not what was meant, is not done. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof LabError)) return false;
  return error.code === "TL-3202" || error.message.startsWith(REFUSED);
}
