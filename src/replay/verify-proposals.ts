import type { CampaignSpec } from "../domain/campaign.ts";
import type { Proposal, VersionedProposal } from "../domain/proposal.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { LabFact } from "../events/lab-fact.ts";
import { createPlanner, type VersionedPlanner } from "../planning/create-planner.ts";
import type { Lab } from "../runtime/lab.ts";

/** One proposal that the planner of the same version does not give again. */
export interface ProposalDifference {
  readonly requestId: string;
  readonly position: number;
  readonly what: string;
}

export interface VerificationSummary {
  readonly proposals: number;
  readonly agree: number;
  readonly differences: readonly ProposalDifference[];
  /** Proposals of planners of another version than this program's: they may differ. */
  readonly otherVersions: readonly OtherVersion[];
}

/** What became of one campaign's proposals of one other version. */
export interface OtherVersion {
  readonly campaignId: string;
  readonly logged: number;
  readonly today: number;
  readonly proposals: number;
  readonly agree: number;
}

interface Student {
  readonly spec: CampaignSpec;
  readonly planner: VersionedPlanner;
  through: number;
  withdrawn: number;
  former?: Student | undefined;
}

/**
 * Asks fresh planners the questions of a log and compares their answers with the log's: points, order, scores (to
 * 1e-9 relative) and verdict. Only a planner of the same version has to agree. `check` is called with each event and the laboratory before it.
 */
export function createProposalVerifier() {
  const students = new Map<string, Student>();
  const differences: ProposalDifference[] = [];
  const others = new Map<
    string,
    { -readonly [Field in keyof OtherVersion]: OtherVersion[Field] }
  >();
  let proposals = 0;

  const otherVersion = (campaignId: string, logged: number, today: number) => {
    const key = `${campaignId} ${logged}`;
    const found = others.get(key) ?? { campaignId, logged, today, proposals: 0, agree: 0 };
    others.set(key, found);
    return found;
  };
  const check = (event: LabEvent, before: Lab): void => {
    const { fact } = event;
    if (changesResults(fact)) {
      // Whoever was asked before has learnt results under the names of then.
      const student = students.get(fact.campaignId);
      const open = before.machines.campaign.get(fact.campaignId)?.context.request;
      if (student !== undefined && open !== undefined)
        teach(student, before, fact.campaignId, open.through);
    }
    if (fact.type !== "planner.proposed") return;
    const spec = before.specs.get(fact.campaignId);
    if (spec !== undefined) enrol(students, spec);
    const request = before.machines.campaign.get(fact.campaignId)?.context.request;
    const student = students.get(fact.campaignId);
    if (student === undefined || request?.requestId !== fact.requestId) return;
    proposals += 1;
    const answerOf = (one: Student): Answer => {
      teach(one, before, fact.campaignId, request.through);
      return compare(fact.proposal, one.planner.propose(request));
    };
    let answer = answerOf(student);
    if (answer.what !== undefined && student.former !== undefined)
      answer = answerOf(student.former);
    student.former = undefined;
    const { what, today } = answer;
    const logged = fact.proposal.plannerVersion;
    if (logged !== today) {
      const other = otherVersion(fact.campaignId, logged, today);
      other.proposals += 1;
      if (what === undefined) other.agree += 1;
    } else if (what !== undefined)
      differences.push({ requestId: fact.requestId, position: event.position, what });
  };
  const differing = (): number =>
    differences.length +
    [...others.values()].reduce((sum, one) => sum + one.proposals - one.agree, 0);

  return {
    check,
    summary: (): VerificationSummary => ({
      proposals,
      agree: proposals - differing(),
      differences,
      otherVersions: [...others.values()],
    }),
  };
}

type Reread = Extract<LabFact, { readonly type: "operator.command" | "patterns.reread" }>;

/** Phases get other names, or patterns other meanings: what counts from now on is not what was learnt. */
function changesResults(fact: LabFact): fact is Reread {
  return (
    fact.type === "patterns.reread" ||
    (fact.type === "operator.command" && fact.action === "reread")
  );
}

/** A planner begins anew where its candidates or its model's settings have changed. */
function enrol(students: Map<string, Student>, spec: CampaignSpec): void {
  const known = students.get(spec.campaignId);
  if (known?.spec.space === spec.space && known.spec.model === spec.model) return;
  students.set(spec.campaignId, {
    spec,
    planner: createPlanner(spec),
    through: 0,
    withdrawn: 0,
    // A question that is open while candidates are added may be answered by the planner that knew fewer.
    former: known,
  });
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

interface Answer {
  /** Version of the planner that answered. */
  readonly today: number;
  /** How its answer differs; absent where it does not. */
  readonly what: string | undefined;
}

function compare(logged: VersionedProposal, again: VersionedProposal): Answer {
  return { today: again.plannerVersion, what: differenceOf(logged, again) };
}

function differenceOf(logged: Proposal, again: Proposal): string | undefined {
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
