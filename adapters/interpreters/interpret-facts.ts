import type { Logger } from "../../src/core/logger.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { broughtOf, NOT_INTERPRETED } from "../../src/domain/reread.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { findResultProblem } from "../mqtt/consistency.ts";
import { MESSAGES } from "../mqtt/contract.ts";
import { issueText } from "../mqtt/issue-text.ts";
import type { Interpreter } from "./interpreter.ts";

/** Completes results on their way in. */
export interface FactInterpreter {
  /** The fact itself where nothing is to be interpreted. Never rejects. */
  interpret(fact: LabFact): LabFact | Promise<LabFact>;
  /** What the patterns of a result mean by the campaign's settings of now; `undefined` where it has none. Never rejects. */
  reread(
    observations: readonly Observation[],
    spec: CampaignSpec,
  ): Promise<
    { readonly meanings: readonly Observation[]; readonly problem?: string | undefined } | undefined
  >;
  stop(): Promise<void>;
}

export interface FactInterpreterOptions {
  readonly interpreters: readonly Interpreter[];
  /** The campaign that a job belongs to. */
  readonly specOf: (jobId: string) => CampaignSpec | undefined;
  readonly logger: Logger;
}

type ResultFact = Extract<LabFact, { readonly type: "job.result" }>;

/** One raw observation and who reads it. */
interface Reading {
  readonly interpreter: Interpreter;
  readonly raw: Observation;
  readonly settings: unknown;
}

const DEADLINE_ms = 600_000;
/** An instrument says its result again until it is acknowledged: what was interpreted lately is not interpreted again. */
const REMEMBERED_MAX = 32;

/**
 * A result that brings a raw observation, and not yet what it means, gets that beside it before it is judged and logged. A daemon that
 * dies in between has lost nothing: the instrument says its result until it is acknowledged, and the same raw observation gives the
 * same meaning. Where it cannot be told, or is late, or breaks the contract, the result says so as a failure.
 */
export function createFactInterpreter(options: FactInterpreterOptions): FactInterpreter {
  const { interpreters, specOf } = options;
  const stopped = new AbortController();
  const readOnce = once((reading) => read(reading, stopped.signal, options.logger));
  const complete = async (fact: ResultFact, readings: readonly Reading[]): Promise<ResultFact> => {
    const added = await Promise.all(readings.map(readOnce));
    return { ...fact, observations: [...fact.observations, ...added] };
  };
  return {
    interpret: (fact) => {
      if (fact.type !== "job.result") return fact;
      const spec = specOf(fact.jobId);
      const readings = spec === undefined ? [] : readingsOf(fact.observations, interpreters, spec);
      return readings.length === 0 ? fact : complete(fact, readings);
    },
    reread: async (observations, spec) => {
      const ofPatterns = interpreters.filter(({ takes }) => takes === "pattern");
      const readings = readingsOf(broughtOf(observations), ofPatterns, spec);
      if (readings.length === 0) return undefined;
      const meanings = await Promise.all(
        readings.map((one) => read(one, stopped.signal, options.logger)),
      );
      const failed = meanings.find(({ kind }) => kind === "failure");
      return failed?.kind === "failure" ? { meanings, problem: failed.reason } : { meanings };
    },
    stop: async () => {
      stopped.abort("the daemon stops");
      await Promise.all(interpreters.map((one) => one.stop?.()));
    },
  };
}

/** Each interpreter reads the first raw observation of each sample whose meaning the result does not bring. */
function readingsOf(
  observations: readonly Observation[],
  interpreters: readonly Interpreter[],
  spec: CampaignSpec,
): Reading[] {
  return interpreters.flatMap((interpreter) => {
    const known = observations.filter(({ kind }) => kind === interpreter.gives);
    const samples = new Set(known.map(({ sampleId }) => sampleId));
    // What a result says of no sample in particular, it says of all.
    if (samples.has(undefined)) return [];
    return observations.flatMap((raw): Reading[] => {
      if (raw.kind !== interpreter.takes || samples.has(raw.sampleId)) return [];
      const settings = interpreter.settings(spec, raw);
      if (settings === undefined) return [];
      samples.add(raw.sampleId);
      return [{ interpreter, raw, settings }];
    });
  });
}

async function read(
  { interpreter, raw, settings }: Reading,
  stopped: AbortSignal,
  logger: Logger,
): Promise<Observation> {
  const { name, deadline_ms = DEADLINE_ms } = interpreter;
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(deadline_ms)]);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(whyEnded(stopped, deadline_ms))));
  });
  const sample = raw.sampleId === undefined ? {} : { sampleId: raw.sampleId };
  try {
    const call = { signal };
    const given = (async () => await interpreter.interpret(raw, settings, call))();
    return checked({ ...sample, ...(await Promise.race([given, late])) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.error({ interpreter: name, reason }, "observation.notInterpreted");
    return {
      kind: "failure",
      ...sample,
      reason: `The ${raw.kind} ${NOT_INTERPRETED} ${reason}`,
    };
  }
}

function whyEnded(stopped: AbortSignal, deadline_ms: number): string {
  return stopped.aborted ? String(stopped.reason) : `it took longer than ${deadline_ms / 1000} s`;
}

/** As the contract has it, its fields in the contract's order: the log looks as if the instrument had said it. */
function checked(given: Observation): Observation {
  const about = { jobId: "interpreted", attempt: 1, simulated: false };
  const result = MESSAGES.jobResult.data.safeParse({ ...about, observations: [given] });
  const issue = result.error?.issues[0];
  if (issue !== undefined) throw new Error(`${issue.path.slice(2).join(".")}: ${issueText(issue)}`);
  const problem = result.data === undefined ? undefined : findResultProblem(result.data);
  if (problem !== undefined) throw new Error(problem);
  return result.data?.observations[0] ?? given;
}

/** Gives the answer to what was asked lately, or is being asked, again; a failure is forgotten. */
function once(ask: (reading: Reading) => Promise<Observation>) {
  const remembered = new Map<string, Promise<Observation>>();
  return (reading: Reading): Promise<Observation> => {
    const { interpreter, raw, settings } = reading;
    const key = JSON.stringify([interpreter.name, raw, settings]);
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const answer = ask(reading);
    remembered.set(key, answer);
    void answer.then(({ kind }) => kind === "failure" && remembered.delete(key));
    const oldest = remembered.keys().next().value;
    if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
    return answer;
  };
}
