import { createPrng } from "../../core/prng.ts";
import type { CampaignSpec } from "../../domain/campaign.ts";
import type { FitView, OptimiseView, PromisingCandidate } from "../../domain/planner-view.ts";
import { logExpectedImprovement } from "../../models/optimise/acquisition/improvement.ts";
import type { CampaignModel, Quantity } from "./campaign-model.ts";
import { convergenceOf } from "./convergence.ts";
import { importancesOf } from "./importances.ts";
import { findIncumbent } from "./incumbent.ts";
import { describeBest, describeFront } from "./model-record.ts";
import type { ResolvedSettings } from "./resolve-settings.ts";
import { slicesOf } from "./slices.ts";

/** Rows of the candidate table that the page gets: the best by score. */
const TABLE_ROWS = 200;

/**
 * What the page draws of an optimisation: the best value after each result, slices through the best point with their
 * uncertainty, importances of the axes, the leave-one-out fit, the Pareto front, and the most promising candidates.
 * All values in the user's units.
 */
export function createOptimiseView(
  model: CampaignModel,
  settings: ResolvedSettings,
  spec: CampaignSpec,
): OptimiseView {
  return {
    kind: "optimise",
    title: spec.title,
    acquisition: settings.score.name,
    observations: model.rows.length,
    best: describeBest(model),
    convergence: convergenceOf(model, settings),
    quantities: model.quantities.map((quantity) => ({
      name: quantity.name,
      role: quantity.role,
      fit: describeFit(quantity),
      importances: importancesOf(model, quantity, createPrng(`${spec.seed}/importances`)),
      slices: slicesOf(model, quantity),
    })),
    pareto: describeFront(model, settings),
    candidates: candidateTable(model),
  };
}

/** Leave-one-out residuals beside the measured values: what the model would have said of each. */
function describeFit({ surrogate, sign }: Quantity): FitView | undefined {
  const { gp } = surrogate;
  if (gp === undefined) return undefined;
  const { residuals, zScores, r2, calibration } = surrogate.fit();
  const toUser = (y: number): number => sign * gp.output.toUser(y);
  return {
    r2: Number.isFinite(r2) ? r2 : undefined,
    calibration: Number.isFinite(calibration) ? calibration : undefined,
    measured: Array.from(residuals, (_, i) => toUser(gp.y[i] ?? 0)),
    predicted: Array.from(residuals, (r, i) => toUser((gp.y[i] ?? 0) + r)),
    zScores: Array.from(zScores),
  };
}

/** The candidates of largest expected improvement (of the first objective), with every prediction. */
function candidateTable(model: CampaignModel): PromisingCandidate[] {
  const first = model.quantities[0];
  const main = first && model.posterior(first);
  if (first === undefined || main === undefined) return [];
  const incumbent = findIncumbent(model, first);
  const gains = logExpectedImprovement({ means: [main.mean], variance: main.variance }, [
    incumbent,
  ]);
  const { output } = main.gp;
  const gainOf = (log: number): number =>
    output.toUser(incumbent + Math.exp(log)) - output.toUser(incumbent);
  const measured = new Set(model.rows.map((row) => row.result.candidateId));
  const order = [...gains.keys()]
    .filter((n) => model.pool.allowed[n] === 1)
    .sort((a, b) => (gains[b] ?? 0) - (gains[a] ?? 0))
    .slice(0, TABLE_ROWS);
  const feasible = model.logFeasibility(["constraint", "target"]);
  return order.map((n) => ({
    candidateId: model.pool.candidates[n]?.candidateId ?? "",
    parameters: model.pool.candidates[n]?.parameters ?? {},
    isMeasured: measured.has(model.pool.candidates[n]?.candidateId ?? ""),
    expectedGain: gainOf(gains[n] ?? 0),
    feasibility: Math.exp(feasible.reduce((sum, logs) => sum + (logs[n] ?? 0), 0)),
    predictions: Object.fromEntries(
      model.quantities.flatMap((quantity) => {
        const belief = model.posterior(quantity);
        if (belief === undefined) return [];
        const { output } = belief.gp;
        const mean = belief.mean[n] ?? 0;
        const sd = output.deviation(mean, Math.sqrt(belief.variance[n] ?? 0));
        return [[quantity.name, { value: quantity.sign * output.toUser(mean), sd }]];
      }),
    ),
  }));
}
