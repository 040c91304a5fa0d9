import { createTriangulationModel } from "../../src/models/phase-diagram/triangulation/index.ts";
import {
  type CampaignCurve,
  type CampaignOptions,
  loadSection,
  playCampaign,
  samplesTo,
} from "./coexistence-campaign.ts";

/** Experiments to macro-F1 0.8 / 0.9 asked for at the 2.5 % grid, one by one. */
const SECTIONS = [
  { name: "al-mg-zn_608K", reach: [35, 42] },
  { name: "cr-fe-nb_1373K", reach: [28, 34] },
  { name: "al-mg-si_773K", reach: [10, 12] },
  { name: "cu-mg-si_873K", reach: [30, 34] },
] as const;
const SEEDS = [1, 2, 3, 4, 5];

/**
 * Prints the rows of the coexistence engine in issue 3: four true sections, from the corners, five seeds. Arguments pick the
 * parts: `clean batch missing noise` (all where there are none).
 */
export async function run(parts: readonly string[] = []): Promise<void> {
  const wants = (part: string): boolean => parts.length === 0 || parts.includes(part);
  for (const grid of ["2p5pct", "1pct"]) {
    if (wants("clean")) counts(`${grid} one by one`, grid, { budget: 60 });
    if (wants("batch")) counts(`${grid} ten at once`, grid, { budget: 60, batch: 10 });
    if (wants("missing")) counts(`${grid} half missing`, grid, { budget: 100, missing: 0.5 });
  }
  if (!wants("noise")) return;
  for (const told of [true, false]) {
    level({ noise: 0.01, budget: 60, told, reach: told ? 0.9 : 0.88 });
    level({ noise: 0.02, budget: 120, told, reach: told ? 0.92 : 0.9 });
  }
}

/** Experiments to 0.8 / 0.9, conflicts and the time of a proposal. */
function counts(title: string, grid: string, options: Omit<CampaignOptions, "seed">): void {
  console.log(`\n${title}: experiments to macro-F1 0.8 / 0.9 (5 seeds)`);
  for (const { name, reach } of SECTIONS) {
    const curves = play(name, grid, options);
    const each = (f1: number): string => curves.map((curve) => samplesTo(curve, f1)).join(" ");
    const mean = (f1: number): string =>
      (curves.reduce((sum, curve) => sum + samplesTo(curve, f1), 0) / curves.length).toFixed(1);
    const times = curves.flatMap((curve) => curve.proposal_ms).sort((a, b) => a - b);
    const conflicts = curves.reduce((sum, curve) => sum + curve.warnings.length, 0);
    console.log(
      `  ${name.padEnd(15)} ${mean(0.8)} / ${mean(0.9)} [${each(0.8)} / ${each(0.9)}] asked ${reach.join(" / ")}; at the end ${last(curves)}; conflicts ${conflicts}; proposal ${times[times.length >> 1]?.toFixed(1)} ms`,
    );
  }
}

/** Macro-F1 at the end of the budget under noise of the compositions. */
function level(asked: { noise: number; budget: number; told: boolean; reach: number }): void {
  const { noise, budget, told, reach } = asked;
  console.log(
    `\nnoise ${100 * noise} %, ${told ? "told" : "not told"}: macro-F1 at ${budget} (5 seeds), asked ${reach}`,
  );
  for (const { name } of SECTIONS) {
    const curves = play(name, "2p5pct", { budget, noise, told });
    const times = curves.flatMap((curve) => curve.proposal_ms).sort((a, b) => a - b);
    console.log(
      `  ${name.padEnd(15)} ${last(curves)} [${curves.map((curve) => curve.f1.at(-1)?.toFixed(3)).join(" ")}]; proposal ${times[times.length >> 1]?.toFixed(0)} ms`,
    );
  }
}

function play(
  name: string,
  grid: string,
  options: Omit<CampaignOptions, "seed"> & { readonly told?: boolean },
): CampaignCurve[] {
  const truth = loadSection(`${name}_${grid}`);
  const noise = options.told ? options.noise : undefined;
  return SEEDS.map((seed) =>
    playCampaign(truth, createTriangulationModel(truth.grid, { noise }), { ...options, seed }),
  );
}

function last(curves: readonly CampaignCurve[]): string {
  return (curves.reduce((sum, curve) => sum + (curve.f1.at(-1) ?? 0), 0) / curves.length).toFixed(
    3,
  );
}

if (import.meta.url === `file://${process.argv[1]}`) await run(process.argv.slice(2));
