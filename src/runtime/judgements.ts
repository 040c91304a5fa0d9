import type { JobContext } from "../../machines/index.ts";
import type { Parameters } from "../domain/candidate.ts";
import { actualInNamedUnits, findActualProblem } from "../domain/limits/judge-actual.ts";
import { judgeResult, type ResultJudgement } from "../domain/limits/judge-result.ts";
import type { JobFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";

type ResultFact = Extract<JobFact, { readonly type: "job.result" }>;

/**
 * Judges a result before anybody is told of it: what was converted and what is set aside is kept by its position. What
 * an instrument reports of its set points beyond all limits is an alarm too.
 */
export function noteJudgement(lab: Lab, position: number, fact: ResultFact, job: JobContext): void {
  const spec = lab.specs.get(job.campaignId);
  if (spec === undefined) return;
  const steps = lab.machines.experiment.get(job.experimentId)?.context.recipe.steps.length ?? 0;
  const known = lab.units.get(job.campaignId) ?? {};
  const { observations } = fact;
  const plain: ResultJudgement = { observations, remarks: [], units: {} };
  const isLast = job.step === steps - 1;
  const judged = isLast ? judgeResult(spec, observations, known) : plain;
  const outside = actualProblem(lab, fact, job);
  noteActualAlarm(lab, fact.instrumentId, outside);
  const unusable = outside ?? judged.unusable;
  if (unusable === undefined && Object.keys(judged.units).some((name) => !(name in known)))
    lab.units.set(job.campaignId, { ...known, ...judged.units });
  if (unusable === undefined && judged.remarks.length === 0) return;
  const sentence = unusable === undefined ? undefined : `${fact.instrumentId}: ${unusable}`;
  lab.judgements.set(position, { ...judged, unusable: sentence });
}

/** The same of a result that a person told, which is known to be usable. */
export function noteTold(
  lab: Lab,
  campaignId: string,
  position: number,
  judged: ResultJudgement,
): void {
  const known = lab.units.get(campaignId) ?? {};
  if (Object.keys(judged.units).some((name) => !(name in known)))
    lab.units.set(campaignId, { ...known, ...judged.units });
  if (judged.remarks.length > 0) lab.judgements.set(position, judged);
}

/** What was measured of the set points, in the units that the recipe counts in. */
export function namedActual(lab: Lab, fact: ResultFact, capability: string): Parameters {
  return actualInNamedUnits(fact.actual ?? {}, declaredBy(lab, fact.instrumentId, capability));
}

function actualProblem(lab: Lab, fact: ResultFact, job: JobContext): string | undefined {
  if (fact.actual === undefined) return undefined;
  const { instrumentId } = fact;
  const declared = declaredBy(lab, instrumentId, job.capability);
  const allowed = [
    { whose: instrumentId, limits: declared },
    {
      whose: `the configuration of ${instrumentId}`,
      limits: lab.policies[instrumentId]?.limits ?? {},
    },
    { whose: "the campaign", limits: lab.specs.get(job.campaignId)?.limits ?? {} },
  ];
  const problem = findActualProblem(namedActual(lab, fact, job.capability), allowed, declared);
  return problem === undefined ? undefined : `it reports what must not be: ${problem}`;
}

function noteActualAlarm(lab: Lab, instrumentId: string, problem: string | undefined): void {
  const id = `actual/${instrumentId}`;
  if (problem === undefined) lab.alarms.delete(id);
  else {
    const text = `${instrumentId}: ${problem} Look at it before it works on.`;
    lab.alarms.set(id, { id, severity: "critical", text, since_ms: lab.time_ms });
  }
}

function declaredBy(lab: Lab, instrumentId: string, capability: string) {
  const instrument = lab.machines.instrument.get(instrumentId)?.context;
  return instrument?.capabilities.find(({ name }) => name === capability)?.parameters ?? {};
}
