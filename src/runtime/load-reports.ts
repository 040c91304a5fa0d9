import type { LoadMember } from "../../machines/index.ts";
import type { JobFact, LabFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import { sampleOf } from "./loads.ts";
import { bringBack, campaignOfFact } from "./shelf.ts";

type Result = Extract<JobFact, { readonly type: "job.result" }>;

/**
 * What an instrument reports of a load, as reports of its samples' jobs and, to be logged after them, one of the load itself:
 * a sample's way stands in the log under its own name, and only when all of it is there is the load acknowledged. A report
 * that is torn by a crash comes again; what is there already is known. Any other fact is left as it is.
 */
export function reportsBySample(
  lab: Lab,
  fact: LabFact,
): { readonly ofSamples: readonly LabFact[]; readonly ofJob: LabFact } {
  if (fact.type !== "job.result" && fact.type !== "job.failed")
    return { ofSamples: [], ofJob: fact };
  bringBack(lab, campaignOfFact(fact));
  const { members = [] } = lab.machines.job.get(fact.jobId)?.context ?? {};
  if (members.length === 0) return { ofSamples: [], ofJob: fact };
  if (fact.type === "job.failed") {
    const ofSamples = members.map((member) => ({ ...fact, ...member, load: fact.jobId }));
    return { ofSamples, ofJob: fact };
  }
  const samples = new Map(members.map((one) => [sampleOfMember(lab, one), one]));
  const { actual: _, actualBySample: _own, raw: _raw, ...rest } = fact;
  const ofNobody = fact.observations.filter(({ sampleId }) => !samples.has(sampleId ?? ""));
  return {
    ofSamples: [...samples].map(([sampleId, member]) => reportOf(lab, fact, sampleId, member)),
    ofJob: { ...rest, observations: ofNobody },
  };
}

function sampleOfMember(lab: Lab, { jobId }: LoadMember): string {
  const job = lab.machines.job.get(jobId)?.context;
  return job === undefined ? jobId : sampleOf(job);
}

/** What one sample gets: the observations that name it, and the set points as they came out. */
function reportOf(lab: Lab, fact: Result, sampleId: string, member: LoadMember): JobFact {
  const { instrumentId, message, simulated, raw } = fact;
  const about = { instrumentId, message, ...member, load: fact.jobId };
  const observations = fact.observations.filter((one) => one.sampleId === sampleId);
  if (observations.length === 0 && isLastStep(lab, member.jobId)) {
    const reason = `${fact.jobId} brought no observation of the sample ${sampleId}`;
    return { type: "job.failed", ...about, reason, retryable: false };
  }
  const actual = { ...fact.actual, ...fact.actualBySample?.[sampleId] };
  return {
    type: "job.result",
    ...about,
    observations,
    ...(Object.keys(actual).length === 0 ? {} : { actual }),
    ...(raw === undefined ? {} : { raw }),
    simulated,
  };
}

function isLastStep(lab: Lab, jobId: string): boolean {
  const job = lab.machines.job.get(jobId)?.context;
  const steps = lab.machines.experiment.get(job?.experimentId ?? "")?.context.recipe.steps ?? [];
  return job?.step === steps.length - 1;
}
