import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { LabError } from "../src/core/errors.ts";
import type { CampaignSpec } from "../src/domain/campaign.ts";
import type { GoalSettings } from "../src/domain/goal-settings.ts";
import { asId } from "../src/domain/identifiers.ts";
import type { Recipe } from "../src/domain/recipe.ts";
import type { SearchSpace, TableSpace } from "../src/domain/search-space.ts";
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
    seed: campaign.seed ?? `${seed}/${campaign.id}`,
    budget: campaign.budget,
    inFlight: campaign.inFlight,
    waitForWholeBatch: campaign.waitForWholeBatch,
    approval: campaign.approval,
    failuresInARow_max: campaign.failuresInARow_max,
    space: readSpace(campaign, folder),
    recipe: { steps: campaign.recipe },
    ...alternativesOf(campaign),
    limits: campaign.limits,
    ...goalOf(campaign, folder),
  };
}

function alternativesOf({ alternatives }: CampaignConfiguration) {
  if (alternatives === undefined) return {};
  const named = Object.entries(alternatives).map(([name, steps]) => [name, { steps }]);
  return { alternatives: Object.fromEntries(named) as Record<string, Recipe> };
}

/** The goal with its file names resolved, since a daemon may be started anywhere. */
function goalOf(campaign: CampaignConfiguration, folder: string): GoalSettings {
  const { goal, model } = campaign;
  if (goal !== "structure-map") return { goal, model } as GoalSettings;
  const structureModel = resolve(folder, model.structureModel);
  if (!existsSync(structureModel))
    throw new LabError("TL-1002", `Campaign ${campaign.id}: there is no model ${structureModel}`, {
      exitCode: 2,
      hint: "Train one with: tieline structure train --frames FILE:LABEL ... --out MODEL.json",
    });
  return { goal, model: { ...model, structureModel } };
}

function readSpace(campaign: CampaignConfiguration, folder: string): SearchSpace {
  const { space } = campaign;
  if (space.kind !== "table") return space;
  return readTable(resolve(folder, space.file), space.axes, space.components, campaign.goal);
}

/** TL-1002 unreadable, TL-1021 a column is missing, TL-1020 a value is not a number (an optimisation takes text as a category). */
function readTable(
  file: string,
  axes: readonly string[],
  components: readonly string[] | undefined,
  goal: GoalSettings["goal"],
): TableSpace {
  const text = readText(file);
  const records = parse(text, {
    columns: true,
    trim: true,
    skip_empty_lines: true,
    bom: true,
  }) as Record<string, string>[];
  const first = records[0];
  const missing = axes.find((axis) => first !== undefined && !(axis in first));
  if (missing !== undefined) {
    const names = Object.keys(first ?? {}).join(", ");
    throw new LabError("TL-1021", `${file} has no column "${missing}" (it has ${names})`, {
      exitCode: 2,
    });
  }
  const rows = records.map((record, k) =>
    Object.fromEntries(
      axes.map((axis) => {
        const cell = record[axis] ?? "";
        const value = Number(cell);
        const isWord = Number.isNaN(value) && !/^[+-]?(nan|inf|infinity)$/i.test(cell);
        if (goal === "optimise" && isWord) return [axis, cell];
        if (cell === "" || !Number.isFinite(value)) {
          const what = `${file}:${k + 2}: "${record[axis]}" in column "${axis}" is not a number`;
          throw new LabError("TL-1020", what, { exitCode: 2 });
        }
        return [axis, value];
      }),
    ),
  );
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { kind: "table", rows, components, source: { file, sha256 } };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new LabError(
      "TL-1002",
      `The table ${file} cannot be read (${(error as Error).message})`,
      {
        cause: error,
        exitCode: 2,
      },
    );
  }
}
