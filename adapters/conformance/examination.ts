import { LabError } from "../../src/core/errors.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import type { MessageData } from "../mqtt/contract.ts";
import type { Certifier, Heard } from "./certifier.ts";
import { clearLeftBehind } from "./left-behind.ts";

/** How one clause of the contract was kept. */
export interface Finding {
  readonly check: string;
  /** Where docs/contract.md says so. */
  readonly clause: string;
  readonly outcome: "passed" | "failed" | "not tried";
  /** What was seen, or why it was not tried. */
  readonly detail: string;
}

export interface ExaminationOptions {
  /** The capability to ask for; the first where absent. */
  readonly capability?: string | undefined;
  /** Set points of the jobs; others take the lowest value that is allowed. */
  readonly parameters: Parameters;
  /** Samples that every job names, for instruments that work on one; `{n}` is the job's number, where each needs another. */
  readonly sampleIds?: readonly string[] | undefined;
  /** How long one job may take, ms. */
  readonly job_ms: number;
  /** How long an answer may take, ms. */
  readonly answer_ms: number;
  /** How long until a result must have been said again, ms. */
  readonly resend_ms: number;
  /** Ends the instrument's program as `kill -9` does, and starts it again. */
  readonly restart?: (() => Promise<void>) | undefined;
  /** An emergency stop stops everything on the broker. */
  readonly mayStop: boolean;
  readonly onFinding: (finding: Finding) => void;
  /** An earlier examination was broken off; what it left was cleared. */
  readonly onCleared?: ((what: string) => void) | undefined;
}

export type Birth = MessageData<"instrumentBirth">;
export type BirthCapability = Birth["capabilities"][number];

/** What each check is given. */
export interface Exam {
  readonly agent: Certifier;
  readonly options: ExaminationOptions;
  readonly capability: BirthCapability;
  readonly parameters: Parameters;
  /** Orders a job; its name. */
  order(changes?: Partial<MessageData<"jobStart">>, retain?: boolean): Promise<string>;
  /** Waits for the acceptance or the end. */
  accepted(jobId: string): Promise<boolean>;
  /** Waits for result or failure. */
  ended(jobId: string): Promise<Heard | undefined>;
  /** Waits until it does nothing. */
  idle(): Promise<boolean>;
}

/** A check passes with what was seen, or throws {@link Flaw}. */
export interface Check {
  readonly check: string;
  readonly clause: string;
  /** Why it cannot be tried. */
  readonly without?: (options: ExaminationOptions) => string | undefined;
  readonly run: (exam: Exam) => Promise<string>;
}

/** The instrument does not keep a clause. */
class Flaw extends Error {}

export function need(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Flaw(otherwise);
}

/** Examines one instrument; every check is tried, whatever failed before. TL-2003 where nothing of it is on the broker. */
export async function examine(
  agent: Certifier,
  checks: readonly Check[],
  options: ExaminationOptions,
): Promise<Finding[]> {
  const isThere = await agent.until(
    () => agent.all("instrumentBirth").length > 0,
    options.answer_ms,
  );
  if (!isThere)
    throw new LabError("TL-2003", "No birth of this instrument is on the broker", {
      hint: "Check --instrument and --site; its birth is retained, or it was never born.",
    });
  const left = await clearLeftBehind(agent, options);
  if (left.length > 0) options.onCleared?.(left.join("; "));
  const exam = createExam(agent, options);
  const findings: Finding[] = [];
  for (const { check, clause, without, run } of checks) {
    const missing = without?.(options);
    const head = { check, clause };
    const finding: Finding =
      missing === undefined
        ? await run(exam).then(
            (detail) => ({ ...head, outcome: "passed" as const, detail }),
            (error: unknown) => failed(head, error),
          )
        : { ...head, outcome: "not tried", detail: missing };
    findings.push(finding);
    options.onFinding(finding);
    if (finding.outcome === "failed") await exam.idle();
  }
  return findings;
}

function failed(head: Pick<Finding, "check" | "clause">, error: unknown): Finding {
  if (error instanceof Flaw) return { ...head, outcome: "failed", detail: error.message };
  throw error;
}

function createExam(agent: Certifier, options: ExaminationOptions): Exam {
  const birth = agent.all("instrumentBirth").at(-1)?.data;
  const wanted = options.capability;
  const capability = birth?.capabilities.find(
    ({ name }) => wanted === undefined || name === wanted,
  );
  if (capability === undefined)
    throw new LabError("TL-1001", `The instrument declares no capability ${wanted ?? ""}`, {
      exitCode: 2,
    });
  const parameters = { ...lowest(capability), ...options.parameters };
  const isEnd = (jobId: string) => (one: Heard) =>
    (one.message.name === "jobResult" || one.message.name === "jobFailed") &&
    one.message.data.jobId === jobId;
  let jobs = 0;
  return {
    ...{ agent, options, capability, parameters },
    order: async (changes = {}, retain = false) => {
      const jobId = changes.jobId ?? agent.newId("exam");
      const { sampleIds } = options;
      if (changes.jobId === undefined) jobs += 1;
      const named = sampleIds?.map((one) => one.replace("{n}", String(jobs)));
      const samples = named === undefined ? {} : { sampleIds: named };
      const job = { jobId, capability: capability.name, parameters };
      await agent.start(job, { ...samples, ...changes }, retain);
      return jobId;
    },
    accepted: (jobId) =>
      agent.until(
        () => agent.of("jobAccepted", jobId).length > 0 || agent.heard.some(isEnd(jobId)),
        options.answer_ms,
      ),
    ended: async (jobId) => {
      await agent.until(() => agent.heard.some(isEnd(jobId)), options.job_ms);
      return agent.heard.find(isEnd(jobId));
    },
    idle: () =>
      agent.until(
        () => agent.all("instrumentState").at(-1)?.data.operation === "idle",
        options.job_ms,
      ),
  };
}

/** The set points that do least: the lowest, or where there is none, 0; the first choice; an empty text. */
function lowest({ parameters }: BirthCapability): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, one]): [string, number | string][] => {
      if (one.required === false) return [];
      if (one.type === "choice") return [[name, one.choices?.[0] ?? ""]];
      if (one.type === "text") return [[name, "conformance"]];
      return [[name, one.min ?? Math.min(0, one.max ?? 0)]];
    }),
  );
}
