import { basename } from "node:path";
import type { PlannerView } from "../../domain/planner-view.ts";
import type { CampaignResult } from "../../domain/proposal.ts";
import type { EvaluationRun } from "../../evaluation/phase-diagram-evaluation.ts";
import type { PhaseDiagramTruth } from "../../evaluation/phase-diagram-truth.ts";
import type { Planner } from "../../planning/planner.ts";
import { drawLearningCurve } from "../../views/pictures/learning-curve.ts";
import { LIGHT } from "../../views/pictures/theme.ts";
import type { CommandIo } from "../command.ts";
import { checkMapOutputs, type MapOutputs, writeMapOutputs } from "./plot-phase-diagram.ts";

interface Evaluated {
  readonly truth: PhaseDiagramTruth;
  readonly runs: readonly EvaluationRun[];
  readonly settings: { readonly method: string; readonly score: string; readonly batch: number };
}

/** Keeps the first run's map for `--plot` and `--map`, and writes them at the end; both do nothing where neither was asked for. */
export function collectFirstRun(
  outputs: MapOutputs,
  axes: readonly string[],
): {
  collect(planner: Planner, results: readonly CampaignResult[]): void;
  write(evaluated: Evaluated, io: CommandIo): Promise<void>;
} {
  checkMapOutputs(outputs, axes);
  let first: { view: PlannerView; results: readonly CampaignResult[] } | undefined;
  const isWanted = outputs.plot !== undefined || outputs.map !== undefined;
  return {
    collect: (planner, results) => {
      if (isWanted) first = { view: planner.view({ probabilities: true }), results };
    },
    write: async ({ truth, runs, settings }, io) => {
      if (first === undefined) return;
      const f1 = runs[0]?.macroF1.at(-1) ?? 0;
      const subtitle =
        `${first.results.length} of ${truth.rows.length} points measured, macro-F1 ${f1.toFixed(3)}; ` +
        `${settings.method}, ${settings.score}, ${settings.batch} at once, seed 1`;
      const map = {
        title: basename(truth.file).replace(/\.csv$/i, ""),
        subtitle,
        rows: truth.rows.map((row) => row.parameters),
        ...first,
        truth: truth.rows.map((row) => row.label),
        below: drawCurves(runs),
      };
      await writeMapOutputs(outputs, map, io);
    },
  };
}

function drawCurves(runs: readonly EvaluationRun[]): string[] {
  const options = { xName: "experiments", theme: LIGHT, width: 560, height: 260 };
  const named = runs.map((run) => ({ name: `seed ${run.seed}`, x: run.samples }));
  return [
    drawLearningCurve(
      named.map((run, k) => ({ ...run, y: runs[k]?.macroF1 ?? [] })),
      { ...options, title: "How good the map is", yName: "macro-F1", yMin: 0, yMax: 1 },
    ),
    drawLearningCurve(
      named.map((run, k) => ({ ...run, y: runs[k]?.phasesFound ?? [] })),
      { ...options, title: "Labels found", yName: "labels", yMin: 0 },
    ),
  ];
}
