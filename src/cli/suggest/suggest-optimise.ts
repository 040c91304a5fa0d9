import { basename } from "node:path";
import { misuse } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { OptimiseSettings } from "../../domain/goal-settings.ts";
import type { Observation } from "../../domain/observation.ts";
import type { CampaignResult, PendingPoint, Proposal } from "../../domain/proposal.ts";
import { paperCampaign } from "../../evaluation/play-optimise.ts";
import { createOptimisePlanner } from "../../planning/optimise/optimise-planner.ts";
import { checkCandidates, usualAxes } from "../../tables/candidate-table.ts";
import { cellValue, readParameters } from "../../tables/optimise-cells.ts";
import { columnOf, readTable, type Table } from "../../tables/table.ts";
import type { CommandIo } from "../command.ts";
import {
  checkRoles,
  parseConstraints,
  parseDesign,
  parseExploration,
  parseInputConstraints,
  parseObjectives,
  parseReference,
} from "../optimise-options.ts";
import { distinctNames, nameList, wholeNumber } from "../option-values.ts";
import { pictureKind } from "../output/write-picture.ts";
import { printSuggestion, writeProposals } from "../output/write-proposals.ts";
import type { SuggestOptions } from "./suggest-options.ts";

/**
 * One batch for an optimisation: a row with a value in an objective's column is a result, a row without one is a
 * candidate, a row with `nan`, `inf` or a word there is an experiment that failed.
 */
export async function suggestOptimise(options: SuggestOptions, io: CommandIo): Promise<void> {
  const batch = wholeNumber("--batch", options.batch, 1);
  if (options.plot !== undefined) pictureKind("--plot", options.plot);
  const table = readTable(options.candidates);
  checkCandidates(table);
  const { model, warnings } = readSettings(options, table);
  for (const warning of warnings) io.err(`warning: ${warning}\n`);
  const names = model.inputs ?? [];
  const kept = [
    ...new Set([...names, ...[model.cost, model.shared].filter((n) => n !== undefined)]),
  ];
  const rows = readParameters(table, kept);
  const results = readResults(table, rows, [...model.objectives, ...(model.constraints ?? [])]);
  const components =
    options.components === undefined ? undefined : nameList("--components", options.components);
  const planner = createOptimisePlanner(
    paperCampaign({ kind: "table", rows, components }, model, options.seed),
  );
  planner.learn(results);
  const proposal = planner.propose({
    n: 1,
    count: batch,
    pending: readInFlight(options.inFlight, table, rows),
    excluded: [],
    seed: options.seed,
  });
  const suggestion = { table, axes: kept, proposal };
  if (options.out !== undefined) await writeProposals(options.out, suggestion);
  const message = messageFor(proposal, results.length, rows.length, batch);
  if (options.plot !== undefined) {
    const { plotSuggestion } = await import("../output/plot-optimise.ts");
    const subtitle = message.replace(/ Next:.*$/, "");
    const about = { title: basename(table.file), subtitle, view: planner.view(), results };
    await plotSuggestion(options.plot, { ...about, next: proposal.points }, io);
  }
  const counts = { candidates: rows.length, measured: results.length };
  const head = { goal: "optimise", ...counts, objectives: model.objectives };
  printSuggestion(suggestion, { head, message, isJson: options.json === true }, io);
}

function readSettings(
  options: SuggestOptions,
  table: Table,
): { readonly model: OptimiseSettings; readonly warnings: readonly string[] } {
  const last = table.columns.at(-1) ?? "";
  const plain = parseObjectives(options.objectives ?? `${last}:max`);
  const reference = parseReference(options.reference, plain.length);
  const objectives = plain.map((o, k) => ({ ...o, reference: reference?.[k] }));
  const constraints = parseConstraints(options.constraints);
  const measured = new Set([...objectives, ...constraints].map((o) => o.name));
  for (const name of measured) columnOf(table, name);
  const { axes: inputs, warnings } =
    options.axes === undefined
      ? usualAxes(table, [...measured, options.cost])
      : { axes: distinctNames("--axes", options.axes), warnings: [] };
  const model = {
    objectives,
    inputs,
    constraints,
    acquisition: options.acquisition,
    kernel: options.kernel,
    shared: options.shared,
    cost: options.cost,
    inputConstraints: parseInputConstraints(options.limit),
    initial:
      options.initial === undefined ? undefined : wholeNumber("--initial", options.initial, 0),
    initialDesign:
      options.initialDesign === undefined ? undefined : parseDesign(options.initialDesign),
    exploration:
      options.exploration === undefined ? undefined : parseExploration(options.exploration),
    logInputs:
      options.logInputs === undefined ? undefined : nameList("--log-inputs", options.logInputs),
  };
  checkRoles(model);
  return { model, warnings };
}

function readResults(
  table: Table,
  rows: readonly Parameters[],
  quantities: readonly { readonly name: string }[],
): CampaignResult[] {
  const columns = quantities.map(({ name }) => ({ name, at: columnOf(table, name) }));
  return table.rows.flatMap(({ cells }, row) => {
    const filled = columns.filter(({ at }) => (cells[at] ?? "") !== "");
    if (filled.length === 0) return [];
    const observations = filled.map(({ name, at }): Observation => {
      const value = cellValue(table, cells[at] ?? "");
      return typeof value === "number" && Number.isFinite(value)
        ? { kind: "objective", name, value, unit: "1" }
        : { kind: "failure", reason: `${name} is "${cells[at]}"` };
    });
    return [{ position: row, candidateId: `c${row}`, parameters: rows[row] ?? {}, observations }];
  });
}

/** Lines that are being measured: they condition the choice and are not proposed. */
function readInFlight(
  text: string | undefined,
  table: Table,
  rows: readonly Parameters[],
): PendingPoint[] {
  if (text === undefined) return [];
  return nameList("--in-flight", text).map((part) => {
    const row = table.rows.findIndex(({ line }) => String(line) === part);
    if (row < 0)
      throw misuse("TL-1001", `--in-flight: ${table.file} has no candidate in line ${part}`);
    return { candidateId: `c${row}`, parameters: rows[row] ?? {} };
  });
}

function messageFor(
  proposal: Proposal,
  measured: number,
  candidates: number,
  batch: number,
): string {
  const { best, hypervolume, failed } = proposal.model.summary;
  if (measured >= candidates) return `All ${candidates} candidates have a result.`;
  const known = `${measured} of ${candidates} candidates have a result`;
  const failures = Number(failed) > 0 ? `, ${failed} of them failed` : "";
  const figure =
    best !== undefined
      ? `; the best so far is ${best}`
      : hypervolume !== undefined
        ? `; hypervolume ${Number(hypervolume).toPrecision(4)}`
        : "";
  if (proposal.points.length === 0) {
    return `${known}${failures}${figure}. No other may be proposed: they are in flight or beyond the limits.`;
  }
  const fewer = proposal.points.length < batch ? ` Only ${proposal.points.length} were left.` : "";
  return `${known}${failures}${figure}. Next:${fewer}`;
}
