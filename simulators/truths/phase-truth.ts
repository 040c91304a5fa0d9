import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import type { Composition, PhasesObservation } from "../../src/domain/observation.ts";

/** What nature knows about one alloy at one temperature. */
export interface PhaseTruth {
  readonly name: string;
  /** Elements in the order of the table's axes. */
  readonly components: readonly string[];
  readonly temperature_K: number;
  /** All compositions of the table: the candidates of a campaign on it. */
  readonly compositions: readonly Composition[];
  /** The phases at the table's row nearest to the composition; ends of tie-lines where they are known. */
  at(composition: Composition): PhasesObservation;
}

interface Row {
  readonly molFractions: readonly number[];
  readonly observation: PhasesObservation;
}

const AXES = ["A", "B", "C", "D", "E"];

/**
 * Loads a table of equilibrium phases with its sidecar (see truths/PROVENANCE.md for the columns).
 * @param truth the name of one that ships (`al-mg-zn_608K`) or the path of a CSV file
 * @throws TL-0101 where files are missing or do not say what they must
 */
export function loadPhaseTruth(truth: string): PhaseTruth {
  const file = truth.endsWith(".csv") ? truth : shippedFile(`${truth}_2p5pct.csv`);
  const { components, temperature_K } = readSidecar(file);
  const rows = readRows(file, components);
  return {
    name: basename(file, ".csv"),
    components,
    temperature_K,
    compositions: rows.map(({ molFractions }) =>
      Object.fromEntries(components.map((name, k) => [name, molFractions[k] ?? 0])),
    ),
    at(composition) {
      const wanted = components.map((name) => composition[name] ?? 0);
      let nearest = rows[0];
      let distance_min = Number.POSITIVE_INFINITY;
      for (const row of rows) {
        let distance = 0;
        for (const [k, x] of row.molFractions.entries()) distance += (x - (wanted[k] ?? 0)) ** 2;
        if (distance < distance_min) {
          distance_min = distance;
          nearest = row;
        }
      }
      if (nearest === undefined) throw new LabError("TL-0101", `${file} has no rows`);
      return nearest.observation;
    },
  };
}

/** Beside this file from a checkout; at the package's top from the compiled tree, which holds no data. */
function shippedFile(name: string): string {
  const places = [
    import.meta.dirname,
    join(import.meta.dirname, "../../../simulators/truths"),
  ].map((folder) => join(folder, name));
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new LabError("TL-0101", `No ground truth ${name} ships with Tieline`);
  return found;
}

function readSidecar(file: string): { components: string[]; temperature_K: number } {
  const stem = basename(file, ".csv");
  const places = [stem, stem.replace(/_[^_]*$/, "")].map((s) => join(dirname(file), `${s}.json`));
  const sidecar = places.find((place) => existsSync(place));
  if (sidecar === undefined)
    throw new LabError("TL-0101", `${file} has no sidecar ${places.join(" or ")}`);
  const parsed = parseJson(sidecar);
  const { axes, T_K } = parsed;
  if (typeof axes !== "object" || axes === null || typeof T_K !== "number")
    throw new LabError("TL-0101", `${sidecar} must state axes and T_K`);
  const named = axes as Readonly<Record<string, string>>;
  const components = AXES.flatMap((axis) => named[axis] ?? []);
  if (components.length < 2)
    throw new LabError("TL-0101", `${sidecar} must name two elements or more in axes`);
  return { components, temperature_K: T_K };
}

function parseJson(file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new LabError("TL-0101", `${file} is not JSON`, { cause });
  }
}

function readRows(file: string, components: readonly string[]): Row[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new LabError("TL-0101", `${file} cannot be read`, { cause });
  }
  const [header = "", ...lines] = text.trim().split(/\r?\n/);
  const columns = new Map(header.split(",").map((name, k) => [name, k]));
  const missing = [...components.map((_, k) => `x_${AXES[k]}`), "phases"].filter(
    (name) => !columns.has(name),
  );
  if (missing.length > 0 || lines.length === 0)
    throw new LabError("TL-0101", `${file} has no rows or lacks columns (${missing.join(", ")})`);
  return lines.map((line, row) => {
    const cells = line.split(",");
    const cell = (name: string): string => cells[columns.get(name) ?? -1] ?? "";
    const molFractions = components.map((_, k) => Number(cell(`x_${AXES[k]}`)));
    if (!molFractions.every(Number.isFinite))
      throw new LabError("TL-0101", `${file}:${row + 2} has a composition that is no number`);
    return { molFractions, observation: readObservation(cell, components) };
  });
}

function readObservation(
  cell: (name: string) => string,
  components: readonly string[],
): PhasesObservation {
  const phases = cell("phases").split("+");
  const fractions: Record<string, number> = {};
  const compositions: Record<string, Composition> = {};
  for (const k of phases.keys()) {
    const phase = cell(`phase_${k + 1}`);
    if (phase === "" || cell(`f_${k + 1}`) === "") return { kind: "phases", phases };
    fractions[phase] = Number(cell(`f_${k + 1}`));
    compositions[phase] = Object.fromEntries(
      components.map((name, axis) => [name, Number(cell(`x_${k + 1}_${AXES[axis]}`))]),
    );
  }
  return { kind: "phases", phases, fractions, compositions };
}
