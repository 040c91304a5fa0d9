import { campaignSpec } from "../../config/campaign-spec.ts";
import {
  configurationError,
  type PartlySound,
  type SoundCampaign,
} from "../../config/load-configuration.ts";
import type { ConfigurationProblem } from "../../config/yaml-problems.ts";
import { LabError } from "../core/errors.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { findSpecProblems } from "../models/effective-model/estimate/spec-problems.ts";
import { createPlanner } from "../planning/create-planner.ts";
import { findReferenceProblems } from "./check-references.ts";

interface ModelProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** Every problem of the campaigns' spin models: bonds, couplings, curves; to be reported with those of the schema. */
export function findModelProblems(campaigns: readonly SoundCampaign[]): ModelProblem[] {
  return campaigns.flatMap(({ campaign: { goal, model }, index }) => {
    if (goal !== "effective-model") return [];
    return findSpecProblems(model.spec).map(({ path, text }) => ({
      path: ["campaigns", index, "model", "spec", ...path],
      text,
    }));
  });
}

/**
 * Lets the planner of every campaign check its model, as it will at the start: an unknown target, a space that does not
 * fit; and reads the references of patterns. Errors: TL-1010 with every problem and its line.
 */
export function refuseBadModels(
  { file }: { readonly file: string },
  campaigns: readonly { readonly spec: CampaignSpec }[],
): void {
  const found = campaigns.flatMap(({ spec }, index) => plannerProblems(index, () => spec));
  if (found.length > 0) throw configurationError({ file }, found);
}

/** What the tables and planners say of the campaigns that are sound in a configuration with problems. */
export function findFurtherProblems({ file, folder, sound }: PartlySound): ConfigurationProblem[] {
  const found = sound.flatMap(({ campaign, index }) =>
    plannerProblems(index, () => campaignSpec(campaign, folder, "")),
  );
  if (found.length === 0) return [];
  return configurationError({ file }, found).context["problems"] as ConfigurationProblem[];
}

function plannerProblems(index: number, spec: () => CampaignSpec): ModelProblem[] {
  try {
    const made = spec();
    createPlanner(made);
    return findReferenceProblems(made).map(({ path, text }) => ({
      path: ["campaigns", index, "model", "patterns", ...path],
      text,
    }));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return [{ path: ["campaigns", index, "model"], text: error.toLine() }];
  }
}
