import { basename } from "node:path";
import type { OptimiseSettings } from "../../domain/goal-settings.ts";
import type { Proposal } from "../../domain/proposal.ts";
import { paperCampaign } from "../../evaluation/paper-campaign.ts";
import { createOptimisePlanner } from "../../planning/optimise/optimise-planner.ts";
import { checkCandidates } from "../../tables/candidate-table.ts";
import { type LeftOut, usualAxes, usualObjective } from "../../tables/column-roles.ts";
import { errorColumnOf } from "../../tables/inexact-cells.ts";
import { readParameters, unitsTold } from "../../tables/optimise-cells.ts";
import { readResults } from "../../tables/result-cells.ts";
import { columnOf, readTable, type Table } from "../../tables/table.ts";
import type { CommandIo } from "../command.ts";
import { checkRoles } from "../optimise-options.ts";
import { distinctNames, nameList, wholeNumber } from "../option-values.ts";
import { pictureKind } from "../output/write-picture.ts";
import { printSuggestion, rowOf, writeProposals } from "../output/write-proposals.ts";
import { readInFlight } from "./in-flight.ts";
import { measuredNames, progressInWords, resultsOf, settingsFrom } from "./optimise-settings.ts";
import type { SuggestOptions } from "./suggest-options.ts";
import { rolesOf, tellTable } from "./table-report.ts";
import { whyNone } from "./why-none.ts";

/**
 * One batch for an optimisation: a row with a value in an objective's column is a result, a row without one is a
 * candidate, a row with `nan`, `inf` or a word there is an experiment that failed.
 */
export async function suggestOptimise(options: SuggestOptions, io: CommandIo): Promise<void> {
  const batch = wholeNumber("--batch", options.batch, 1);
  if (options.plot !== undefined) pictureKind("--plot", options.plot);
  const table = readTable(options.candidates ?? "");
  checkCandidates(table);
  const { model, leftOut } = readSettings(options, table);
  const names = model.inputs ?? [];
  const kept = [
    ...new Set([...names, ...[model.cost, model.shared].filter((n) => n !== undefined)]),
  ];
  const rows = readParameters(table, kept);
  const columns = measuredNames(model).map((name) =>
    readResults(table, name, { learnsBounds: true }),
  );
  const results = resultsOf(columns, rows);
  const report = {
    inputs: names,
    results: columns.map(({ name }) => name),
    leftOut,
    warnings: [...columns.flatMap(({ warnings }) => warnings), ...unitsTold(table, kept)],
  };
  tellTable(report, io);
  const components =
    options.components === undefined ? undefined : nameList("--components", options.components);
  const planner = createOptimisePlanner(
    paperCampaign({ goal: "optimise", model }, { kind: "table", rows, components }, options.seed),
  );
  planner.learn(results);
  const pending = readInFlight(options.inFlight, table, (row) => rows[row] ?? {});
  const proposal = planner.propose({
    n: 1,
    count: batch,
    pending,
    excluded: [],
    seed: options.seed,
  });
  const suggestion = { table, axes: kept, proposal };
  if (options.out !== undefined) await writeProposals(options.out, suggestion);
  const held = (): string =>
    whyNone({
      ...{ rows, inputs: names, limits: model.inputConstraints ?? [] },
      measured: new Set(results.map(({ position }) => position)),
      inFlight: new Set(pending.map(({ candidateId }) => rowOf(candidateId))),
    });
  const message = messageFor(proposal, {
    measured: results.length,
    candidates: rows.length,
    batch,
    held,
    figure: progressInWords(proposal.model.summary, results, model),
  });
  if (options.plot !== undefined) {
    const { plotSuggestion } = await import("../output/plot-optimise.ts");
    const subtitle = message.replace(/ Next:.*$/, "");
    const about = { title: basename(table.file), subtitle, view: planner.view(), results };
    await plotSuggestion(options.plot, { ...about, next: proposal.points }, io);
  }
  const counts = { candidates: rows.length, measured: results.length };
  const head = { goal: "optimise", ...counts, objectives: model.objectives, table: report };
  const isJson = options.json === true;
  printSuggestion(suggestion, { head, message, roles: rolesOf(report), isJson }, io);
}

function readSettings(
  options: SuggestOptions,
  table: Table,
): { readonly model: OptimiseSettings; readonly leftOut: readonly LeftOut[] } {
  const text = options.objectives ?? `"${usualObjective(table)}":max`;
  const settings = settingsFrom(options, text);
  const measured = measuredNames(settings);
  for (const name of measured) columnOf(table, name);
  const errors = measured.flatMap((name) => errorColumnOf(table, name) ?? []);
  const { axes: inputs, leftOut } =
    options.axes === undefined
      ? usualAxes(table, [...measured, ...errors, options.cost], measured)
      : { axes: distinctNames("--axes", options.axes), leftOut: [] };
  const model = { ...settings, inputs };
  checkRoles(model);
  return { model, leftOut };
}

function messageFor(
  proposal: Proposal,
  about: {
    readonly measured: number;
    readonly candidates: number;
    readonly batch: number;
    readonly figure: string;
    /** Why none is left, where none is. */
    readonly held: () => string;
  },
): string {
  const { measured, candidates, batch, held, figure } = about;
  const { failed } = proposal.model.summary;
  if (measured >= candidates) return `All ${candidates} candidates have a result.`;
  const known = `${measured} of ${candidates} candidates have a result`;
  const failures = Number(failed) > 0 ? `, ${failed} of them failed` : "";
  if (proposal.points.length === 0) {
    return `${known}${failures}${figure}. No other may be proposed: ${held()}.`;
  }
  if (proposal.points.every(({ score }) => score === 0))
    return `${known}${failures}${figure}. No gain is expected of any candidate that is left; nearest to one:`;
  const fewer = proposal.points.length < batch ? ` Only ${proposal.points.length} were left.` : "";
  return `${known}${failures}${figure}. Next:${fewer}`;
}
