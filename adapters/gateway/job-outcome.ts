import type { Parameters } from "../../src/domain/candidate.ts";
import type { DataReference, Observation } from "../../src/domain/observation.ts";
import { findResultProblem } from "../mqtt/consistency.ts";
import { MESSAGES } from "../mqtt/contract.ts";
import { issueText } from "../mqtt/issue-text.ts";
import type { DeviceResult } from "./device.ts";

/** How a job ended, as it stands in the journal. */
export type JournaledOutcome =
  | {
      readonly word: "result";
      readonly observations: readonly Observation[];
      readonly actual?: Parameters | undefined;
      readonly actualBySample?: Readonly<Record<string, Parameters>> | undefined;
      readonly raw?: readonly DataReference[] | undefined;
    }
  | { readonly word: "failed"; readonly reason: string; readonly retryable: boolean };

/** Characters of a reason that the contract lets pass. */
const REASON_CHARACTERS_MAX = 2000;

export function failure(reason: string, retryable: boolean): JournaledOutcome {
  const characters = [...reason];
  return { word: "failed", reason: characters.slice(0, REASON_CHARACTERS_MAX).join(""), retryable };
}

/**
 * What the device gave, held against the contract before it is promised: the daemon would put a result with a NaN or an unknown
 * unit in quarantine, where nobody learns from it.
 */
export function outcomeOf(
  { jobId, attempt }: { readonly jobId: string; readonly attempt: number },
  result: DeviceResult,
  simulated: boolean,
): JournaledOutcome {
  if ("failed" in result) return failure(result.failed, result.retryable ?? false);
  const { observations, actual, actualBySample, raw } = result;
  const data = {
    ...{ jobId, attempt, observations, simulated },
    ...(actual === undefined ? {} : { actual }),
    ...(actualBySample === undefined ? {} : { actualBySample }),
    ...(raw === undefined || raw.length === 0 ? {} : { raw }),
  };
  const read = MESSAGES.jobResult.data.safeParse(data);
  const issue = read.error?.issues[0];
  const problem = read.success
    ? findResultProblem(read.data)
    : `${issue?.path.join(".") ?? "result"}: ${issue === undefined ? "not a result" : issueText(issue)}`;
  if (problem !== undefined)
    return failure(`The device's result is not one of the contract: ${problem}`, false);
  return {
    word: "result",
    observations,
    ...(actual === undefined ? {} : { actual }),
    ...(actualBySample === undefined ? {} : { actualBySample }),
    ...(data.raw === undefined ? {} : { raw: data.raw }),
  };
}
