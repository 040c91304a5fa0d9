import { LabError } from "../../src/core/errors.ts";
import type { Certifier } from "./certifier.ts";

/** Jobs of examinations: `exam-lq2k1a7z-7` (see `Certifier.newId`). */
const JOB = /^(exam|refuse|overfull|load)-[0-9a-z]{6,12}-\d+$/;

/** How long a job, an answer and the next saying of a result may take, ms. */
interface Patience {
  readonly job_ms: number;
  readonly answer_ms: number;
  readonly resend_ms: number;
}

/**
 * Clears what an examination left that was broken off: its emergency stop, its job under way, results that nobody acknowledged.
 * TL-2010 where the instrument does not come to rest, or works for somebody else. Who left anything may have left results too: these
 * are waited for, `resend_ms`, within which an instrument says them again.
 *
 * @returns what was cleared, a line each
 */
export async function clearLeftBehind(
  agent: Certifier,
  { job_ms, answer_ms, resend_ms }: Patience,
): Promise<string[]> {
  const cleared: string[] = [];
  const state = () => agent.all("instrumentState").at(-1)?.data;
  await agent.until(() => state() !== undefined, answer_ms);
  // What the broker retains has been heard once it has answered a second time.
  await agent.subscribe();
  if (agent.stopIsOurs) {
    await agent.emergencyStop(false);
    await agent.until(() => state()?.safety === "ok", answer_ms);
    cleared.push("lifted its emergency stop");
  } else if (agent.stoppedBy !== undefined)
    throw notFree(`the emergency stop of ${agent.stoppedBy} is active`, "Lift it first.");
  if (agent.startIsLeft) {
    await agent.forgetStart();
    cleared.push("took its retained start from the broker");
  }
  const jobId = state()?.jobId;
  if (jobId !== undefined) {
    if (!JOB.test(jobId))
      throw notFree(
        `it works on ${jobId}, which is no examination's`,
        "Wait for it, or cancel it.",
      );
    await agent.control("jobCancel", jobId);
    const isAtRest = await agent.until(() => state()?.jobId !== jobId, job_ms);
    if (!isAtRest)
      throw notFree(
        `it goes on with ${jobId} of an earlier examination`,
        "An agent of a newer epoch may command it: give --epoch, or start its gateway with a new --folder.",
      );
    cleared.push(`cancelled ${jobId}`);
  }
  if (cleared.length > 0 || leftReports(agent).length > 0) await agent.pause(resend_ms);
  const left = leftReports(agent);
  for (const id of left) await agent.acknowledge(id);
  if (left.length > 0) cleared.push(`acknowledged ${left.join(", ")}`);
  return cleared;
}

/** Jobs of examinations of which reports have been heard. */
function leftReports(agent: Certifier): string[] {
  const reports = [...agent.all("jobResult"), ...agent.all("jobFailed")];
  return [...new Set(reports.map(({ data }) => data.jobId))].filter((id) => JOB.test(id)).sort();
}

function notFree(what: string, hint: string): LabError {
  return new LabError("TL-2010", `The instrument cannot be examined now: ${what}`, { hint });
}
