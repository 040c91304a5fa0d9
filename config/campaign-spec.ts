import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { LabError } from "../src/core/errors.ts";
import type { CampaignSpec } from "../src/domain/campaign.ts";
import type { GoalSettings } from "../src/domain/goal-settings.ts";
import { asId } from "../src/domain/identifiers.ts";
import type { Recipe } from "../src/domain/recipe.ts";
import { CANDIDATES_MAX, type SearchSpace, type TableSpace } from "../src/domain/search-space.ts";
import { axisNumbers, numericColumn } from "../src/tables/numeric-column.ts";
import { columnOf, parseTable, readTableText, type Table } from "../src/tables/table.ts";
import { GOAL_RULES } from "./goal-schemas.ts";
import type { LoadedConfiguration } from "./load-configuration.ts";
import type { CampaignConfiguration } from "./schema.ts";

/** The campaigns of a configuration as the daemon runs them: tables read, defaults filled in. */
export function campaignSpecs(
  loaded: LoadedConfiguration,
  seed: string,
): { readonly spec: CampaignSpec; readonly autoStart: boolean }[] {
  return loaded.configuration.campaigns.map((campaign) => ({
    autoStart: campaign.autoStart,
    spec: campaignSpec(campaign, loaded.folder, seed),
  }));
}

/** One campaign as the daemon runs it; `folder` is where its relative paths start. */
export function campaignSpec(
  campaign: CampaignConfiguration,
  folder: string,
  seed: string,
): CampaignSpec {
  return {
    campaignId: asId(campaign.id),
    title: campaign.title ?? campaign.id,
    ...(campaign.names === undefined ? {} : { names: campaign.names }),
    seed: campaign.seed ?? `${seed}/${campaign.id}`,
    budget: campaign.budget,
    inFlight: campaign.inFlight,
    waitForWholeBatch: campaign.waitForWholeBatch,
    approval: campaign.approval,
    ...(campaign.approvalExpires_s === undefined
      ? {}
      : { approvalExpires_s: campaign.approvalExpires_s }),
    ...(campaign.hours === undefined ? {} : { hours: campaign.hours }),
    failuresInARow_max: campaign.failuresInARow_max,
    space: readSpace(campaign, folder),
    recipe: { steps: campaign.recipe },
    ...alternativesOf(campaign),
    limits: campaign.limits,
    ...(campaign.conditions === undefined ? {} : { conditions: campaign.conditions }),
    ...(campaign.guards === undefined ? {} : { guards: campaign.guards }),
    ...goalOf(campaign, folder),
  };
}

function alternativesOf(campaign: CampaignConfiguration): {
  alternatives?: Record<string, Recipe>;
} {
  const rescan = rescanOf(campaign);
  if (campaign.alternatives === undefined && rescan === undefined) return {};
  const named = Object.entries(campaign.alternatives ?? {}).map(([name, steps]) => [
    name,
    { steps },
  ]);
  const all = rescan === undefined ? named : [...named, [RESCAN, rescan]];
  return { alternatives: Object.fromEntries(all) as Record<string, Recipe> };
}

/** The name of the recipe that scans a sample again. */
const RESCAN = "rescan";

/** The campaign's last step with other set points. */
function rescanOf(campaign: CampaignConfiguration): Recipe | undefined {
  const rescan = campaign.goal === "phase-diagram" ? campaign.model.patterns?.rescan : undefined;
  const last = campaign.recipe.at(-1);
  if (rescan === undefined || last === undefined) return undefined;
  const { parameters, timeLimit_s = last.timeLimit_s } = rescan;
  return { steps: [{ ...last, timeLimit_s, parameters: { ...last.parameters, ...parameters } }] };
}

/** The goal with its file names resolved, since a daemon may be started anywhere. */
function goalOf(campaign: CampaignConfiguration, folder: string): GoalSettings {
  const { goal, model } = campaign;
  if (goal === "phase-diagram" && model.patterns !== undefined) {
    const references = model.patterns.references.map((path) =>
      existing(campaign.id, resolve(folder, path)),
    );
    const { rescan, ...patterns } = model.patterns;
    const again = rescan && {
      recipe: RESCAN,
      presence_min: rescan.presence.min,
      presence_max: rescan.presence.max,
    };
    const settings = { ...patterns, references, ...(again && { rescan: again }) };
    return { goal, model: { ...model, patterns: settings } };
  }
  if (goal !== "structure-map") return { goal, model } as GoalSettings;
  const structureModel = resolve(folder, model.structureModel);
  if (!existsSync(structureModel))
    throw new LabError("TL-1002", `Campaign ${campaign.id}: there is no model ${structureModel}`, {
      exitCode: 2,
      hint: "Train one with: tieline structure train --frames FILE:LABEL ... --out MODEL.json",
    });
  return { goal, model: { ...model, structureModel } };
}

function existing(campaign: string, path: string): string {
  if (existsSync(path)) return path;
  throw new LabError("TL-1002", `Campaign ${campaign}: there are no references ${path}`, {
    exitCode: 2,
    hint: "Name folders or files of .cif, .csv line lists or measured patterns.",
  });
}

function readSpace(campaign: CampaignConfiguration, folder: string): SearchSpace {
  const { space } = campaign;
  if (space.kind !== "table") return space;
  return readTableSpace(resolve(folder, space.file), space.axes, space.components, campaign.goal);
}

/** TL-1002 unreadable, TL-1021 a column is missing, TL-1020 a value is not a number (an optimisation takes text as a category). */
function readTableSpace(
  file: string,
  axes: readonly string[],
  components: readonly string[] | undefined,
  goal: GoalSettings["goal"],
): TableSpace {
  try {
    const text = readTableText(file);
    const table = parseTable(text, file);
    const { length } = table.rows;
    if (length === 0) throw new LabError("TL-1020", `${file} has a header but no candidates`);
    if (length > CANDIDATES_MAX) {
      const what = `${file} has ${length} candidates; ${CANDIDATES_MAX} are allowed`;
      throw new LabError("TL-1020", what, { hint: "Take larger steps." });
    }
    const columns = axes.map((axis) =>
      readAxis(table, columnOf(table, axis), GOAL_RULES[goal].words),
    );
    const rows = table.rows.map((_, row) =>
      Object.fromEntries(axes.map((axis, k) => [axis, columns[k]![row]!])),
    );
    const sha256 = createHash("sha256").update(text).digest("hex");
    return { kind: "table", rows, components, source: { file, sha256 } };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { code, message, hint, cause } = error;
    throw new LabError(code, message, { hint, cause, exitCode: 2 });
  }
}

/** Numbers, each of them there; an optimisation takes a column of words as a category. */
function readAxis(table: Table, column: number, mayBeWords: boolean): readonly (number | string)[] {
  const isWords = mayBeWords && numericColumn(table, column) === undefined;
  const hasEmpty = table.rows.some(({ cells }) => cells[column] === "");
  return isWords && !hasEmpty
    ? table.rows.map(({ cells }) => cells[column] ?? "")
    : [...axisNumbers(table, column).values];
}
