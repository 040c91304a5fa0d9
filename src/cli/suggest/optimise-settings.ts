import type { Parameters } from "../../domain/candidate.ts";
import type { OptimiseSettings } from "../../domain/goal-settings.ts";
import type { Observation } from "../../domain/observation.ts";
import type { CampaignResult, ModelRecord } from "../../domain/proposal.ts";
import type { ResultColumn } from "../../tables/result-cells.ts";
import {
  parseConstraints,
  parseDesign,
  parseExploration,
  parseInputConstraints,
  parseObjectives,
  parseReference,
} from "../optimise-options.ts";
import { nameList, wholeNumber } from "../option-values.ts";
import type { SuggestOptions } from "./suggest-options.ts";

/** What the options say of an optimisation, its inputs aside. Throws TL-1001. */
export function settingsFrom(options: SuggestOptions, objectivesText: string): OptimiseSettings {
  const plain = parseObjectives(objectivesText);
  const reference = parseReference(options.reference, plain.length);
  return {
    objectives: plain.map((o, k) => ({ ...o, reference: reference?.[k] })),
    constraints: parseConstraints(options.constraints),
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
}

/** Every quantity that is measured, each once. */
export function measuredNames({ objectives, constraints = [] }: OptimiseSettings): string[] {
  return [...new Set([...objectives, ...constraints].map(({ name }) => name))];
}

/** What the columns of results say; every row that holds one of them is an experiment. */
export function resultsOf(
  columns: readonly ResultColumn[],
  rows: readonly Parameters[],
): CampaignResult[] {
  return rows.flatMap((parameters, row) => {
    const observations = columns.flatMap(({ name, cells }): Observation[] => {
      const cell = cells[row];
      if (cell === undefined) return [];
      return cell.kind === "value"
        ? [
            {
              ...{ kind: "objective", name, value: cell.value, unit: "1" },
              ...{ standardUncertainty: cell.error, bound: cell.bound },
            },
          ]
        : [{ kind: "failure", reason: cell.reason }];
    });
    return observations.length === 0
      ? []
      : [{ position: row, candidateId: `c${row}`, parameters, observations }];
  });
}

/** `; the best so far is 0.83`, `at least 100` where it is a bound, or the hypervolume; empty before there is a result. */
export function progressInWords(
  { best, bestCandidateId, hypervolume }: ModelRecord["summary"],
  results: readonly CampaignResult[],
  { objectives }: OptimiseSettings,
): string {
  if (best === undefined)
    return hypervolume === undefined ? "" : `; hypervolume ${Number(hypervolume).toPrecision(4)}`;
  const of = results.find(({ candidateId }) => candidateId === bestCandidateId);
  const bound = of?.observations.flatMap((one) =>
    one.kind === "objective" && one.name === objectives[0]?.name ? [one.bound] : [],
  )[0];
  const sure = bound === undefined ? "" : bound === "above" ? "at least " : "at most ";
  return `; the best so far is ${sure}${best}`;
}
