import { LabError } from "../core/errors.ts";
import type { Parameters } from "../domain/candidate.ts";
import type { Composition } from "../domain/observation.ts";
import { phaseSetLabel } from "../domain/observation.ts";
import { CANDIDATES_MAX } from "../domain/search-space.ts";
import { checkCandidates } from "../tables/candidate-table.ts";
import { readLabels } from "../tables/label-cells.ts";
import { axisNumbers } from "../tables/numeric-column.ts";
import { findShares, type Shares } from "../tables/shares.ts";
import { columnOf, numberAt, readTable, type Table, type TableRow } from "../tables/table.ts";

/** A known phase diagram: one row a candidate. */
export interface PhaseDiagramTruth {
  readonly file: string;
  readonly axes: readonly string[];
  /** Axes that are mole fractions of one whole; empty for a Cartesian space. */
  readonly components: readonly string[];
  readonly rows: readonly TruthRow[];
  readonly hasCompositions: boolean;
  /** What a person should know of the table before trusting its scores. */
  readonly warnings?: readonly string[] | undefined;
}

export interface TruthRow {
  readonly parameters: Parameters;
  readonly label: string;
  readonly phases: readonly string[];
  /** By phase, where the table has them. */
  readonly fractions?: Readonly<Record<string, number>> | undefined;
  readonly compositions?: Readonly<Record<string, Composition>> | undefined;
}

export interface TruthOptions {
  readonly file: string;
  readonly axes: readonly string[];
  readonly space: "ternary" | "cartesian" | undefined;
  readonly label: string;
}

/** What a composition calls the component of a binary that has no axis. */
const OTHER_COMPONENT = "the other component";
/** Phases that can coexist in one row. */
const PHASES_max = 6;

/** Reads a truth table; every problem names its line. */
export async function readTruth(options: TruthOptions): Promise<PhaseDiagramTruth> {
  const table = readTable(options.file);
  checkCandidates(table, CANDIDATES_MAX);
  const axes = options.axes.map((axis) => axisNumbers(table, columnOf(table, axis)).values);
  const labels = readLabels(table, options.label);
  const { names: components, warnings } = findComponentAxes(table, options);
  const phaseColumns = listPhaseColumns(table, components);
  const rows = table.rows.map((row, k) => {
    const parameters = Object.fromEntries(
      options.axes.map((axis, a) => [axis, axes[a]?.[k] ?? Number.NaN]),
    );
    const phases = labels.phases[k];
    if (phases === undefined) {
      throw new LabError(
        "TL-1020",
        `${options.file}, line ${row.line}: the label in the column ${options.label} is empty`,
        { hint: "A truth needs a label in every row." },
      );
    }
    return {
      parameters,
      label: phaseSetLabel(phases),
      phases,
      ...coexisting(table, row, phaseColumns, components),
    };
  });
  return {
    file: options.file,
    axes: options.axes,
    components,
    rows,
    hasCompositions: rows.some((row) => row.compositions !== undefined),
    warnings: [...warnings, ...labels.warnings, ...contradictions(table, rows)],
  };
}

function findComponentAxes(table: Table, { space, axes, file }: TruthOptions): Shares {
  if (space === "cartesian") return { names: [], warnings: [] };
  const shares = findShares(table, axes);
  if (shares.names.length > 0) return shares;
  const fractions = axes.filter((axis) => isFraction(table, axis));
  if (axes.length === 2 && fractions.length === 1) return { names: fractions, warnings: [] };
  if (space === undefined) return shares;
  throw new LabError(
    "TL-1020",
    `${file}: the axes ${axes.slice(0, 3).join(", ")} do not sum to 1 (or 100) in every row`,
    { hint: "List the composition axes, or use --space cartesian." },
  );
}

/** Rows at the same place with different labels: an axis may be missing, and no model can learn both. */
function contradictions(table: Table, rows: readonly TruthRow[]): string[] {
  const first = new Map<string, number>();
  let count = 0;
  let example = "";
  for (const [k, { parameters, label }] of rows.entries()) {
    const place = Object.values(parameters).join(" ");
    const before = first.get(place);
    if (before === undefined) first.set(place, k);
    else if (rows[before]?.label !== label) {
      count++;
      example ||= `lines ${table.rows[before]?.line} and ${table.rows[k]?.line}`;
    }
  }
  return count === 0
    ? []
    : [
        `${count === 1 ? "1 row repeats" : `${count} rows repeat`} a point with another label (${example}): is an axis missing from --axes?`,
      ];
}

/** A column `x_...` of values within 0 and 1 (or 100): the one mole fraction of a binary. */
function isFraction(table: Table, axis: string): boolean {
  const column = columnOf(table, axis);
  return (
    /^x_/i.test(axis) &&
    table.rows.every((row) => {
      const x = numberAt(table, row, column);
      return x >= 0 && x <= 100;
    })
  );
}

interface PhaseColumns {
  readonly phase: number;
  readonly fraction: number | undefined;
  readonly composition: readonly { readonly component: string; readonly column: number }[];
}

/** `phase_i`, `f_i` and `x_i_A`, `x_i_B`, `x_i_C` in the order of the composition axes. */
function listPhaseColumns(table: Table, components: readonly string[]): PhaseColumns[] {
  const found: PhaseColumns[] = [];
  for (let i = 1; i <= PHASES_max; i++) {
    const phase = table.columns.indexOf(`phase_${i}`);
    if (phase < 0) break;
    const fraction = table.columns.indexOf(`f_${i}`);
    const letters = table.columns.filter((name) => name.startsWith(`x_${i}_`));
    // Either the components' own names or letters in the order of the axes.
    const names = components.map((axis, k) => {
      const own = [`x_${i}_${axis}`, `x_${i}_${axis.replace(/^x_/, "")}`].find((name) =>
        table.columns.includes(name),
      );
      return own ?? letters[k];
    });
    found.push({
      phase,
      fraction: fraction < 0 ? undefined : fraction,
      composition: names.flatMap((name, k) =>
        name === undefined
          ? []
          : [{ component: components[k] ?? "", column: table.columns.indexOf(name) }],
      ),
    });
  }
  return found;
}

function coexisting(
  table: Table,
  row: TableRow,
  columns: readonly PhaseColumns[],
  components: readonly string[],
): Pick<TruthRow, "fractions" | "compositions"> {
  const fractions: Record<string, number> = {};
  const compositions: Record<string, Composition> = {};
  let isComplete = columns.length > 0;
  for (const { phase, fraction, composition } of columns) {
    const name = row.cells[phase] ?? "";
    if (name === "") continue;
    if (Object.hasOwn(fractions, name) || Object.hasOwn(compositions, name))
      throw new LabError(
        "TL-1020",
        `${table.file}, line ${row.line} names the phase ${name} twice`,
        { hint: `Number the two sides of a miscibility gap by composition: ${name}#1, ${name}#2.` },
      );
    if (fraction !== undefined) fractions[name] = numberAt(table, row, fraction);
    if (composition.length === 0 || composition.length < components.length) isComplete = false;
    else {
      const amounts = composition.map(({ component, column }): [string, number] => [
        component,
        numberAt(table, row, column),
      ]);
      const rest = 1 - amounts.reduce((sum, [, x]) => sum + x, 0);
      compositions[name] = Object.fromEntries(
        components.length === 1 ? [...amounts, [OTHER_COMPONENT, rest]] : amounts,
      );
    }
  }
  if (columns.length === 0) return {};
  return isComplete ? { fractions, compositions } : { fractions };
}
