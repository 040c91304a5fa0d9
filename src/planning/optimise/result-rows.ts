import type { CampaignResult } from "../../domain/proposal.ts";
import type { TrainingRow } from "../../models/optimise/training-set.ts";
import type { InputEncoding } from "./input-encoding.ts";

/** One result as the models learn it. */
export interface ResultRow {
  readonly result: CampaignResult;
  /** Inputs as measured; `undefined` where they cannot be encoded. */
  readonly x: Float64Array | undefined;
  /** Measured quantities by name, negated where small is good; the last measurement of a name counts. */
  readonly values: ReadonlyMap<string, TrainingRow>;
  /** True where the experiment gave no usable number. */
  readonly failed: boolean;
  readonly problem?: string | undefined;
}

/** Reads one result; done once, so that equal results are the same objects for the incremental models. `signs`: -1 where small is good. */
export function readResult(
  result: CampaignResult,
  encoding: InputEncoding,
  signs: ReadonlyMap<string, number>,
): ResultRow {
  const x =
    (result.actual === undefined
      ? undefined
      : encoding.encode({ ...result.parameters, ...result.actual })) ??
    encoding.encode(result.parameters);
  const values = new Map<string, TrainingRow>();
  let problem: string | undefined;
  let failed = false;
  for (const observation of result.observations) {
    if (observation.kind === "failure") failed = true;
    if (observation.kind !== "objective") continue;
    const sign = signs.get(observation.name);
    if (sign === undefined) continue;
    if (!Number.isFinite(observation.value)) {
      problem = `${observation.name} of ${result.candidateId} is not a finite number: counted as a failed experiment`;
      continue;
    }
    if (x === undefined) continue;
    values.set(observation.name, {
      x,
      value: sign * observation.value,
      uncertainty: usable(observation.standardUncertainty),
      bound: sign > 0 ? observation.bound : turned(observation.bound),
    });
  }
  if (x === undefined)
    problem = `The inputs of ${result.candidateId} are incomplete: its result is not learnt`;
  return { result, x, values, failed: failed || values.size === 0, problem };
}

function turned(bound: TrainingRow["bound"]): TrainingRow["bound"] {
  if (bound === undefined) return undefined;
  return bound === "below" ? "above" : "below";
}

function usable(uncertainty: number | undefined): number | undefined {
  return uncertainty !== undefined && Number.isFinite(uncertainty) && uncertainty > 0
    ? uncertainty
    : undefined;
}
