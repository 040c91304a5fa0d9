import type { Control } from "../../src/domain/instrument.ts";
import { fitSetPoints } from "../../src/domain/limits/fit-set-points.ts";
import { refusalOfSamples, setPointsBySample } from "../../src/domain/load.ts";
import type { JobOrder } from "../wire/instrument-commands.ts";
import type { ControllerMemory } from "./controller-memory.ts";
import type { Refusal, SimulatedDevice } from "./simulated-device.ts";

export interface RefusalContext {
  readonly device: SimulatedDevice;
  readonly memory: ControllerMemory;
  readonly control: Control;
  /** Why the command must not be obeyed any more. */
  readonly tooLate: string | undefined;
}

/** Why an instrument does not do what it is told, most serious reason first; `undefined` where it will. */
export function refuseStart(order: JobOrder, context: RefusalContext): Refusal | undefined {
  const { device, memory, control, tooLate } = context;
  const never = (reason: string): Refusal => ({ reason, retryable: false });
  const notNow = (reason: string): Refusal => ({ reason, retryable: true });
  if (order.epoch < memory.epoch)
    return never(`the command's epoch ${order.epoch} is older than ${memory.epoch}`);
  if (tooLate !== undefined) return notNow(tooLate);
  if (memory.emergencyStopped) return notNow("the emergency stop is active");
  if (control !== "automatic") return notNow(`the instrument is under ${control} control`);
  const current = memory.current();
  if (current !== undefined) return notNow(`busy with job ${current.jobId}`);
  const setPoints = refuseSetPoints(order, device);
  return setPoints === undefined ? device.refuse(order) : never(setPoints);
}

/** The numbers are in the declared units by now: the daemon has converted them. */
function refuseSetPoints(order: JobOrder, device: SimulatedDevice) {
  const { capability } = order;
  const able = device.capabilities.find(({ name }) => name === capability);
  if (able === undefined) return `this ${device.kind} cannot ${capability}`;
  for (const parameters of setPointsBySample(order)) {
    const fitting = fitSetPoints({ parameters }, able, `this ${device.kind}`, "asDeclared");
    if (fitting.kind === "refused") return fitting.reason;
  }
  return refusalOfSamples(order, able);
}
