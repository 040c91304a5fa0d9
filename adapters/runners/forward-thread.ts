import { parentPort } from "node:worker_threads";
import type { Parameters } from "../../src/domain/candidate.ts";
import type { Observation } from "../../src/domain/observation.ts";
import {
  createForwardCalculator,
  type ForwardCalculator,
  readRequestText,
} from "../../src/planning/effective-model/forward-calculation.ts";

/** One calculation that the thread is asked for, and its answer. */
export interface ForwardCall {
  readonly call: number;
  readonly parameters: Parameters;
}
export type ForwardReply =
  | { readonly call: number; readonly observations: readonly Observation[] }
  | { readonly call: number; readonly error: string };

/** The cluster that was prepared last: the jobs of one campaign share it. */
let prepared: { readonly text: string; readonly calculator: ForwardCalculator } | undefined;

function calculate(parameters: Parameters): readonly Observation[] {
  const text = readRequestText(parameters);
  if (prepared?.text !== text) prepared = { text, calculator: createForwardCalculator(text) };
  return prepared.calculator.calculate(parameters);
}

parentPort?.on("message", ({ call, parameters }: ForwardCall) => {
  try {
    const reply: ForwardReply = { call, observations: calculate(parameters) };
    parentPort?.postMessage(reply);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ call, error: what } satisfies ForwardReply);
  }
});
