import type { Parameters } from "../../src/domain/candidate.ts";
import { IDENTIFIER } from "../../src/domain/identifiers.ts";

/** A simulation as the agent orders it. */
export interface SimulationOrder {
  readonly commandId: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly notAfter_ms: number;
  readonly capability: string;
  readonly parameters: Parameters;
}

/** What a runner can be told. */
export type RunnerMessage =
  | { readonly kind: "start"; readonly order: SimulationOrder }
  | {
      readonly kind: "hold" | "resume" | "cancel" | "reconcile";
      readonly jobIds: readonly string[];
      readonly epoch: number;
    }
  | { readonly kind: "ack"; readonly jobId: string; readonly attempt: number }
  | { readonly kind: "emergencyStop"; readonly active: boolean };

type Fields = Readonly<Record<string, unknown>>;

const CONTROLS = ["hold", "resume", "cancel", "reconcile"] as const;

/** Reads a message of the wire contract, version 1; `undefined` where it makes no sense: it is never acted on. */
export function readRunnerMessage(topic: string, payload: Uint8Array): RunnerMessage | undefined {
  const envelope = parse(payload);
  const data = envelope?.["data"];
  if (envelope?.["specversion"] !== "1.0" || !isFields(data)) return undefined;
  const type = envelope["type"];
  if (topic.endsWith("/safety/emergency-stop")) {
    const { active } = data as { active?: unknown };
    const isCleared = active === false && !mayClear(envelope["source"]);
    return type === "tieline.safety.emergencyStop" && typeof active === "boolean" && !isCleared
      ? { kind: "emergencyStop", active }
      : undefined;
  }
  if (topic.endsWith("/ack")) {
    const { jobId, attempt } = data as { jobId?: unknown; attempt?: unknown };
    return type === "tieline.job.ack" && isId(jobId) && isCount(attempt)
      ? { kind: "ack", jobId, attempt }
      : undefined;
  }
  if (topic.endsWith("/command/start")) {
    const order = type === "tieline.job.start" ? readStart(data) : undefined;
    return order === undefined ? undefined : { kind: "start", order };
  }
  const kind = CONTROLS.find((name) => topic.endsWith(`/command/${name}`));
  if (kind === undefined || type !== `tieline.job.${kind}`) return undefined;
  const { jobId, jobIds = [jobId], epoch } = data as Fields & { jobId?: unknown; jobIds?: unknown };
  return Array.isArray(jobIds) && jobIds.every(isId) && isCount(epoch)
    ? { kind, jobIds, epoch }
    : undefined;
}

function readStart(data: Fields): SimulationOrder | undefined {
  const { commandId, jobId, attempt, epoch, notAfter, capability, parameters } = data as Record<
    keyof SimulationOrder | "notAfter",
    unknown
  >;
  const notAfter_ms = typeof notAfter === "string" ? Date.parse(notAfter) : Number.NaN;
  const isWhole =
    typeof commandId === "string" &&
    isId(jobId) &&
    isCount(attempt) &&
    isCount(epoch) &&
    Number.isFinite(notAfter_ms) &&
    typeof capability === "string" &&
    isFields(parameters) &&
    Object.values(parameters).every((v) => typeof v === "number" || typeof v === "string");
  return isWhole
    ? {
        commandId,
        jobId,
        attempt,
        epoch,
        notAfter_ms,
        capability,
        parameters: parameters as Parameters,
      }
    : undefined;
}

/** Whoever may stop; only a person, or the agent for one, clears. */
function mayClear(source: unknown): boolean {
  return typeof source === "string" && /^(operator|agent)\//.test(source);
}

function parse(payload: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === "string" && IDENTIFIER.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
