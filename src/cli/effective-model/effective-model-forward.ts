import {
  isClassical,
  readClassicalSpec,
  solveClassically,
} from "../../models/effective-model/forward/classical-forward.ts";
import { solveForward } from "../../models/effective-model/forward/forward.ts";
import type { ForwardResult } from "../../models/effective-model/forward/forward-result.ts";
import { readForwardSpec } from "../../models/effective-model/forward/forward-spec.ts";
import { type CommandIo, printJson } from "../command.ts";
import { createProgress } from "../output/progress.ts";
import { readJsonFile } from "../read-json-file.ts";

/** `effective-model forward`: properties of one Hamiltonian. */
export function runForward(options: { spec: string; json?: boolean }, io: CommandIo): void {
  const document = readJsonFile(options.spec);
  if (isClassical(document)) {
    runClassical(document, options.json === true, io);
    return;
  }
  const spec = readForwardSpec(document);
  for (const warning of spec.warnings) io.err(`warning: ${warning}\n`);
  const progress = createProgress(io, "diagonalising");
  const result = solveForward(spec, (done, total) => progress.update(done, total));
  progress.finish();
  if (options.json === true) printJson(io, { ...result, warnings: spec.warnings });
  else io.out(describeForward(result));
}

function runClassical(document: unknown, isJson: boolean, io: CommandIo): void {
  const spec = readClassicalSpec(document);
  for (const warning of spec.warnings) io.err(`warning: ${warning}\n`);
  const result = solveClassically(spec);
  if (isJson) printJson(io, { ...result, warnings: spec.warnings });
  else io.out(`${[result.method, ...describeCurves(result)].join("\n")}\n`);
}

/** The result as text for a person. */
function describeForward(result: ForwardResult): string {
  const lines = [
    `ground energy   ${result.groundEnergy_meV.toFixed(6)} meV (${result.method})`,
    `spin gap        ${result.spinGap_meV.toFixed(6)} meV   to M = 1: ${result.gapToM1_meV.toFixed(6)} meV`,
    ...result.steps.map(
      (step) => `step            ${step.field_T.toFixed(3)} T   M ${step.from_M} -> ${step.to_M}`,
    ),
  ];
  return `${[...lines, ...describeCurves(result)].join("\n")}\n`;
}

type Curves = Pick<ForwardResult, "T" | "specificHeat_kB" | "susceptibility" | "magnetisation">;

/** One line for each temperature, under a heading. */
function describeCurves(result: Curves): string[] {
  if (result.T.length === 0) return [];
  return [
    "",
    "T (K)      C (kB/spin)   chi (meV/T^2/spin)   <Sz> per spin at each field",
    ...result.T.map((temperature, t) => {
      const m = (result.magnetisation[t] ?? []).slice(0, 8).map((value) => value.toFixed(5));
      const more = (result.magnetisation[t]?.length ?? 0) > 8 ? " ..." : "";
      return [
        String(temperature).padEnd(10),
        (result.specificHeat_kB[t] ?? 0).toExponential(4).padEnd(13),
        (result.susceptibility[t] ?? 0).toExponential(4).padEnd(20),
        m.join(" ") + more,
      ].join(" ");
    }),
  ];
}
