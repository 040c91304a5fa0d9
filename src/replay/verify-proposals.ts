import type { Proposal } from "../domain/proposal.ts";
import type { LabEvent } from "../events/lab-event.ts";
import { createPlanner } from "../planning/create-planner.ts";
import type { Planner } from "../planning/planner.ts";
import type { Lab } from "../runtime/lab.ts";

/** One proposal that the planner does not give again. */
export interface ProposalDifference {
  readonly requestId: string;
  readonly position: number;
  readonly what: string;
}

export interface VerificationSummary {
  readonly proposals: number;
  readonly agree: number;
  readonly differences: readonly ProposalDifference[];
}

interface Student {
  readonly planner: Planner;
  through: number;
  withdrawn: number;
  former?: Student | undefined;
}

/**
 * Asks fresh planners the questions of a log and compares their answers with the log's: points, order, scores (to
 * 1e-9 relative) and verdict. `check` is called with each event and the laboratory before it.
 */
export function createProposalVerifier() {
  const students = new Map<string, Student>();
  const differences: ProposalDifference[] = [];
  let proposals = 0;

  const check = (event: LabEvent, before: Lab): void => {
    const { fact } = event;
    if (fact.type === "campaign.defined") {
      students.set(fact.spec.campaignId, {
        planner: createPlanner(fact.spec),
        through: 0,
        withdrawn: 0,
        // A question that is open while candidates are added may be answered by the planner that knew fewer.
        former: students.get(fact.spec.campaignId),
      });
    }
    if (fact.type !== "planner.proposed") return;
    const request = before.machines.campaign.get(fact.campaignId)?.context.request;
    const student = students.get(fact.campaignId);
    if (student === undefined || request?.requestId !== fact.requestId) return;
    proposals += 1;
    const answerOf = (one: Student): string | undefined => {
      teach(one, before, fact.campaignId, request.through);
      return compare(fact.proposal, one.planner.propose(request));
    };
    let what = answerOf(student);
    if (what !== undefined && student.former !== undefined) what = answerOf(student.former);
    student.former = undefined;
    if (what !== undefined)
      differences.push({ requestId: fact.requestId, position: event.position, what });
  };

  return {
    check,
    summary: (): VerificationSummary => ({
      proposals,
      agree: proposals - differences.length,
      differences,
    }),
  };
}

function teach(student: Student, lab: Lab, campaignId: string, through: number): void {
  const withdrawn = (lab.withdrawn.get(campaignId) ?? []).slice(student.withdrawn);
  const forgotten = withdrawn.filter((position) => position <= student.through);
  if (forgotten.length > 0) student.planner.forget(forgotten);
  const fresh = (lab.results.get(campaignId) ?? []).filter(
    (result) => result.position > student.through && result.position <= through,
  );
  if (fresh.length > 0) student.planner.learn(fresh);
  student.through = Math.max(student.through, through);
  student.withdrawn += withdrawn.length;
}

function compare(logged: Proposal, again: Proposal): string | undefined {
  if (logged.points.length !== again.points.length) {
    return `the log has ${logged.points.length} points, the planner gives ${again.points.length}`;
  }
  for (const [k, point] of logged.points.entries()) {
    const other = again.points[k];
    if (other === undefined || other.candidateId !== point.candidateId) {
      return `point ${k + 1} is ${point.candidateId} in the log and ${other?.candidateId} now`;
    }
    const scale = Math.max(1e-12, Math.abs(point.score));
    if (Math.abs(point.score - other.score) > 1e-9 * scale)
      return `the score of ${point.candidateId} differs`;
  }
  return logged.verdict.kind === again.verdict.kind ? undefined : "the verdict differs";
}
