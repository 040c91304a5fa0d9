import type { CampaignContext, MachineState } from "../../machines/index.ts";
import { jobName } from "../domain/job.ts";
import { isOpen } from "../domain/opening-hours.ts";
import type { Reason } from "../domain/reason.ts";
import { hindranceOf } from "./hindrances.ts";
import { type QueueReasons, reasonOfJob } from "./job-reasons.ts";
import { type Lab, stateName } from "./lab.ts";

type Campaign = MachineState<CampaignContext>;

/** Why a campaign stands still, wholly or in part; the first is what a person reads first. Empty where nothing does. */
export function reasonsOfCampaign(lab: Lab, campaignId: string): readonly Reason[] {
  const campaign = lab.machines.campaign.get(campaignId);
  if (campaign === undefined) return [];
  return STATES[stateName(campaign)]?.(lab, campaign) ?? [];
}

const STATES: Readonly<Record<string, (lab: Lab, campaign: Campaign) => readonly Reason[]>> = {
  validated: (lab, campaign) => [
    waiting("start", "somebody to start it"),
    ...hindrance(lab, campaign),
  ],
  running: (lab, campaign) => {
    const hindered = hindrance(lab, campaign);
    const jobs = jobReasons(lab, campaign);
    const shown = hindered.length === 0 ? jobs : jobs.filter(({ cause }) => isOnItsWay(cause));
    return [...hindered, ...approval(lab, campaign), ...shown];
  },
  pausing: (lab, campaign) => [...pause(lab, campaign), ...jobReasons(lab, campaign)],
  paused: pause,
  suspended: (lab, { context }) => {
    const { reason = "too many experiments in a row failed", timerId = "" } = context;
    const until_ms = lab.timers.get(timerId)?.at_ms;
    const cause = /taught nothing/.test(reason) ? "results" : "failures";
    return [{ kind: "suspendedBecause", cause, text: reason, until_ms, alarm: "critical" }];
  },
  recovering: (lab) => [
    waiting(
      "restart",
      `instruments to say what became of ${lab.doubtful.size} jobs at the restart`,
    ),
  ],
  emergencyStopped: (lab) =>
    lab.emergency === undefined
      ? [waiting("emergencyStop", "somebody to resume it after the emergency stop")]
      : [
          {
            kind: "suspendedBecause",
            cause: "emergencyStop",
            text: `of the emergency stop by ${lab.emergency.by}: ${lab.emergency.reason}`,
            since_ms: lab.emergency.since_ms,
          },
        ],
  stopping: jobReasons,
  aborting: jobReasons,
  converged: ended,
  budgetExhausted: () => [{ kind: "endedBecause", cause: "goal", text: "its budget is spent" }],
  stopped: ended,
  aborted: ended,
  failed: (lab, campaign) => ended(lab, campaign).map((one) => ({ ...one, alarm: "critical" })),
};

/** What concerns jobs that have gone out already, whatever the campaign itself waits for. */
function isOnItsWay(cause: Reason["cause"]): boolean {
  return cause === "person" || cause === "answer" || cause === "overdue" || cause === "held";
}

function waiting(cause: Reason["cause"], text: string): Reason {
  return { kind: "waitingFor", cause, text };
}

function hindrance(lab: Lab, { context }: Campaign): Reason[] {
  const found = hindranceOf(lab, context.campaignId);
  if (found === undefined) return [];
  const { cause, text, since_ms } = found;
  const what = cause === "guard" ? "a guard to clear" : "a correction";
  const reason = { ...waiting(cause, `${what}: ${text}`), since_ms };
  return [{ ...reason, alarm: "warning" }];
}

function approval(lab: Lab, { context }: Campaign): Reason[] {
  const { campaignId, batches, widening } = context;
  const points = context.open.filter(({ experimentId }) => context.waiting.includes(experimentId));
  const since_ms = points.reduce<number | undefined>(
    (first, { waitingSince_ms: at = first }) => Math.min(first ?? Infinity, at ?? Infinity),
    undefined,
  );
  const hours = lab.specs.get(campaignId)?.hours?.approvals;
  const isShut = hours !== undefined && !isOpen(hours, lab.time_ms, lab.timeZone);
  const when = isShut ? ` (approvals are taken ${hours}, ${lab.timeZone})` : "";
  const count = points.length === 1 ? "1 point" : `${points.length} points`;
  return [
    ...(points.length === 0
      ? []
      : [
          {
            ...waiting("approval", `approval of batch ${batches} (${count})${when}`),
            since_ms: since_ms === Infinity ? undefined : since_ms,
          },
        ]),
    ...(widening === undefined
      ? []
      : [
          waiting(
            "approval",
            `approval of the wider limits of change ${widening.n} by ${widening.by}`,
          ),
        ]),
  ];
}

function pause(_: Lab, { context }: Campaign): Reason[] {
  const why = context.reason === undefined ? "" : `: it was paused because ${context.reason}`;
  return [waiting("pause", `somebody to resume it${why}`)];
}

function ended(_: Lab, { context }: Campaign): Reason[] {
  const { reason, ending } = context;
  const text = reason ?? ending?.reason;
  return text === undefined ? [] : [{ kind: "endedBecause", cause: "goal", text }];
}

/** One reason for all jobs that share it. */
function jobReasons(lab: Lab, { context }: Campaign): Reason[] {
  const byText = new Map<string, Reason>();
  const found: QueueReasons = new Map();
  for (const { experimentId } of context.open) {
    const step = lab.machines.experiment.get(experimentId)?.context.step ?? 0;
    const job = lab.machines.job.get(jobName(experimentId, step));
    const reason = job === undefined ? undefined : reasonOfJob(lab, job, found);
    if (job === undefined || reason === undefined) continue;
    const { jobIds = [] } = byText.get(reason.text) ?? {};
    byText.set(reason.text, { ...reason, jobIds: [...jobIds, job.context.jobId] });
  }
  return [...byText.values()];
}
