import { structureModelOf } from "../../domain/goal-settings.ts";
import { type DataReference, phaseSetLabel } from "../../domain/observation.ts";
import type { ExportDocument } from "../../views/export-document.ts";
import { describeParameters } from "../../views/observation-summary.ts";
import type { NamedLook } from "../../views/report-pictures.ts";

/** Simulations that a report looks at: the last of each label, at most so many. */
const LOOKS_max = 4;

interface Simulation {
  readonly title: string;
  readonly label: string;
  readonly frames: DataReference;
}

/**
 * The atoms of some simulations in the structure model's space, and their classes over the run: the last simulation of each label.
 * One whose frames are gone is left out and said; without a structure model there is nothing to look through.
 */
export async function structureLooks(
  document: ExportDocument,
  warn: (text: string) => void,
  onProgress: (done: number, total: number) => void,
): Promise<NamedLook[]> {
  const model = structureModelOf(document.campaign)?.structureModel;
  if (model === undefined) return [];
  const { createTrajectoryClassifier } = await import(
    "../../../adapters/interpreters/trajectory-classifier.ts"
  );
  const inspector = createTrajectoryClassifier();
  const simulations = chooseSimulations(document);
  const looks: NamedLook[] = [];
  try {
    for (const [k, { title, frames }] of simulations.entries()) {
      onProgress(k, simulations.length);
      const look = await inspector.inspect({ model, frames }).catch((cause: unknown) => {
        warn(`${title} cannot be drawn: ${cause instanceof Error ? cause.message : String(cause)}`);
      });
      if (look !== undefined) looks.push({ title, look });
    }
  } finally {
    await inspector.stop();
  }
  return looks;
}

function chooseSimulations({ observations }: ExportDocument): Simulation[] {
  const last = new Map<string, Simulation>();
  for (const { parameters, result, withdrawn } of observations) {
    const trajectory = result.find((item) => item.kind === "trajectory");
    const phases = result.find((item) => item.kind === "phases");
    if (withdrawn || trajectory?.kind !== "trajectory" || phases?.kind !== "phases") continue;
    const label = phaseSetLabel(phases.phases);
    const title = `${label} at ${describeParameters(parameters)}`;
    last.set(label, { title, label, frames: trajectory.frames });
  }
  return [...last.values()].slice(0, LOOKS_max);
}
