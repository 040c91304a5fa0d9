import type { CampaignModel } from "./campaign-model.ts";

/** From this many results a poor leave-one-out fit is worth telling. */
const RESULTS_min = 12;
/** More rows than this make the check too slow for every proposal. */
const RESULTS_max = 600;

/** Sentences for the scientist: results that could not be learnt, models that do not explain their data. */
export function findWarnings(model: CampaignModel): string[] {
  const warnings = model.rows.flatMap((row) => row.problem ?? []).slice(0, 5);
  const failed = model.rows.filter((row) => row.failed).length;
  if (failed > 0 && failed === model.rows.length)
    warnings.push(`All ${failed} experiments failed: points are spread until one succeeds.`);
  for (const { name, surrogate } of model.quantities) {
    const { gp } = surrogate;
    if (gp === undefined || gp.factored < RESULTS_min || gp.factored > RESULTS_max) continue;
    if (gp.y.every((y) => Math.abs(y) < 1e-9)) {
      warnings.push(`Every result of ${name} is the same: there is nothing to learn from yet.`);
      continue;
    }
    const { r2, calibration } = surrogate.fit();
    if (r2 < 0.1)
      warnings.push(
        `The model of ${name} predicts its own results no better than their mean (leave-one-out R2 ` +
          `${r2.toFixed(2)}): proposals are close to a random search.`,
      );
    else if (calibration > 4)
      warnings.push(
        `Results of ${name} lie further from their predictions than the model expects (mean squared z-score ${calibration.toFixed(1)}).`,
      );
  }
  return warnings;
}
