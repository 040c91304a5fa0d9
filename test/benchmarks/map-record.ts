import { createHash } from "node:crypto";
import {
  type EvaluationOptions,
  runEvaluation,
} from "../../src/evaluation/phase-diagram-evaluation.ts";
import type { PhaseDiagramTruth } from "../../src/evaluation/phase-diagram-truth.ts";
import { gibbsQuaternary } from "./maps/gibbs-quaternary.ts";
import { gibbsBinary, gibbsSection, gibbsStack } from "./maps/gibbs-section.ts";

/**
 * One digest a campaign of what every map engine proposes and says: run it before a change and after it, and compare
 * (`npx tsx test/benchmarks/map-record.ts > before.txt`). Hyperparameters and times are left out.
 */
export function run(): void {
  for (const [name, truth, options] of CASES) console.log(`${name} ${digestOf(truth, options)}`);
}

const full = { coexistence: "full" } as const;
const told = { ...full, compositionNoise_molFraction: 0.01 };
const section = gibbsSection(2, 30);
const stack = gibbsStack(2, 14, [0.8, 0.9, 1, 1.1]);
const quaternary = gibbsQuaternary(1, 12);
const binary = gibbsBinary(
  1,
  30,
  Array.from({ length: 25 }, (_, k) => 0.5 + 0.03 * k),
);

const CASES: readonly (readonly [string, PhaseDiagramTruth, Partial<EvaluationOptions>])[] = [
  ["graph", section, { settings: { coexistence: "off" } }],
  ["graph, five at once", section, { settings: { coexistence: "off" }, batch: 5 }],
  ["graph, published rule", section, { settings: { coexistence: "midpoint" }, batch: 3 }],
  ["graph, spreading", section, { settings: { method: "label-spreading" }, budget: 20 }],
  ["from graph to tie-lines", section, { settings: {} }],
  ...[section, stack, quaternary, binary].flatMap((truth, k) => {
    const name = ["triangulation", "stack", "hull", "binary"][k]!;
    const ways: [string, Partial<EvaluationOptions>][] = [
      ["exact", { settings: full }],
      ["ten at once", { settings: full, batch: 10 }],
      ["half of the compositions missing", { settings: full, missingCompositions: 0.5, batch: 2 }],
      ["noise told", { settings: told, compositionNoise: 0.01, batch: 5 }],
      ["noise learnt", { settings: full, compositionNoise: 0.01, batch: 5 }],
      ["a tenth of the labels wrong", { settings: full, wrongLabels: 0.1 }],
    ];
    return ways.map(([way, options]) => [`${name}, ${way}`, truth, options] as const);
  }),
];

function digestOf(truth: PhaseDiagramTruth, options: Partial<EvaluationOptions>): string {
  const told: unknown[] = [];
  const all: EvaluationOptions = {
    settings: {},
    batch: 1,
    budget: 40,
    startsAtCorners: true,
    initial: 0,
    compositionNoise: 0,
    missingCompositions: 0,
    ...options,
  };
  const { sampled, macroF1, estimatedError, unseenChance } = runEvaluation(
    truth,
    all,
    1,
    () => {},
    (planner) => {
      const request = { n: 99, count: 6, excluded: [], seed: "end" };
      const { points, verdict, model } = planner.propose({ ...request, pending: [] });
      const inFlight = planner.propose({ ...request, pending: points.slice(0, 3) });
      const view = planner.view({ probabilities: true });
      told.push(points, verdict, model.summary, inFlight.points, view);
    },
  );
  told.push(sampled, macroF1, estimatedError, unseenChance);
  return createHash("sha256").update(JSON.stringify(told)).digest("hex").slice(0, 16);
}

if (process.argv[1] === import.meta.filename) run();
