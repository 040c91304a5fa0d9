import { once } from "node:events";
import { startThread } from "../../adapters/system/start-thread.ts";
import { type ErrorCode, LabError } from "../core/errors.ts";

/** What the thread found: nothing, or the error that it would throw. */
export interface Verdict {
  readonly refusal?: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly hint: string;
    readonly exitCode: 1 | 2;
    readonly problems: unknown;
  };
}

/**
 * Lets the planners check a configuration as {@link refuseBadModels} does, in a thread that ends with its answer: a daemon that
 * keeps its planners in a thread of their own would carry their code twice.
 * Errors: those of loading a configuration and of the planners.
 */
export async function refuseBadModelsApart(file: string, seed: string): Promise<void> {
  const worker = startThread(import.meta.url, "check-models-thread", { file, seed });
  const [verdict] = (await once(worker, "message")) as [Verdict];
  await worker.terminate();
  const { refusal } = verdict;
  if (refusal === undefined) return;
  const { code, message, hint, exitCode, problems } = refusal;
  throw new LabError(code, message, { hint, exitCode, context: { problems } });
}
