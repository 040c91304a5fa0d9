import type { PhaseDiagramTruth } from "../../../src/evaluation/phase-diagram-truth.ts";
import { triangleRows, truthOf } from "./power-map.ts";

const PHASES = 12;
const TEMPERATURES = 21;

/** A ternary section on a 1 % grid, 5151 candidates, 12 fields. */
export function fineSection(): PhaseDiagramTruth {
  const rows = triangleRows(100);
  return truthOf(
    "fine-section",
    rows,
    rows.map(({ x, y }) => `P${nearestSite(x, y, 0)}`),
  );
}

/** The same at 21 temperatures, the fields moving slowly: 108 171 candidates. */
export function fineStack(): PhaseDiagramTruth {
  const grid = triangleRows(100);
  const rows = Array.from({ length: TEMPERATURES }, (_, t) =>
    grid.map(({ a, b, c, x, y }) => {
      const label = `P${nearestSite(x, y, t / TEMPERATURES)}`;
      return { parameters: { A: a, B: b, C: c, T: 600 + 20 * t }, label, phases: [label] };
    }),
  ).flat();
  return {
    file: "fine-stack",
    axes: ["A", "B", "C", "T"],
    components: ["A", "B", "C"],
    rows,
    hasCompositions: false,
  };
}

/** Sites on a spiral that turns with temperature. */
function nearestSite(x: number, y: number, turn: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < PHASES; k++) {
    const radius = 0.08 + 0.4 * (k / PHASES);
    const angle = 2.4 * k + turn;
    const d2 =
      (x - 0.5 - radius * Math.cos(angle)) ** 2 + (y - 0.29 - radius * Math.sin(angle)) ** 2;
    if (d2 < least) {
      least = d2;
      best = k;
    }
  }
  return best;
}
