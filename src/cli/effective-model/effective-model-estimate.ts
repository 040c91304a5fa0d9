import { writeFileSync } from "node:fs";
import { LabError } from "../../core/errors.ts";
import {
  CALCULATIONS_MAX_PER_COUPLING,
  type DearEstimate,
  EXPECTED_PER_COUPLING,
} from "../../models/effective-model/emulate/estimate-dear.ts";
import { summariseEstimate } from "../../models/effective-model/estimate/estimate-summary.ts";
import { createEstimationProblem } from "../../models/effective-model/estimate/estimation-problem.ts";
import {
  type EstimationSpec,
  readEstimationSpec,
} from "../../models/effective-model/estimate/estimation-spec.ts";
import { compareModels, isDear } from "../../models/effective-model/estimate/model-comparison.ts";
import { type CommandIo, printJson } from "../command.ts";
import { createProgress, formatDuration } from "../output/progress.ts";
import { readJsonFile } from "../read-json-file.ts";
import { describeEstimate } from "./estimate-sentences.ts";
import { type ExpectedCalculations, timeTeller } from "./estimate-time.ts";

const NO_DATA = { scales: new Float64Array(), known: true };

/** `effective-model estimate`: couplings with joint errors, other modes, evidence, and a report. */
export async function runEstimate(
  options: { spec: string; json?: boolean; report?: string },
  io: CommandIo,
): Promise<void> {
  const spec = readEstimationSpec(readJsonFile(options.spec));
  for (const warning of spec.warnings) io.err(`warning: ${warning}\n`);
  const expected = expectedWork(spec);
  if (expected !== undefined) io.err(`${expected.sentence}\n`);
  const started_ms = performance.now();
  const progress = createProgress(io, "estimating");
  const teller =
    expected === undefined
      ? undefined
      : timeTeller({
          expected,
          planning_s: PLANNING_s,
          now_s: () => performance.now() / 1000,
          tell: (sentence) => io.err(`${sentence}\n`),
        });
  const { estimates, evidence } = compareModels(spec, (done, total, stage) => {
    progress.update(Math.floor(done), Math.ceil(total), stage);
    teller?.(done, total, stage);
  });
  progress.finish();
  const [best] = estimates;
  if (best === undefined) throw new LabError("TL-8001", "no model was given");
  const summary = summariseEstimate(spec, best);
  const timing_ms = Math.round(performance.now() - started_ms);
  if (options.report !== undefined) {
    const { renderEstimateReport } = await import("./effective-model-report.ts");
    writeReport(options.report, renderEstimateReport({ spec, estimate: best, summary, evidence }));
    io.err(`report written to ${options.report}\n`);
  }
  if (options.json === true)
    printJson(io, {
      ...summary,
      evidence,
      ...(best.emulation === undefined ? {} : { emulation: best.emulation }),
      ...{ prior: spec.prior, seed: spec.seed, timing_ms, warnings: spec.warnings },
    });
  else io.out(describeEstimate(summary, evidence, spec.prior) + describeEmulation(best.emulation));
}

/** Multiply-adds that a core does in a second here, roughly, and the work worth a word before it starts. */
const OPERATIONS_PER_s = 1.5e9;
const LONG_s = 60;
/** Planning and sampling on emulated curves, seconds a calculation: three couplings and 22 points. */
const PLANNING_s = 0.6;

/** What an emulated estimate will take, where that is long: by counting now, by the clock after the first calculations. */
function expectedWork(
  spec: EstimationSpec,
): (ExpectedCalculations & { readonly sentence: string }) | undefined {
  let [usual, most, single_s] = [0, 0, 0];
  for (const model of spec.models) {
    if (!isDear(spec, model) || spec.isClassical) continue;
    const { physics, map } = createEstimationProblem(spec, model, [], NO_DATA);
    single_s = Math.max(single_s, physics.operations / OPERATIONS_PER_s);
    usual += EXPECTED_PER_COUPLING * map.free.length;
    most += CALCULATIONS_MAX_PER_COUPLING * map.free.length;
  }
  if (usual * single_s < LONG_s) return undefined;
  const sentence =
    `${usual} to ${most} forward calculations of ${spec.siteSpins.length} spins, some ${single_s.toPrecision(2)} s each on a core of its own, ` +
    `after a preparation: ${formatDuration(usual * (single_s + PLANNING_s))} at least, told anew after the first of them ` +
    "(a campaign with model.forward spreads them over runners)";
  return { usual, most, sentence };
}

function writeReport(path: string, html: string): void {
  try {
    writeFileSync(path, html);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError("TL-8008", `${path} could not be written (${reason})`);
  }
}

function describeEmulation(emulation: DearEstimate["emulation"] | undefined): string {
  if (emulation === undefined) return "";
  const { calculations, leaveOneOut_median, isTrusted } = emulation;
  return (
    `The posterior is sampled on curves emulated from ${calculations} calculations; ` +
    `leaving one out changes ln p by ${leaveOneOut_median.toPrecision(2)}` +
    `${isTrusted ? "" : ": errors are only rough"}.\n`
  );
}
