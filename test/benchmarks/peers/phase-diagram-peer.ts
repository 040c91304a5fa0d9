import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import type { EvaluationRun } from "../../../src/evaluation/phase-diagram-evaluation.ts";
import { median } from "../../support/statistics.ts";
import { powerMap } from "../maps/power-map.ts";
import { writeTruth } from "../maps/write-truth.ts";

const PYTHON = process.env["PEER_PYTHON"] ?? "/tmp/venv-sklearn/bin/python";
const MAIN = resolve(import.meta.dirname, "../../../src/main.ts");
const LEVELS = [0.8, 0.9, 0.95];

/**
 * Runs scikit-learn (as PDC, NIMO and AIPHAD use it) and the product side by side on one map and prints the ratios of samples
 * and of time. Arguments: `[TRUTH.csv AXES] [SEEDS] [BUDGET]`; without a file the 820-point map with the published sizes.
 */
function compare(words: readonly string[]): void {
  const hasFile = words[0]?.endsWith(".csv") === true;
  const file = hasFile ? (words[0] ?? "") : writeTruth(powerMap(4), "power-map-4");
  const axes = hasFile ? (words[1] ?? "") : "A,B,C";
  const [seeds = "3", budget = "160"] = words.slice(hasFile ? 2 : 0);
  const common = [file, "--axes", axes, "--initial", "9", "--budget", budget, "--seeds", seeds];
  const pairs = [
    ["LP + LC", ["--method", "LP", "--score", "LC"], "label-propagation"],
    ["LS + LC", ["--method", "LS", "--score", "LC"], "label-spreading"],
  ] as const;
  const own = ours(common, []);
  for (const [name, peerOptions, method] of pairs) {
    const peer = json(PYTHON, [
      join(import.meta.dirname, "phase_diagram_peer.py"),
      ...common,
      ...peerOptions,
    ]);
    const same = ours(common, [
      ...["--method", method, "--score", "least-confident", "--diversity", "none"],
    ]);
    console.log(`\n${name}, ${file}, ${seeds} seeds`);
    for (const level of LEVELS) {
      const [p, s, o] = [peer, same, own].map((runs) => samplesTo(runs, level, Number(budget)));
      console.log(
        `  samples to macro-F1 ${level}: scikit-learn ${text(p)}, ours by the same rule ${text(s)}, default ${text(o)} ` +
          `(${((o ?? 0) / (p ?? 1)).toFixed(2)} of scikit-learn's)`,
      );
    }
    const [p, s] = [peer, same].map((runs) => median(runs.flatMap((run) => run.proposal_ms)));
    console.log(
      `  a proposal: scikit-learn ${p?.toFixed(1)} ms, ours ${s?.toFixed(1)} ms: ${((p ?? 0) / (s ?? 1)).toFixed(0)} times faster`,
    );
  }
}

function ours([file = "", ...options]: readonly string[], more: readonly string[]) {
  const words = ["--import", "tsx", MAIN, "evaluate", "phase-diagram", "--truth", file];
  return json(process.execPath, [...words, ...options, "--coexistence", "off", ...more, "--json"]);
}

function json(program: string, words: readonly string[]): readonly EvaluationRun[] {
  const text = execFileSync(program, [...words], {
    encoding: "utf8",
    maxBuffer: 1e9,
    stdio: ["ignore", "pipe", "ignore"],
    // One thread each: a busy machine makes the threads of a linear-algebra library wait for one another.
    env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
  });
  return (JSON.parse(text) as { runs: readonly EvaluationRun[] }).runs;
}

/** A run that does not get there counts 1.1 budgets. */
function samplesTo(runs: readonly EvaluationRun[], level: number, budget: number): number {
  const counts = runs.map((run) => {
    const k = run.macroF1.findIndex((f) => f >= level);
    return k < 0 ? 1.1 * budget : (run.samples[k] ?? 1.1 * budget);
  });
  return counts.reduce((sum, x) => sum + x, 0) / counts.length;
}

function text(value: number | undefined): string {
  return value === undefined ? "?" : value.toFixed(0);
}

compare(process.argv.slice(2));
