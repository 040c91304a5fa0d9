import type { Worker } from "node:worker_threads";
import type { PhasesObservation } from "../../src/domain/observation.ts";
import { startThread } from "../system/start-thread.ts";
import type { Interpreter } from "./interpreter.ts";
import type { PatternRequest, PatternRules } from "./name-phases.ts";
import { createThreadCalls } from "./thread-calls.ts";

/** For one pattern, references of the campaign read and made into cards the first time. */
const DEADLINE_ms = 60_000;

/**
 * Diffraction patterns become sets of phases for the campaigns that name references, in a thread of its own: a search of
 * some tens of milliseconds never delays a message.
 */
export function createPatternInterpreter(
  startWorker: () => Worker = () => startThread(import.meta.url, "pattern-thread"),
): Interpreter<"pattern", PatternRules> {
  const about = { who: "the identification of phases", deadline_ms: DEADLINE_ms };
  const { ask, stop } = createThreadCalls<PatternRequest>(startWorker, about);
  return {
    name: "pattern",
    takes: "pattern",
    gives: "phases",
    settings: (spec) => (spec.goal === "phase-diagram" ? spec.model.patterns : undefined),
    interpret: async (pattern, rules) => (await ask({ pattern, rules })) as PhasesObservation,
    stop,
  };
}
