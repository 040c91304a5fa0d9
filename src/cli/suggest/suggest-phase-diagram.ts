import { basename } from "node:path";
import { misuse } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";
import { type FoundLabels, foundInWords } from "../../domain/found-labels.ts";
import type { CandidateId } from "../../domain/identifiers.ts";
import type { CampaignResult, Proposal } from "../../domain/proposal.ts";
import { CANDIDATES_MAX } from "../../domain/search-space.ts";
import { paperCampaign } from "../../evaluation/paper-campaign.ts";
import { columnCandidates } from "../../planning/phase-diagram/map-candidates.ts";
import { createPhaseDiagramPlanner } from "../../planning/phase-diagram/phase-diagram-planner.ts";
import { checkCandidates } from "../../tables/candidate-table.ts";
import { countRows } from "../../tables/coded-columns.ts";
import { usualAxes, usualLabel } from "../../tables/column-roles.ts";
import { type LabelCells, readLabels } from "../../tables/label-cells.ts";
import { axisNumbers } from "../../tables/numeric-column.ts";
import { unitsTold } from "../../tables/optimise-cells.ts";
import { findShares } from "../../tables/shares.ts";
import { columnOf, numberAt, readTable, type Table } from "../../tables/table.ts";
import type { CommandIo } from "../command.ts";
import { distinctNames, wholeNumber } from "../option-values.ts";
import { printSuggestion, writeProposals } from "../output/write-proposals.ts";
import { readInFlight } from "./in-flight.ts";
import type { SuggestOptions } from "./suggest-options.ts";
import { rolesOf, tellTable } from "./table-report.ts";

/** One batch for a phase diagram: rows with a label are results, rows without one are candidates. */
export async function suggestPhaseDiagram(options: SuggestOptions, io: CommandIo): Promise<void> {
  const batch = wholeNumber("--batch", options.batch, 1);
  const table = readTable(options.candidates ?? "");
  checkCandidates(table, CANDIDATES_MAX);
  const label = options.label ?? usualLabel(table, options.confidence);
  const labels = readLabels(table, label);
  const { axes, leftOut } =
    options.axes === undefined
      ? usualAxes(table, [label, options.confidence], [label])
      : { axes: distinctNames("--axes", options.axes), leftOut: [] };
  if (axes.length === 0) throw misuse("TL-1001", `${table.file} has no column besides ${label}`);
  const wantsMap = [options.plot, options.map, options.plotAxes].some(Boolean);
  const outputs = wantsMap ? await import("../output/plot-phase-diagram.ts") : undefined;
  outputs?.checkMapOutputs(options, axes);
  const columns = axes.map((axis) => ({
    axis,
    values: axisNumbers(table, columnOf(table, axis)).values,
  }));
  const { names: components, warnings } = findShares(table, axes);
  const candidates = columnCandidates(columns, components.length > 0 ? components : undefined);
  const parametersOf = (row: number): Parameters => candidates.at(row)?.parameters ?? {};
  const results = readResults(table, parametersOf, labels, options.confidence);
  const report = {
    inputs: axes,
    results: [label],
    leftOut,
    warnings: [...warnings, ...labels.warnings, ...unitsTold(table, axes)],
  };
  tellTable(report, io);
  const goal = { goal: "phase-diagram" as const, model: settingsOf(options) };
  const planner = createPhaseDiagramPlanner(
    paperCampaign(goal, { kind: "table", rows: [] }, options.seed),
    undefined,
    candidates,
  );
  planner.learn(results);
  const proposal = planner.propose({
    n: 1,
    count: batch,
    pending: readInFlight(options.inFlight, table, parametersOf),
    excluded: labels.failed.map((row) => `c${row}` as CandidateId),
    seed: options.seed,
  });
  const suggestion = { table, axes, proposal: withLabelsFound(proposal) };
  const counts = {
    candidates: countRows(table),
    measured: results.length,
    failed: labels.failed.length,
  };
  const message = messageFor(proposal, counts, batch);
  if (outputs !== undefined) {
    const map = {
      title: basename(table.file),
      subtitle: message.replace(/ Next:.*$/, ""),
      rows: table.rows.map((_, row) => parametersOf(row)),
      view: planner.view({ probabilities: true }),
      results,
    };
    await outputs.writeMapOutputs(options, { ...map, next: proposal.points }, io);
  }
  if (options.out !== undefined) await writeProposals(options.out, suggestion);
  const head = { goal: "phase-diagram", ...counts, table: report };
  const isJson = options.json === true;
  printSuggestion(suggestion, { head, message, roles: rolesOf(report), isJson }, io);
}

function readResults(
  table: Table,
  parametersOf: (row: number) => Parameters,
  labels: LabelCells,
  confidence: string | undefined,
): CampaignResult[] {
  const confidenceColumn = confidence === undefined ? undefined : columnOf(table, confidence);
  const results: CampaignResult[] = [];
  for (const [row, phases] of labels.phases.entries()) {
    if (phases === undefined) continue;
    const line = confidenceColumn === undefined ? undefined : table.rows[row];
    const isBare = line === undefined || line.cells[confidenceColumn!] === "";
    results.push({
      position: row,
      candidateId: `c${row}`,
      parameters: parametersOf(row),
      observations: [
        {
          kind: "phases",
          phases,
          confidence: isBare ? undefined : numberAt(table, line, confidenceColumn!),
        },
      ],
    });
  }
  return results;
}

function settingsOf({ method, score, diversity, shared, refineFrom }: SuggestOptions) {
  const refineFrom_steps =
    refineFrom === undefined ? undefined : wholeNumber("--refine-from", refineFrom, 2);
  return { method, score, diversity, shared, refineFrom_steps, initial: 0 };
}

function foundIn({ model: { summary } }: Proposal): FoundLabels {
  const of = (name: string): readonly string[] => (summary[name] as readonly string[]) ?? [];
  return { measured: of("labelsMeasured"), told: of("labelsTold"), follows: of("labelsFollowing") };
}

/** For programs that read the answer: every label that somebody has found, measured or told, in one list. */
function withLabelsFound(proposal: Proposal): Proposal {
  const { measured, told } = foundIn(proposal);
  const summary = { ...proposal.model.summary, labelsFound: [...measured, ...told] };
  return { ...proposal, model: { ...proposal.model, summary } };
}

function messageFor(
  proposal: Proposal,
  counts: { readonly candidates: number; readonly measured: number; readonly failed: number },
  batch: number,
): string {
  const { candidates, measured, failed } = counts;
  const found = foundIn(proposal);
  const labels = found.measured;
  const left = candidates - measured - failed;
  if (left === 0 && failed === 0) {
    return `All ${candidates} candidates have a label (${foundInWords(found)}); nothing is left to propose.`;
  }
  const failures = failed > 0 ? `, ${failed} failed` : "";
  const known = `${measured} of ${candidates} candidates have a label${failures}`;
  const fewer = proposal.points.length < batch ? ` Only ${proposal.points.length} were left.` : "";
  if (left === 0) return `${known}; nothing is left to propose.`;
  if (measured === 0) {
    return `No candidate has a label yet: these points look at the whole space first.${fewer}`;
  }
  if (labels.length === 1) {
    return `${known}, all ${labels[0]}: until a second label is found, these points fill the space.${fewer}`;
  }
  const error = 100 * Number(proposal.model.summary["estimatedError"]);
  return `${known} (labels: ${foundInWords(found)}); about ${error.toFixed(0)} % of the map may still be wrong. Next:${fewer}`;
}
