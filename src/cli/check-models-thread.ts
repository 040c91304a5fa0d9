import { parentPort, workerData } from "node:worker_threads";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { LabError } from "../core/errors.ts";
import { findModelProblems, refuseBadModels } from "./check-models.ts";
import type { Verdict } from "./check-models-apart.ts";

/** Runs in a thread of its own: the planners' code and the models that they build leave the daemon with it. */
function judge({ file, seed }: { readonly file: string; readonly seed: string }): Verdict {
  try {
    const loaded = loadConfiguration(file, findModelProblems);
    refuseBadModels(loaded, campaignSpecs(loaded, seed));
    return {};
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { code, message, hint, exitCode } = error;
    return { refusal: { code, message, hint, exitCode, problems: error.context["problems"] } };
  }
}

parentPort?.postMessage(judge(workerData as { file: string; seed: string }));
