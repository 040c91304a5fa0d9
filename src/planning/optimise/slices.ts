import type { SliceView } from "../../domain/planner-view.ts";
import { bestParameters } from "./best-rows.ts";
import type { CampaignModel, Quantity } from "./campaign-model.ts";
import { fromUnit, type Input } from "./input-encoding.ts";

const SLICE_POINTS = 41;

/** A slice along every axis through the best result; none before there is one. */
export function slicesOf(model: CampaignModel, quantity: Quantity): SliceView[] {
  const { gp } = quantity.surrogate;
  const through = bestParameters(model).at(0);
  if (gp === undefined || through === undefined) return [];
  const { encoding } = model.pool;
  return encoding.inputs.flatMap((input) => {
    const values = valuesAlong(input);
    const encoded = values.map((value) => encoding.encode({ ...through, [input.name]: value }));
    if (!encoded.every((x) => x !== undefined)) return [];
    const columns = encoding.groups.length;
    const flat = new Float64Array(columns * values.length);
    encoded.forEach((x, n) => {
      for (let c = 0; c < columns; c++) flat[c * values.length + n] = x[c] ?? 0;
    });
    const belief = gp.over({ count: values.length, columns, values: flat });
    return [
      {
        axis: input.name,
        through,
        x: values,
        mean: Array.from(belief.mean, (m) => quantity.sign * gp.output.toUser(m)),
        sd: Array.from(belief.variance, (v, n) =>
          gp.output.deviation(belief.mean[n] ?? 0, Math.sqrt(v)),
        ),
      },
    ];
  });
}

function valuesAlong(input: Input): (number | string)[] {
  if (input.kind === "categorical") return [...input.values];
  return Array.from({ length: SLICE_POINTS }, (_, k) => fromUnit(input, k / (SLICE_POINTS - 1)));
}
