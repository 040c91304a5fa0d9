import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type PhaseDiagramTruth, readTruth } from "../../../src/evaluation/phase-diagram-truth.ts";

const SHARED = resolve(import.meta.dirname, "../../../../shared/data");

/** Whether the shared data of the workshop are there. */
export function hasSharedData(): boolean {
  return existsSync(join(SHARED, "phase-diagrams"));
}

export const SECTIONS = ["al-mg-zn_608K", "cr-fe-nb_1373K", "al-mg-si_773K", "cu-mg-si_873K"];

/** One of the four computed sections. */
export function section(name: string, grid: "2p5pct" | "1pct"): Promise<PhaseDiagramTruth> {
  return readTruth({
    file: join(SHARED, "phase-diagrams", `${name}_${grid}.csv`),
    axes: ["x_A", "x_B", "x_C"],
    space: "ternary",
    label: "phases",
  });
}

/** Cu-Mg-Zn in at.%, thinned to every `step` per cent. */
export async function cuMgZn(temperature_K: 700 | 1000, step: number): Promise<PhaseDiagramTruth> {
  const truth = await readTruth({
    file: join(SHARED, "third-party", `cu-mg-zn-${temperature_K}K.csv`),
    axes: ["Zn", "Mg", "Cu"],
    space: "ternary",
    label: "phase_name",
  });
  const rows = truth.rows.filter(({ parameters }) =>
    Object.values(parameters).every((x) => Number(x) % step === 0),
  );
  return { ...truth, rows };
}
