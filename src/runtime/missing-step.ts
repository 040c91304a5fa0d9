import type { JobContext } from "../../machines/index.ts";
import type { Lab } from "./lab.ts";

/**
 * Of a job that would make a sample: the first later step that no instrument offers, while instruments may still come. A
 * sample that nobody can measure is not made; after a minute the slip is a correction that the whole campaign waits for.
 */
export function missingStep(lab: Lab, { experimentId, step }: JobContext): string | undefined {
  if (lab.behaviour < 10 || lab.isSettled || step > 0) return undefined;
  const { recipe } = lab.machines.experiment.get(experimentId)?.context ?? {};
  // What people do, no instrument offers.
  return recipe?.steps
    .slice(1)
    .find(({ by, capability }) => by !== "person" && !isOffered(lab, capability))?.capability;
}

function isOffered(lab: Lab, capability: string): boolean {
  for (const { context } of lab.machines.instrument.values())
    if (context.capabilities.some(({ name }) => name === capability)) return true;
  return false;
}
