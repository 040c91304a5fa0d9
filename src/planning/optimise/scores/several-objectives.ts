import { brief } from "../scorer.ts";
import type { SeveralObjectives } from "./score.ts";

/** Front and reference in each model's standardised units. */
export function standardise(situation: SeveralObjectives): SeveralObjectives {
  const convert = (point: readonly number[]): number[] =>
    situation.objectives.map(({ posterior: { gp } }, j) => gp.output.toStandard(point[j] ?? 0));
  return {
    objectives: situation.objectives,
    front: situation.front.map(convert),
    reference: convert(situation.reference),
  };
}

/** `predicted y 3 ± 1, z 5 ± 2`. */
export function describePrediction({ objectives }: SeveralObjectives, row: number): string {
  const parts = objectives.map(({ name, sign, posterior }) => {
    const { output } = posterior.gp;
    const standard = posterior.mean[row] ?? 0;
    const mean = sign * output.toUser(standard);
    const sd = output.deviation(standard, Math.sqrt(posterior.variance[row] ?? 0));
    return `${name} ${brief(mean)} ± ${brief(sd)}`;
  });
  return `predicted ${parts.join(", ")}`;
}
