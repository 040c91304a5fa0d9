import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import type { Composition, PhasesObservation } from "../../src/domain/observation.ts";

/** What nature knows about one alloy, at one temperature or at several. */
export interface PhaseTruth {
  readonly name: string;
  /** Elements in the order of the table's axes. */
  readonly components: readonly string[];
  /** Temperatures of the table, ascending; one for an isothermal section. */
  readonly temperatures_K: readonly number[];
  /** All compositions of the table: the candidates of a campaign on it. */
  readonly compositions: readonly Composition[];
  /** Names of all its phases, sorted. */
  readonly phases: readonly string[];
  /** The phases at the table's row nearest to the temperature, then to the composition; ends of tie-lines where they are known. */
  at(composition: Composition, temperature_K: number): PhasesObservation;
}

interface Row {
  readonly temperature_K: number;
  readonly molFractions: readonly number[];
  readonly observation: PhasesObservation;
}

const AXES = ["A", "B", "C", "D", "E"];

/** Column of the temperature where a table has several. */
const TEMPERATURE = "T_K";

/**
 * Loads a table of equilibrium phases with its sidecar (see truths/PROVENANCE.md for the columns).
 * @param truth the name of one that ships (`al-mg-zn_608K`) or the path of a CSV file
 * @throws TL-0101 where files are missing or do not say what they must
 */
export function loadPhaseTruth(truth: string): PhaseTruth {
  if (truth.endsWith(".csv")) return readTruth(truth);
  const known = shipped.get(truth);
  if (known !== undefined) return known;
  const read = readTruth(shippedFile([`${truth}_2p5pct.csv`, `${truth}.csv`], truth));
  shipped.set(truth, read);
  return read;
}

/** Those that ship, once they were read: they do not change, and a swarm asks for the same thousands of times. */
const shipped = new Map<string, PhaseTruth>();

function readTruth(file: string): PhaseTruth {
  const sidecar = readSidecar(file);
  const { components } = sidecar;
  const rows = readRows(file, sidecar);
  const levels = new Map<number, Row[]>();
  for (const row of rows) {
    const level = levels.get(row.temperature_K);
    if (level === undefined) levels.set(row.temperature_K, [row]);
    else level.push(row);
  }
  const temperatures_K = [...levels.keys()].sort((a, b) => a - b);
  const compositions = new Map(
    rows.map(({ molFractions }) => [
      molFractions.join(),
      Object.fromEntries(components.map((name, k) => [name, molFractions[k] ?? 0])),
    ]),
  );
  return {
    name: basename(file, ".csv"),
    components,
    temperatures_K,
    compositions: [...compositions.values()],
    phases: [...new Set(rows.flatMap(({ observation }) => observation.phases))].sort(),
    at(composition, temperature_K) {
      const wanted = components.map((name) => composition[name] ?? 0);
      const level = temperatures_K.reduce((a, b) =>
        Math.abs(b - temperature_K) < Math.abs(a - temperature_K) ? b : a,
      );
      const squared = ({ molFractions }: Row): number =>
        molFractions.reduce((sum, x, k) => sum + (x - (wanted[k] ?? 0)) ** 2, 0);
      let [nearest, least] = [levels.get(level)![0]!, Number.POSITIVE_INFINITY];
      for (const row of levels.get(level)!) {
        const distance = squared(row);
        if (distance < least) [nearest, least] = [row, distance];
      }
      return nearest.observation;
    },
  };
}

/** Beside this file from a checkout; from a file of the package, in its folder of data. */
function shippedFile(names: readonly string[], truth: string): string {
  const above = ["../..", "../../.."].map((up) => join(up, "simulators/truths"));
  const folders = [".", ...above].map((place) => join(import.meta.dirname, place));
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new LabError("TL-0101", `No ground truth ${truth} ships with Tieline`);
  return found;
}

interface Sidecar {
  readonly components: readonly string[];
  /** Absent where the table has a column of its own. */
  readonly temperature_K: number | undefined;
}

function readSidecar(file: string): Sidecar {
  const stem = basename(file, ".csv");
  const places = [stem, stem.replace(/_[^_]*$/, "")].map((s) => join(dirname(file), `${s}.json`));
  const sidecar = places.find((place) => existsSync(place));
  if (sidecar === undefined)
    throw new LabError("TL-0101", `${file} has no sidecar ${places.join(" or ")}`);
  const parsed = parseJson(sidecar);
  const { axes, T_K } = parsed;
  if (typeof axes !== "object" || axes === null || T_K === undefined)
    throw new LabError("TL-0101", `${sidecar} must state axes and T_K`);
  const named = axes as Readonly<Record<string, string>>;
  const components = AXES.flatMap((axis) => named[axis] ?? []);
  if (components.length < 2)
    throw new LabError("TL-0101", `${sidecar} must name two elements or more in axes`);
  return { components, temperature_K: typeof T_K === "number" ? T_K : undefined };
}

function parseJson(file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new LabError("TL-0101", `${file} is not JSON`, { cause });
  }
}

function readRows(file: string, { components, temperature_K }: Sidecar): Row[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new LabError("TL-0101", `${file} cannot be read`, { cause });
  }
  const [header = "", ...lines] = text.trim().split(/\r?\n/);
  const columns = new Map(header.split(",").map((name, k) => [name, k]));
  const axes = components.map((_, k) => `x_${AXES[k]}`);
  // In a binary one mole fraction says both.
  const needed = components.length === 2 && !columns.has("x_A") ? ["x_B"] : axes;
  const missing = [
    ...needed,
    "phases",
    ...(temperature_K === undefined ? [TEMPERATURE] : []),
  ].filter((name) => !columns.has(name));
  if (missing.length > 0 || lines.length === 0)
    throw new LabError("TL-0101", `${file} has no rows or lacks columns (${missing.join(", ")})`);
  return lines.map((line, row) => {
    const cells = line.split(",");
    const cell = (name: string): string => cells[columns.get(name) ?? -1] ?? "";
    const read = needed.map((axis) => Number(cell(axis)));
    const molFractions =
      read.length < axes.length ? [Number((1 - read[0]!).toFixed(9)), ...read] : read;
    const temperature = temperature_K ?? Number(cell(TEMPERATURE));
    if (![...molFractions, temperature].every(Number.isFinite))
      throw new LabError("TL-0101", `${file}:${row + 2} has a number that is none`);
    return {
      temperature_K: temperature,
      molFractions,
      observation: readObservation(cell, components),
    };
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
