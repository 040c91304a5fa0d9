import type { Worker } from "node:worker_threads";
import type { PhasesObservation } from "../../src/domain/observation.ts";
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
    settings: (spec) => (spec.goal === "phase-diagram" ? spec.model.patterns : undefined),
    interpret: async (pattern, rules) =>
      (await ask({ kind: "name", pattern, rules })) as PhasesObservation,
    stop,
  };
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
