import type { JobContext } from "../../machines/index.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { jobName } from "../domain/job.ts";
import { PEOPLE, type Todo } from "../domain/people.ts";
import { statedUnits } from "../domain/recipe.ts";
import { type Lab, stateName } from "./lab.ts";

/** What the people at the bench are asked to do, what is due first the first. */
export function listTodos(lab: Lab): Todo[] {
  const todos: Todo[] = [];
  for (const campaignId of lab.live)
    for (const { experimentId } of lab.machines.campaign.get(campaignId)?.context.open ?? []) {
      const step = lab.machines.experiment.get(experimentId)?.context.step ?? 0;
      const job = lab.machines.job.get(jobName(experimentId, step));
      if (job !== undefined && stateName(job) === "asked") todos.push(todoOf(lab, job.context));
    }
  return todos.sort((a, b) => a.due_ms - b.due_ms || (a.jobId < b.jobId ? -1 : 1));
}

function todoOf(lab: Lab, job: JobContext): Todo {
  const { jobId, campaignId, experimentId, step, capability, parameters, attempt } = job;
  const experiment = lab.machines.experiment.get(experimentId)?.context;
  const { steps = [] } = experiment?.recipe ?? {};
  const own = steps[step];
  const spec = lab.specs.get(campaignId);
  const asks = [
    ...(own?.asks ?? []),
    ...(spec === undefined || step < steps.length - 1 ? [] : wanted(spec, lab)),
  ];
  const place = own?.place ?? lastPlace(lab, experimentId, step);
  return {
    ...{ jobId, campaignId, capability, parameters, attempt },
    sampleId: job.sampleIds[0] ?? experimentId,
    candidateId: experiment?.candidateId ?? "",
    units: own === undefined ? {} : statedUnits(own),
    ...(own?.instructions === undefined ? {} : { instructions: own.instructions }),
    ...(place === undefined ? {} : { place }),
    ...(asks.length === 0 ? {} : { asks }),
    since_ms: job.overdue_ms - job.timeLimit_s * 1000,
    due_ms: job.overdue_ms,
    isOverdue: lab.time_ms >= job.overdue_ms,
  };
}

/** What the goal learns from at a recipe's last step. */
function wanted(spec: CampaignSpec, lab: Lab): NonNullable<Todo["asks"]> {
  if (spec.goal === "effective-model") return [{ kind: "curve" }];
  if (spec.goal !== "optimise") return [{ kind: "phases" }];
  const known = lab.units.get(spec.campaignId) ?? {};
  return spec.model.objectives.map(({ name, unit, plausible }) => ({
    name,
    unit: unit ?? known[name] ?? "1",
    ...plausible,
  }));
}

/** A sample lies where its last step was. */
function lastPlace(lab: Lab, experimentId: string, step: number): string | undefined {
  const before =
    step === 0 ? undefined : lab.machines.job.get(jobName(experimentId, step - 1))?.context;
  const { instrumentId } = before ?? {};
  return instrumentId === undefined || instrumentId === PEOPLE ? undefined : `at ${instrumentId}`;
}
