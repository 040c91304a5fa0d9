import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PhaseDiagramTruth } from "../../../src/evaluation/phase-diagram-truth.ts";

/** Writes a map as the CSV that `evaluate --truth` reads, into a folder of its own; returns the file's name. */
export function writeTruth(truth: PhaseDiagramTruth, name: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "tieline-map-")), `${name}.csv`);
  const rows = truth.rows.map(({ parameters, label }) =>
    [...truth.axes.map((axis) => parameters[axis]), label].join(","),
  );
  writeFileSync(file, [[...truth.axes, "phases"].join(","), ...rows, ""].join("\n"));
  return file;
}
