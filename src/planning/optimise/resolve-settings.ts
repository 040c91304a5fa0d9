import { misuse } from "../../core/errors.ts";
import type { OptimiseSettings } from "../../domain/goal-settings.ts";
import type { KernelKind } from "../../models/optimise/kernel.ts";
import type { LearningSettings } from "./learning-settings.ts";
import { OPTIMISE_SCORES } from "./scores/index.ts";
import type { Score, ScoreCase } from "./scores/score.ts";

/** The settings with every default decided. */
export interface ResolvedSettings extends LearningSettings {
  readonly score: Score;
}

/** Checks names and combinations; throws TL-6002 with the values that are possible. */
export function resolveSettings(
  raw: OptimiseSettings,
  scores: readonly Score[] = OPTIMISE_SCORES,
): ResolvedSettings {
  if (raw.objectives.length === 0) throw misuse("TL-6002", "There is no objective");
  const names = [...raw.objectives, ...(raw.constraints ?? [])].map((o) => o.name);
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined)
    throw misuse("TL-6002", `${twice} is named twice`, "Name each quantity once.");
  const targets = raw.objectives.filter((o) => o.direction === "target");
  for (const { name, range } of targets) {
    if (range === undefined || !(range.min <= range.max))
      throw misuse("TL-6002", `Objective ${name} needs a target range with min <= max`);
  }
  const objectives = raw.objectives.filter((o) => o.direction !== "target");
  const scoreCase =
    objectives.length === 0 ? "targets" : objectives.length === 1 ? "one" : "several";
  return {
    raw,
    objectives,
    targets,
    score: pickScore(raw.acquisition, scoreCase, scores),
    kernel: pickKernel(raw.kernel),
    initial: raw.initial,
    design: raw.initialDesign ?? "sobol",
    exploration: raw.exploration ?? 2,
  };
}

function pickScore(
  name: string | undefined,
  scoreCase: ScoreCase,
  scores: readonly Score[],
): Score {
  const possible = scores.filter(({ fits }) => fits.includes(scoreCase));
  const found =
    name === undefined
      ? possible[0]
      : possible.find((score) => score.name === name || score.short === name);
  if (found === undefined)
    throw misuse(
      "TL-6002",
      `The acquisition ${name} does not fit these objectives`,
      `Possible here: ${possible.map((score) => score.name).join(", ")}.`,
    );
  return found;
}

function pickKernel(name: string | undefined): KernelKind {
  if (name === undefined || name === "matern-5/2" || name === "matern") return "matern-5/2";
  if (name === "squared-exponential" || name === "gaussian" || name === "rbf")
    return "squared-exponential";
  throw misuse(
    "TL-6002",
    `The kernel ${name} is unknown`,
    "Possible: matern-5/2, squared-exponential.",
  );
}
