import { misuse } from "../../core/errors.ts";
import type { Acquisition } from "../../domain/acquisitions.ts";
import type { ObjectiveSetting, OptimiseSettings } from "../../domain/goal-settings.ts";
import type { KernelKind } from "../../models/optimise/kernel.ts";
import type { DesignKind } from "./initial-design.ts";

const SINGLE: readonly Acquisition[] = [
  "expected-improvement",
  "probability-of-improvement",
  "upper-confidence-bound",
  "thompson",
];
const SEVERAL: readonly Acquisition[] = [
  "expected-hypervolume",
  "hypervolume-probability",
  "thompson",
  "parego",
];
const SHORT_NAMES: Readonly<Record<string, Acquisition>> = {
  ei: "expected-improvement",
  pi: "probability-of-improvement",
  ucb: "upper-confidence-bound",
  ts: "thompson",
  ehvi: "expected-hypervolume",
  hvpi: "hypervolume-probability",
  ptr: "target-range",
};

/** The settings with every default decided. */
export interface ResolvedSettings {
  readonly raw: OptimiseSettings;
  /** Objectives to make small or large. */
  readonly objectives: readonly ObjectiveSetting[];
  /** Objectives with a wanted range. */
  readonly targets: readonly ObjectiveSetting[];
  readonly acquisition: Acquisition;
  readonly kernel: KernelKind;
  readonly initial: number | undefined;
  readonly design: DesignKind;
  readonly exploration: number;
}

/** Checks names and combinations; throws TL-6002 with the values that are possible. */
export function resolveSettings(raw: OptimiseSettings): ResolvedSettings {
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
  const possible =
    objectives.length === 0
      ? (["target-range"] as const)
      : objectives.length === 1
        ? SINGLE
        : SEVERAL;
  return {
    raw,
    objectives,
    targets,
    acquisition: pickAcquisition(raw.acquisition, possible),
    kernel: pickKernel(raw.kernel),
    initial: raw.initial,
    design: raw.initialDesign ?? "sobol",
    exploration: raw.exploration ?? 2,
  };
}

function pickAcquisition(name: string | undefined, possible: readonly Acquisition[]): Acquisition {
  const fallback = possible.at(0) ?? "expected-improvement";
  if (name === undefined) return fallback;
  const full = SHORT_NAMES[name] ?? name;
  const found = possible.find((known) => known === full);
  if (found === undefined)
    throw misuse(
      "TL-6002",
      `The acquisition ${name} does not fit these objectives`,
      `Possible here: ${possible.join(", ")}.`,
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
