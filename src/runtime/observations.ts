import type { MachineEvent } from "../../machines/index.ts";
import { canonicalJson } from "../core/canonical-json.ts";
import type { Parameters } from "../domain/candidate.ts";
import { convertNeatly } from "../domain/limits/fit-set-points.ts";
import { unitOfName } from "../domain/limits/named-unit.ts";
import { type Recipe, unitOfSource } from "../domain/recipe.ts";
import { patternsOf } from "../domain/reread.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { JobFact } from "../events/lab-fact.ts";
import { noteStep } from "./earlier-steps.ts";
import { namedActual, noteJudgement } from "./judgements.ts";
import { type Lab, reportKey } from "./lab.ts";
import { noteDuration } from "./loads.ts";
import { withNamedStrangers } from "./rereading.ts";

/** Remembers a result or failure, so that its repetition is known, and what was measured on the way. */
export function noteReport(lab: Lab, event: LabEvent): void {
  const { fact } = event;
  if (fact.type !== "job.result" && fact.type !== "job.failed") return;
  lab.reports.set(reportKey(fact), { position: event.position, digest: reportDigest(fact) });
  const job = lab.machines.job.get(fact.jobId);
  if (job !== undefined && fact.type === "job.result" && fact.load === undefined)
    noteDuration(lab, job.context, fact.instrumentId);
  if (fact.reported !== undefined && job !== undefined)
    lab.replies.set(fact.reported.commandId, {
      campaignId: job.context.campaignId,
      accepted: true,
    });
  if (fact.type !== "job.result") return;
  const recipe = lab.machines.experiment.get(job?.context.experimentId ?? "")?.context.recipe;
  if (job === undefined || recipe === undefined) return;
  if (job.context.step < recipe.steps.length - 1) noteStep(lab, fact, job.context);
  if (lab.behaviour >= 2) noteJudgement(lab, event.position, fact, job.context);
  if (fact.actual === undefined) return;
  const actual = lab.behaviour < 2 ? fact.actual : namedActual(lab, fact, job.context.capability);
  const before = lab.actual.get(job.context.experimentId) ?? {};
  lab.actual.set(job.context.experimentId, {
    ...before,
    ...onAxes(actual, recipe, job.context.step),
  });
}

/** An experiment brought its observation: the next model learns from it. */
export function noteObservation(lab: Lab, event: LabEvent, told: MachineEvent): void {
  const { fact } = event;
  const experiment = lab.machines.experiment.get(String(told["experimentId"]));
  if (fact.type !== "job.result" || experiment === undefined) return;
  const { campaignId, candidateId, parameters, experimentId, recipeName } = experiment.context;
  const spec = lab.specs.get(campaignId);
  const tellsSample = spec !== undefined && patternsOf(spec)?.rescan !== undefined;
  const results = lab.results.get(campaignId) ?? [];
  const actual = actualOf(lab, experiment.context);
  const brought = lab.judgements.get(event.position)?.observations ?? fact.observations;
  results.push({
    position: event.position,
    candidateId,
    parameters,
    observations: withNamedStrangers(lab, campaignId, brought),
    ...(actual === undefined ? {} : { actual }),
    ...(recipeName === undefined ? {} : { recipe: recipeName }),
    ...(tellsSample ? { sample: experiment.context.sample ?? experimentId } : {}),
  });
  lab.results.set(campaignId, results);
}

/** What was measured of the set points, for a sample that is measured again also when it was made. */
export function actualOf(
  lab: Lab,
  { experimentId, sample }: { readonly experimentId: string; readonly sample?: string | undefined },
): Parameters | undefined {
  const own = lab.actual.get(experimentId);
  const made = sample === undefined ? undefined : lab.actual.get(sample);
  return made === undefined ? own : { ...made, ...own };
}

/** Content of a report without its envelope and without who brought it: two reports of one attempt must agree in it. */
export function reportDigest(fact: JobFact): string {
  const { type, ...rest } = fact;
  const {
    message: _,
    reported: __,
    ...content
  } = rest as {
    message?: unknown;
    reported?: unknown;
  };
  return canonicalJson({ type, ...content });
}

/** Measured set points by the names of the candidate's axes: `x_Al` of the robot is axis `Al`. */
function onAxes(actual: Parameters, recipe: Recipe, step: number): Parameters {
  const sources = recipe.steps[step]?.parameters ?? {};
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => {
      const source = sources[name];
      if (typeof source !== "object" || !("axis" in source)) return [name, value];
      const unit = unitOfSource(source);
      const named = unit === undefined ? undefined : unitOfName(name, unit);
      const isOther = unit !== undefined && named !== undefined && unit !== named;
      const onAxis =
        isOther && typeof value === "number" ? (convertNeatly(value, named, unit) ?? value) : value;
      return [source.axis, onAxis];
    }),
  );
}
