import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PhaseDiagramTruth } from "../../../src/evaluation/phase-diagram-truth.ts";

const LETTERS = ["A", "B", "C", "D"];

/**
 * Writes a map as the truth of a simulated laboratory, CSV and sidecar, into a folder of its own; returns the CSV's name.
 * @param temperature_K of the section, or the axis that has it
 */
export function writeNature(
  { components, rows }: PhaseDiagramTruth,
  temperature_K: number | string,
): string {
  const file = join(mkdtempSync(join(tmpdir(), "tieline-nature-")), "nature.csv");
  const letters = LETTERS.slice(0, components.length);
  const hasAxis = typeof temperature_K === "string";
  const phases_max = Math.max(...rows.map(({ phases }) => phases.length));
  const parts = Array.from({ length: phases_max }, (_, k) => k + 1);
  const header = [
    ...(hasAxis ? ["T_K"] : []),
    ...letters.map((letter) => `x_${letter}`),
    "phases",
    ...parts.flatMap((k) => [`phase_${k}`, `f_${k}`, ...letters.map((l) => `x_${k}_${l}`)]),
  ];
  const lines = rows.map(({ parameters, phases, fractions = {}, compositions = {} }) =>
    [
      ...(hasAxis ? [parameters[temperature_K]] : []),
      ...components.map((name) => parameters[name]),
      phases.join("+"),
      ...parts.flatMap((k) => {
        const phase = phases[k - 1];
        return phase === undefined
          ? ["", "", ...letters.map(() => "")]
          : [phase, fractions[phase] ?? 1, ...components.map((c) => compositions[phase]?.[c] ?? 0)];
      }),
    ].join(","),
  );
  writeFileSync(file, [header.join(","), ...lines, ""].join("\n"));
  const named = Object.fromEntries(components.map((name, k) => [LETTERS[k], name]));
  const sidecar = { axes: named, T_K: hasAxis ? { axis: temperature_K } : temperature_K };
  writeFileSync(file.replace(/\.csv$/, ".json"), JSON.stringify(sidecar));
  return file;
}
