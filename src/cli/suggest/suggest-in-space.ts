import { basename } from "node:path";
import { loadSpace } from "../../../config/load-space.ts";
import { misuse } from "../../core/errors.ts";
import type { Proposal } from "../../domain/proposal.ts";
import { paperCampaign } from "../../evaluation/paper-campaign.ts";
import { createOptimisePlanner } from "../../planning/optimise/optimise-planner.ts";
import { type CommandIo, printJson } from "../command.ts";
import { checkRoles } from "../optimise-options.ts";
import { distinctNames, wholeNumber } from "../option-values.ts";
import { pictureKind } from "../output/write-picture.ts";
import { printSetPoints, writeSetPoints } from "../output/write-set-points.ts";
import { measuredNames, progressInWords, settingsFrom } from "./optimise-settings.ts";
import { readSpaceResults, type SpaceResults } from "./space-results.ts";
import type { SuggestOptions } from "./suggest-options.ts";
import { rolesOf, tellTable } from "./table-report.ts";

/** Options that speak of a table of candidates. */
const OF_TABLES = ["cost", "components", "inFlight"] as const;

/** One batch for an optimisation without a table of candidates: any point of the space that can be set. */
export async function suggestInSpace(options: SuggestOptions, io: CommandIo): Promise<void> {
  const batch = wholeNumber("--batch", options.batch, 1);
  if (options.plot !== undefined) pictureKind("--plot", options.plot);
  const { space, constraints } = loadSpace(options.space ?? "");
  const axes = space.axes.map(({ name }) => name);
  const model = readModel(options, axes, constraints);
  const measured = measuredNames(model);
  const known = readSpaceResults(options.results, space, measured);
  const report = {
    inputs: model.inputs ?? axes,
    results: measured,
    leftOut: [],
    warnings: [
      ...known.warnings,
      ...known.others.map((name) => `${name} is neither an axis nor a result and is not looked at`),
    ],
  };
  tellTable(report, io);
  const goal = { goal: "optimise" as const, model };
  const planner = createOptimisePlanner(paperCampaign(goal, space, options.seed));
  planner.learn(known.results);
  const proposal = planner.propose({
    // Points near the best results are drawn anew for each batch.
    n: known.results.length + known.pending.length + 1,
    count: batch,
    pending: known.pending,
    excluded: [],
    seed: options.seed,
  });
  const { points } = proposal;
  if (options.out !== undefined) await writeSetPoints(options.out, axes, points);
  const message = messageFor(
    proposal,
    known,
    batch,
    progressInWords(proposal.model.summary, known.results, model),
  );
  if (options.plot !== undefined) {
    const { plotSuggestion } = await import("../output/plot-optimise.ts");
    const subtitle = message.replace(/ Next:.*$/, "");
    const title = basename(options.space ?? "");
    const about = { title, subtitle, view: planner.view(), results: known.results };
    await plotSuggestion(options.plot, { ...about, next: points }, io);
  }
  if (options.json === true) {
    printJson(io, {
      ...{ goal: "optimise", measured: known.results.length, inFlight: known.pending.length },
      ...{ objectives: model.objectives, table: report, message },
      points: points.map(({ parameters, score, why }) => ({ parameters, score, why })),
      ...{ verdict: proposal.verdict, model: proposal.model, warnings: proposal.warnings },
    });
    return;
  }
  for (const warning of proposal.warnings) io.err(`warning: ${warning}\n`);
  io.out(`${rolesOf(report)}\n${message}\n`);
  printSetPoints(points, io);
}

function readModel(
  options: SuggestOptions,
  axes: readonly string[],
  constraints: ReturnType<typeof loadSpace>["constraints"],
) {
  const foreign = OF_TABLES.find((name) => options[name] !== undefined);
  if (foreign !== undefined)
    throw misuse(
      "TL-1001",
      `--${foreign === "inFlight" ? "in-flight" : foreign} goes with --candidates`,
      "Fractions stand in the file of the space; a row of --results without a result is in flight.",
    );
  if (options.objectives === undefined)
    throw misuse("TL-1001", "--space needs --objectives", "For example --objectives yield:max.");
  const settings = settingsFrom(options, options.objectives);
  const model = {
    ...settings,
    inputs: options.axes === undefined ? axes : distinctNames("--axes", options.axes),
    inputConstraints: [...constraints, ...(settings.inputConstraints ?? [])],
  };
  checkRoles(model);
  return model;
}

function messageFor(
  { points, verdict, model }: Proposal,
  { results, pending }: SpaceResults,
  batch: number,
  figure: string,
): string {
  const { failed } = model.summary;
  const known = results.length === 0 ? "No result yet" : `${results.length} results`;
  const failures = Number(failed) > 0 ? `, ${failed} of them failed` : "";
  const waiting = pending.length > 0 ? `, ${pending.length} in flight` : "";
  const state = `${known}${failures}${waiting}${figure}.`;
  if (points.length === 0)
    return `${state} No other can be proposed: ${verdict.kind === "exhausted" ? verdict.reason : "none is left"}.`;
  return `${state} Next:${points.length < batch ? ` Only ${points.length} were left.` : ""}`;
}
