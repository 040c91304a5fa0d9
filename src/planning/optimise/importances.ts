import type { Prng } from "../../core/prng.ts";
import type { AxisImportance } from "../../domain/planner-view.ts";
import { permutationImportances } from "../../models/optimise/permutation-importance.ts";
import type { CampaignModel, Quantity } from "./campaign-model.ts";

/**
 * How much each axis matters to a quantity, two ways: `ard`, the share of its inverse width (how fast the model lets the
 * quantity vary along it), and `permutation`, by how much the predictions of the results worsen when the axis' values are
 * shuffled among them (in standard deviations of the quantity; mean and deviation over repeats).
 */
export function importancesOf(
  model: CampaignModel,
  quantity: Quantity,
  prng: Prng,
): AxisImportance[] {
  const { gp } = quantity.surrogate;
  if (gp === undefined) return [];
  const inverse = Array.from(gp.theta.widths, (w) => 1 / w);
  const total = inverse.reduce((sum, v) => sum + v, 0);
  const permuted = permutationImportances(gp, prng);
  return model.pool.encoding.inputs.map((input, g) => ({
    name: input.name,
    ard: (inverse[g] ?? 0) / (total || 1),
    permutation: permuted[g]?.mean ?? 0,
    permutationSd: permuted[g]?.sd ?? 0,
  }));
}
