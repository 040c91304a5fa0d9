import type { JobOrder } from "../wire/instrument-commands.ts";
import type { ControllerMemory, JobMemory } from "./controller-memory.ts";
import type { Refusal } from "./simulated-device.ts";

/** What a controller that believes everything does with a start; `known` is the attempt of which it says again how it stands. */
export type Belief =
  | { readonly kind: "known" | "onTop" | "begin"; readonly known?: JobMemory | undefined }
  | { readonly kind: "refuse"; readonly known?: undefined; readonly refusal: Refusal };

/** Only a command that it has had, or that says itself that it is over, is not obeyed. */
export function believe(
  order: JobOrder,
  memory: ControllerMemory,
  tooLate: string | undefined,
): Belief {
  const known = memory.find(order.jobId, order.attempt);
  if (memory.commandIds.has(order.commandId)) return { kind: "known", known };
  if (tooLate !== undefined)
    return { kind: "refuse", refusal: { reason: tooLate, retryable: true } };
  return known?.order !== undefined || memory.current() !== undefined
    ? { kind: "onTop", known }
    : { kind: "begin" };
}
