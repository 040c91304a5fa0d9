import { basename } from "node:path";
import type { OptimiseSettings } from "../../domain/goal-settings.ts";
import type { PlannerView } from "../../domain/planner-view.ts";
import type { CampaignResult, ProposedPoint } from "../../domain/proposal.ts";
import type { KnownTable, PlayedRun } from "../../evaluation/play-optimise.ts";
import type { Planner } from "../../planning/planner.ts";
import { drawOptimiseFigure } from "../../views/optimise-figure.ts";
import type { Panel } from "../../views/pictures/figure.ts";
import { drawLearningCurve } from "../../views/pictures/learning-curve.ts";
import { LIGHT } from "../../views/pictures/theme.ts";
import type { CommandIo } from "../command.ts";
import { asObservation } from "./plot-phase-diagram.ts";
import { pictureKind, writePicture } from "./write-picture.ts";

/** Draws what `suggest --goal optimise --plot` asks for. */
export async function plotSuggestion(
  file: string,
  about: {
    readonly title: string;
    readonly subtitle: string;
    readonly view: PlannerView;
    readonly results: readonly CampaignResult[];
    readonly next: readonly ProposedPoint[];
  },
  io: CommandIo,
): Promise<void> {
  const { view } = about;
  if (view.kind !== "optimise") return;
  const observations = about.results.map(asObservation);
  await writePicture(file, drawOptimiseFigure({ ...about, view, observations, theme: LIGHT }));
  io.err(`written: ${file}\n`);
}

interface Played {
  readonly table: string;
  readonly runs: readonly PlayedRun[];
  readonly known: KnownTable;
  readonly model: OptimiseSettings;
  /** Larger is better: the front of all candidates, by objective. */
  readonly trueFront: readonly Readonly<Record<string, number>>[];
  readonly acquisition: string;
}

/** Keeps the first run's models for `evaluate optimise --plot`, and draws them with the regret of all runs at the end. */
export function collectFirstPlay(file: string | undefined): {
  collect(planner: Planner, results: readonly CampaignResult[]): void;
  write(played: Played, io: CommandIo): Promise<void>;
} {
  if (file !== undefined) pictureKind("--plot", file);
  let first: { view: PlannerView; results: readonly CampaignResult[] } | undefined;
  return {
    collect: (planner, results) => {
      if (file !== undefined) first = { view: planner.view(), results };
    },
    write: async (played, io) => {
      const view = first?.view;
      if (file === undefined || first === undefined || view?.kind !== "optimise") return;
      const { runs, known, trueFront, acquisition } = played;
      const svg = drawOptimiseFigure({
        title: basename(played.table).replace(/\.csv$/i, ""),
        subtitle:
          `${first.results.length} of ${known.candidates} candidates measured in each of ` +
          `${runs.length} runs, ${acquisition}; models of seed ${runs[0]?.seed}.`,
        view,
        observations: first.results.map(asObservation),
        trueFront,
        first: [regretPanel(played)],
        // The hypervolume of the runs has the table's reference point, that of the model its own.
        leaveOut: view.quantities.length > 1 ? ["convergence"] : [],
        theme: LIGHT,
      });
      await writePicture(file, svg);
      io.err(`written: ${file}\n`);
    },
  };
}

function regretPanel({ runs, model }: Played): Panel {
  const isSingle = model.objectives.length === 1;
  const named = runs.map((run) => ({
    name: `seed ${run.seed}`,
    x: run.evaluations,
    y: isSingle ? run.simpleRegret : run.hypervolume,
  }));
  const hasPositive = named.some(({ y }) => y.some((value) => (value ?? 0) > 0));
  const heading = isSingle ? "Simple regret of every run" : "Hypervolume of every run";
  const svg = drawLearningCurve(named, {
    title: heading,
    xName: "experiments",
    yName: isSingle ? "regret" : "hypervolume",
    theme: LIGHT,
    width: 400,
    height: 280,
    logY: isSingle && hasPositive,
  });
  return { svg };
}
