import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import type { CampaignResult, ModelRecord } from "../../src/domain/proposal.ts";
import { createPlanner } from "../../src/planning/create-planner.ts";
import { toyEvidence, toyGrid } from "../models/phase-diagram/triangulation/toy-section.ts";
import { tieline } from "../support/command-line.ts";

/** A section of point phases with its tie-lines, as the table of a truth and as that of candidates. */
const grid = toyGrid(12);
const BUDGET = 16;
const BATCH = 2;
const AXES = ["x_A", "x_B", "x_C"];
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tieline-what-runs-"));
  const parts = [1, 2, 3].map((k) => `phase_${k},f_${k},x_${k}_A,x_${k}_B,x_${k}_C`);
  const truth = Array.from({ length: grid.count }, (_, i) => {
    const { phases, ends } = toyEvidence(grid, i);
    const cells = [0, 1, 2].map((k) => {
      const end = ends?.[k];
      return end === undefined ? ",,,," : `${end.phase},0.5,${end.composition.join()}`;
    });
    return [...placeOf(i), phases.join("+"), ...cells].join();
  });
  await write("truth.csv", [[...AXES, "phases", ...parts].join(), ...truth]);
  const places = Array.from({ length: grid.count }, (_, i) => placeOf(i).join());
  await write("candidates.csv", [AXES.join(), ...places]);
});

function write(name: string, lines: readonly string[]): Promise<void> {
  return writeFile(join(folder, name), `${lines.join("\n")}\n`);
}

function placeOf(i: number): number[] {
  return [...grid.values.subarray(3 * i, 3 * i + 3)];
}

interface Played {
  readonly sampled: readonly number[];
  readonly model: ModelRecord;
  readonly warnings: readonly string[];
}

/** What a campaign of the daemon with these settings measures. */
async function playConfigured(model: Readonly<Record<string, unknown>>): Promise<Played> {
  const file = `${JSON.stringify(model).replaceAll(/[^a-z]/gi, "")}.yaml`;
  const recipe = [{ capability: "diffraction", timeLimit_s: 600 }];
  const space = { kind: "table", file: "candidates.csv", axes: AXES, components: AXES };
  const campaign = {
    id: "toy",
    ...{ goal: "phase-diagram", budget: BUDGET, inFlight: BATCH, seed: "1", space, recipe },
    model: { initial: 4, ...model },
  };
  await write(file, [JSON.stringify({ version: 1, campaigns: [campaign] })]);
  const [configured] = campaignSpecs(loadConfiguration(join(folder, file)), "1");
  const planner = createPlanner(configured!.spec);
  const sampled: number[] = [];
  const ask = (n: number, count: number) =>
    planner.propose({ n, count, pending: [], excluded: [], seed: "1" });
  for (let n = 1; sampled.length < BUDGET; n++) {
    const { points } = ask(n, sampled.length === 0 ? 4 : BATCH);
    planner.learn(points.map((point, k) => measured(point.candidateId, sampled.length + k)));
    sampled.push(...points.map(({ candidateId }) => Number(candidateId.slice(1))));
  }
  const { model: record, warnings } = ask(99, 1);
  return { sampled, model: record, warnings };
}

function measured(candidateId: string, position: number): CampaignResult {
  const i = Number(candidateId.slice(1));
  const { phases, ends } = toyEvidence(grid, i);
  const named = (ends ?? []).map(({ phase, composition }): [string, Record<string, number>] => [
    phase,
    Object.fromEntries(AXES.map((axis, k) => [axis, composition[k]!])),
  ]);
  const parameters = Object.fromEntries(AXES.map((axis, k) => [axis, placeOf(i)[k]!]));
  const compositions = Object.fromEntries(named);
  return {
    position,
    candidateId,
    parameters,
    observations: [{ kind: "phases", phases, compositions }],
  };
}

async function evaluated(...options: string[]) {
  const run = await tieline(
    ...["evaluate", "phase-diagram", "--truth", join(folder, "truth.csv"), "--axes", AXES.join()],
    ...["--initial", "4", "--batch", String(BATCH), "--budget", String(BUDGET), "--json"],
    ...options,
  );
  expect(run.code).toBe(0);
  return { ...JSON.parse(run.out), err: run.err };
}

describe("what was evaluated is what runs", () => {
  test.each([
    [{}, [], "triangulation", "full"],
    [{ coexistence: "full" }, ["--coexistence", "full"], "triangulation", "full"],
    [{ coexistence: "off" }, ["--coexistence", "off"], "gaussian-process", "off"],
    [{ method: "harmonic" }, ["--method", "harmonic"], "harmonic", "off"],
    [{ score: "margin" }, ["--score", "margin"], "gaussian-process", "off"],
    [
      { method: "label-propagation", score: "margin", diversity: "none" },
      ["--method", "label-propagation", "--score", "margin", "--diversity", "none"],
      "label-propagation",
      "off",
    ],
  ])("with the settings %j", async (model, options, method, coexistence) => {
    const daemon = await playConfigured(model);
    const { runs, settings } = await evaluated(...options);
    expect(runs[0].sampled).toEqual(daemon.sampled);
    expect(daemon.model.method).toBe(method);
    expect(daemon.model.hyperparameters).toMatchObject({ method });
    expect(settings).toMatchObject({ method, coexistence });
    expect(settings.score).toBe(daemon.model.hyperparameters["score"]);
  });

  test("a named method holds, and a warning says from when on tie-lines could have mapped", async () => {
    const { warnings } = await playConfigured({ method: "label-propagation", score: "margin" });
    expect(warnings.join()).toMatch(/Since result \d+ .*label-propagation and margin map/);
    const { err } = await evaluated("--method", "label-propagation", "--score", "margin");
    expect(err).toMatch(/label-propagation and margin map/);
    const plain = await playConfigured({});
    expect(plain.warnings).toEqual([]);
  });

  test("what the tie-lines have no use for is named, and from when on", async () => {
    const late = await playConfigured({ diversity: "none" });
    expect(late.warnings.join()).toMatch(/From result \d+ on, .*without diversity none/);
    const early = await playConfigured({ coexistence: "full", method: "label-spreading" });
    expect(early.warnings.join()).toMatch(/From the start .*without method label-spreading/);
  });

  test("evaluate says which engine chose from which experiment on", async () => {
    const { runs, settings } = await evaluated();
    expect(runs[0].engines.map(({ method }: { method: string }) => method)).toEqual([
      "gaussian-process",
      "triangulation",
    ]);
    expect(settings.coexistenceFrom).toBe(runs[0].engines[1].from);
    expect(runs[0].engines[1].from).toBeGreaterThanOrEqual(4);
  });
});
