import { basename } from "node:path";
import type { Identification } from "../../models/diffraction/identify-phases.ts";
import { drawChart, type Series } from "../../views/pictures/chart.ts";
import { LIGHT } from "../../views/pictures/theme.ts";

const COLOURS = ["#0b5cad", "#b3261e", "#2e7d32", "#7b3fa0", "#a15c00", "#00707a"];
const RESIDUAL_DROP = 0.12;

/** The pattern, the best set's sum and its phases one by one, and the residual below. */
export function drawIdentification(file: string, found: Identification): string {
  const { pattern, sets } = found;
  const x = Array.from({ length: pattern.n }, (_, k) => pattern.start_deg + k * pattern.step_deg);
  const best = sets[0]!;
  const model = best.fit.model;
  const series: Series[] = [
    line("measured, background removed", "#555c66", x, pattern.net),
    line("sum of phases", "#16191d", x, model),
    ...best.curves.map(({ name, curve }, k) => line(name, COLOURS[k % COLOURS.length]!, x, curve)),
    line(
      "measured - sum",
      "#9aa1ab",
      x,
      pattern.net.map((v, k) => v - model[k]! - RESIDUAL_DROP),
    ),
  ];
  const names = best.phases.length === 0 ? "no phase" : best.phases.join(" + ");
  const doubt = found.unfamiliar ? ", and something unfamiliar" : "";
  const heading = `${basename(file)}: ${names} (${best.probability.toFixed(2)})${doubt}`;
  return drawChart(series, {
    title: heading,
    heading,
    description: "A diffraction pattern with the phases that explain it",
    xName: "twoTheta_deg",
    yName: "share of the largest line",
    width: 1100,
    height: 460,
    theme: LIGHT,
  });
}

function line(name: string, colour: string, x: readonly number[], y: Float64Array): Series {
  return { name, colour, x, y: Array.from(y), kind: "line" };
}
