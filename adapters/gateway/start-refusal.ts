import {
  describeLimit,
  isWithin,
  type Limits,
  type Parameters,
} from "../../src/domain/candidate.ts";
import type { Capability } from "../../src/domain/instrument.ts";
import { convertNeatly, fitSetPoints } from "../../src/domain/limits/fit-set-points.ts";
import { unitOfName } from "../../src/domain/limits/named-unit.ts";
import { refusalOfSamples, setPointsBySample } from "../../src/domain/load.ts";
import type { Device, DeviceStatus } from "./device.ts";
import type { JobOrder } from "./job-journal.ts";

export interface Refusal {
  readonly reason: string;
  /** True where the same start may be accepted later. */
  readonly retryable: boolean;
}

/** What the gateway knows when a start arrives. */
export interface Circumstances {
  readonly device: Device;
  readonly limits: Limits;
  readonly epoch: number;
  /** Why it must not begin any more. */
  readonly tooLate: string | undefined;
  readonly emergency: string | undefined;
  /** The job that is under way. */
  readonly busyWith: string | undefined;
}

const never = (reason: string): Refusal => ({ reason, retryable: false });
const notNow = (reason: string): Refusal => ({ reason, retryable: true });

/** Why an order is refused before the device is asked; `undefined` where nothing forbids it. */
export function refuseOrder(order: JobOrder, known: Circumstances): Refusal | undefined {
  const { device, epoch, limits } = known;
  if (order.epoch < epoch)
    return never(
      `the command's epoch ${order.epoch} is older than ${epoch}: a newer agent commands this instrument ` +
        "(after a new log of the daemon start the gateway with a new folder)",
    );
  if (known.tooLate !== undefined) return notNow(known.tooLate);
  if (known.emergency !== undefined) return notNow("the emergency stop is active");
  const able = device.capabilities.find(({ name }) => name === order.capability);
  if (able === undefined) return never(`this ${device.kind} cannot ${order.capability}`);
  if (known.busyWith !== undefined) return notNow(`busy with job ${known.busyWith}`);
  const tooMany = refusalOfSamples(order, able);
  if (tooMany !== undefined) return never(tooMany);
  for (const parameters of setPointsBySample(order)) {
    const wrong = device.anySetPoints === true ? undefined : findStrange(parameters, able);
    const problem = wrong ?? findOutside(parameters, limits, able);
    if (problem !== undefined) return never(problem);
  }
  return undefined;
}

/** Why a device in this state takes no job now. */
export function refuseByStatus(status: DeviceStatus): Refusal | undefined {
  const { state, control = "automatic", safety = "ok", message } = status;
  const words = message === undefined ? "" : `: ${message}`;
  if (safety !== "ok") return notNow(`the device's safety is ${safety}${words}`);
  if (control !== "automatic") return notNow(`the device is under ${control} control${words}`);
  return state === "ready" || state === "done"
    ? undefined
    : notNow(`the device is ${state}${words}`);
}

/** The gateway asks for every set point that is not declared as optional. */
function findStrange(parameters: Parameters, { parameters: known, others }: Capability) {
  const declared = Object.fromEntries(
    Object.entries(known).map(([name, one]) => [name, { required: true, ...one }]),
  );
  const fitting = fitSetPoints(
    { parameters },
    { parameters: declared, others },
    "this instrument",
    "asDeclared",
  );
  return fitting.kind === "refused" ? fitting.reason : undefined;
}

/** Values are in the declared units by now; a limit has a unit of its own, that of the set point's name, or the same. */
function findOutside(parameters: Parameters, limits: Limits, { parameters: declared }: Capability) {
  for (const [name, value] of Object.entries(parameters)) {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (limit === undefined) continue;
    const own = declared[name]?.unit;
    const theirs = limit.unit ?? unitOfName(name, own) ?? own;
    const inLimit =
      typeof value === "string" || own === undefined || theirs === undefined
        ? value
        : convertNeatly(value, own, theirs);
    if (inLimit === undefined)
      return `${name} is in ${own}, but its limit is in ${theirs} (TL-3105)`;
    if (isWithin(inLimit, limit)) continue;
    const shown = own === undefined ? `${value}` : `${value} ${own}`;
    return `${name} = ${shown} is outside the gateway's limits: ${describeLimit(limit)} (TL-3104)`;
  }
  return undefined;
}
