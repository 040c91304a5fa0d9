import type { Candidate } from "../domain/candidate.ts";
import { PEOPLE, toldName } from "../domain/people.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { JobFact, OperatorFact } from "../events/lab-fact.ts";
import type { ObservationView } from "./campaign-view.ts";
import type { JobPlace } from "./lab-ports.ts";
import { summariseObservation } from "./observation-summary.ts";
import { identityOf } from "./who-said.ts";

type ResultFact = Extract<JobFact, { type: "job.result" }>;
type CommandFact = Extract<OperatorFact, { type: "operator.command" }>;

/** The n-th observation of a campaign, from a result of its last step. */
export function observationOf(
  { fact, position, time_ms }: LabEvent<ResultFact>,
  place: JobPlace,
  n: number,
): ObservationView {
  // What was measured over all steps: a robot tells the composition that a diffractometer does not know.
  const actual = place.actual ?? fact.actual;
  const { jobId, instrumentId, simulated, reported } = fact;
  return {
    ...{ n, position, time_ms, candidateId: place.candidateId, jobId, instrumentId },
    parameters: place.parameters,
    ...(actual === undefined ? {} : { actual }),
    results: fact.observations.map(summariseObservation),
    simulated,
    ...(reported === undefined ? {} : { reportedBy: reported.by, ...identityOf(reported) }),
  };
}

/** The n-th observation of a campaign, which a person told. */
export function toldObservation(
  { fact, position, time_ms }: LabEvent<CommandFact>,
  where: Candidate,
  n: number,
): ObservationView {
  return {
    ...{ n, position, time_ms, ...where },
    jobId: toldName(fact.campaignId, position),
    instrumentId: PEOPLE,
    results: (fact.observations ?? []).map(summariseObservation),
    simulated: false,
    reportedBy: fact.by,
    ...identityOf(fact),
  };
}
