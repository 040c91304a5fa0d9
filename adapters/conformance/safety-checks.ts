import { type Check, type Exam, type ExaminationOptions, need } from "./examination.ts";

const CLAUSE = "What an instrument does,";
const isStopped = ({ agent }: Exam): boolean =>
  agent.all("instrumentState").at(-1)?.data.safety === "emergencyStopped";

const needsStop = ({ mayStop }: ExaminationOptions): string | undefined =>
  mayStop ? undefined : "it stops everything on this broker: --emergency-stop allows it";

const cancelling: Check = {
  check: "cancel",
  clause: "Messages: cancel ends the job in a safe state; failed, or result if it was done",
  run: async (exam) => {
    const { agent } = exam;
    const jobId = await exam.order();
    need(await exam.accepted(jobId), "no accepted");
    await agent.control("jobCancel", jobId);
    const end = await exam.ended(jobId);
    need(end !== undefined, "no failed after cancel");
    await agent.acknowledge(jobId);
    need(await exam.idle(), "its state is not idle after cancel");
    return end.message.name === "jobFailed" ? end.message.data.reason : "it was done already";
  },
};

const stopping: Check = {
  check: "emergency stop",
  clause: `${CLAUSE} 5: stops by itself, says emergencyStopped when it has, takes a clear of the agent only`,
  without: needsStop,
  run: async (exam) => {
    const { agent, options } = exam;
    const jobId = await exam.order();
    need(await exam.accepted(jobId), "no accepted");
    const told_ms = agent.now_ms();
    await agent.emergencyStop(true);
    try {
      need(
        await agent.until(() => isStopped(exam), options.answer_ms),
        "no state said emergencyStopped",
      );
      const took_ms = agent.now_ms() - told_ms;
      const end = await exam.ended(jobId);
      need(end !== undefined, "the job under way did not end");
      await agent.acknowledge(jobId);
      const other = await exam.order();
      const isRefused = (): boolean => agent.of("jobRejected", other).length > 0;
      need(
        await agent.until(isRefused, options.answer_ms),
        "a start under the stop was not rejected",
      );
      return `stopped after ${took_ms} ms`;
    } finally {
      await agent.emergencyStop(false);
      const isFree = await agent.until(() => !isStopped(exam), options.answer_ms);
      need(isFree, "the agent's clear did not lift the stop");
    }
  },
};

const killing: Check = {
  check: "killed in a job",
  clause: `${CLAUSE} 1, 3 and 4: a new boot, and the truth about its jobs`,
  without: ({ restart }) =>
    restart === undefined ? "--restart COMMAND kills it and starts it again" : undefined,
  run: async (exam) => {
    const { agent, options } = exam;
    const jobId = await exam.order();
    need(await exam.accepted(jobId), "no accepted");
    const before = agent.all("instrumentBirth").at(-1)?.data.bootId;
    await options.restart?.();
    const isBorn = (): boolean => agent.all("instrumentBirth").at(-1)?.data.bootId !== before;
    need(await agent.until(isBorn, options.job_ms), "no birth with a new bootId after its restart");
    const known = agent.heard.length;
    await agent.reconcile([jobId]);
    const isTold = (): boolean =>
      agent.heard
        .slice(known)
        .some(
          ({ message }) =>
            /^job/.test(message.name) && "jobId" in message.data && message.data.jobId === jobId,
        );
    need(
      await agent.until(isTold, options.answer_ms),
      "nothing was said of the job after the restart",
    );
    if (agent.of("jobUnknown", jobId).length > 0) return "it said that it has no record of the job";
    const end = await exam.ended(jobId);
    need(end !== undefined, "the job did not end after the restart");
    const ids = new Set(
      [...agent.of("jobResult", jobId), ...agent.of("jobFailed", jobId)].map(({ id }) => id),
    );
    need(ids.size === 1, `the job ended ${ids.size} times`);
    await agent.acknowledge(jobId);
    need(await exam.idle(), "its state is not idle afterwards");
    return end.message.name === "jobResult"
      ? "it took the job up and ended it"
      : "it said that the job failed";
  },
};

export const safetyChecks: readonly Check[] = [cancelling, killing, stopping];
