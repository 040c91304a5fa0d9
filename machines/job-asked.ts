import { alarm, armTimer, stopTimer } from "./job-actions.ts";
import { onRefusal, takeResult } from "./job-replies.ts";
import { effect, fail, noteCancel, rearm, setupJob } from "./job-setup.ts";

/**
 * A person has been asked. Nothing is sent and nothing can be forgotten: the list of the bench is the log, also over a
 * restart, a lost broker and an emergency stop. Past its time somebody is called; nothing is cancelled, for people come late.
 */
export const asked = {
  entry: [
    rearm,
    setupJob.assign({
      overdue_ms: ({ context, event }) => event.time_ms + context.timeLimit_s * 1000,
    }),
    effect(armTimer(({ context }) => context.overdue_ms)),
  ],
  exit: [effect(stopTimer), effect(alarm("warning", () => ""))],
  on: {
    ...takeResult,
    "job.failed": onRefusal("failedOnInstrument"),
    "job.cancel": {
      target: "cancelled" as const,
      actions: [noteCancel, fail("cancelledByOperator")],
    },
    "job.doubt": {},
    "job.ask": {},
    "job.outcome": {},
    "timer.fired": [
      {
        guard: "isMyTimer" as const,
        actions: effect(
          alarm("warning", ({ context }) => {
            const { jobId, capability } = context;
            return `${capability} of ${jobId} is overdue: it waits for a person (tieline todo).`;
          }),
        ),
      },
      {},
    ],
  },
};
