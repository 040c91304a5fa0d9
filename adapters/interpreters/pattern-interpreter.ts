import type { Worker } from "node:worker_threads";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { PhasesObservation } from "../../src/domain/observation.ts";
import { patternsOf } from "../../src/domain/reread.ts";
import type { PatternLook } from "../../src/views/pattern-look.ts";
import { startThread } from "../system/start-thread.ts";
import type { Interpreter } from "./interpreter.ts";
import type { PatternRequest, PatternRules } from "./name-phases.ts";
import type { PatternQuestion } from "./pattern-thread.ts";
import { createThreadCalls } from "./thread-calls.ts";

/** For one pattern, references of the campaign read and made into cards the first time. */
const DEADLINE_ms = 60_000;
const ABOUT = { who: "the identification of phases", deadline_ms: DEADLINE_ms };

/**
 * Diffraction patterns become sets of phases for the campaigns that name references, in a thread of its own: a search of
 * some tens of milliseconds never delays a message.
 */
export function createPatternInterpreter(
  startWorker: () => Worker = () => startThread(import.meta.url, "pattern-thread"),
): Interpreter<"pattern", PatternRules> {
  const { ask, stop } = createThreadCalls<PatternQuestion>(startWorker, ABOUT);
  return {
    name: "pattern",
    takes: "pattern",
    gives: "phases",
    settings: patternRules,
    interpret: async (pattern, rules) =>
      (await ask({ kind: "name", pattern, rules })) as PhasesObservation,
    stop,
  };
}

/** How a campaign's patterns are read; `undefined` where it names no references. */
export function patternRules(spec: CampaignSpec): PatternRules | undefined {
  const rules = patternsOf(spec);
  return rules && { ...rules, phases_max: rules.phases_max ?? phasesAllowed(spec) };
}

/** A search beyond this costs more than it finds. */
const PHASES_MAX = 4;

/** Gibbs' rule at fixed temperature and pressure: no more phases in equilibrium than components, where the campaign names them. */
function phasesAllowed({ space }: CampaignSpec): number {
  const components = "components" in space ? (space.components?.length ?? 0) : 0;
  return components < 2 ? PHASES_MAX : Math.min(PHASES_MAX, components);
}

/** Looks at patterns for the page, in a thread beside the interpreter's: nobody's curiosity delays a result. */
export interface PatternInspector {
  /** Rejects with what went wrong, in words for people. */
  inspect(request: PatternRequest): Promise<PatternLook>;
  stop(): Promise<void>;
}

export function createPatternInspector(
  startWorker: () => Worker = () => startThread(import.meta.url, "pattern-thread"),
): PatternInspector {
  const { ask, stop } = createThreadCalls<PatternQuestion>(startWorker, ABOUT);
  return {
    inspect: async (request) => (await ask({ kind: "look", ...request })) as PatternLook,
    stop,
  };
}
