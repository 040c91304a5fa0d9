import type { MapView, OptimiseView } from "../../src/domain/planner-view.ts";

/** A map's view with the fields given; the others as of a map that nobody has measured. */
export function mapViewOf(fields: Partial<MapView>): MapView {
  const { label = [] } = fields;
  return {
    kind: "phase-diagram",
    ...{ axes: [], components: [], candidates: label.length, labels: [], label },
    certainty: label.map(() => 1),
    reached: label.map((k) => k >= 0),
    ...{ measured: [], tieLines: [], triangles: [], derived: {}, status: {} },
    ...fields,
  };
}

/** An optimisation's view with the fields given. */
export function optimiseViewOf(fields: Partial<OptimiseView>): OptimiseView {
  return {
    kind: "optimise",
    ...{ title: "", acquisition: "expected-improvement", observations: 0, best: {}, pareto: {} },
    convergence: { quantity: "", evaluations: [], values: [] },
    ...{ quantities: [], candidates: [] },
    ...fields,
  };
}
