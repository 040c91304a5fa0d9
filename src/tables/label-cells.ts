import { LabError } from "../core/errors.ts";
import { isFailure, isUnmeasured, resultCells } from "./cell-kinds.ts";
import { codedColumn, countWords, lineOf } from "./coded-columns.ts";
import { columnOf, type Table } from "./table.ts";

/** What the cells of a label column say, a row each. */
export interface LabelCells {
  /** Sorted phases; `undefined` where nothing was measured or the measurement failed. */
  readonly phases: readonly (readonly string[] | undefined)[];
  /** Rows whose experiment failed: no phases, and not to be proposed again. */
  readonly failed: readonly number[];
  readonly warnings: readonly string[];
}

/** Lines named in a warning. */
const LINES_max = 8;
/** From this many labels on, each of them a number that stands once, a column holds measurements and not labels. */
const NUMBERS_min = 6;

/**
 * Reads a column of labels. `1`, `1.0` and `1.00` are one label; `-1` among words, or in most rows, and the usual marks mean
 * "not measured"; `fail`, and `?` or `n.d.` beside empty cells, are experiments without a result.
 */
export function readLabels(table: Table, column: string): LabelCells {
  const at = columnOf(table, column);
  const kinds = resultCells(table, at);
  const minusOne = isMinusOneUnmeasured(table, at);
  const { words, code } = codedColumn(table, at);
  const isOpen = (cell: string): boolean =>
    isUnmeasured(kinds, cell) || (minusOne && isMinusOne(cell));
  const hasFailed = words.map((word) => !isOpen(word) && isFailure(word));
  const placeOf = (k: number): string => `${table.file}, line ${lineOf(table, code.indexOf(k))}`;
  const named = words.map((word, k) =>
    isOpen(word) || hasFailed[k] ? undefined : phasesOf(word, () => placeOf(k)),
  );
  const failed: number[] = [];
  const phases: (readonly string[] | undefined)[] = [];
  for (let row = 0; row < code.length; row++) {
    const k = code[row]!;
    if (hasFailed[k]) failed.push(row);
    phases.push(named[k]);
  }
  return { phases, failed, warnings: warningsOf(table, at, { phases, failed, minusOne }) };
}

/** The phases that a label names, `A+B`. TL-1020 where one has no name or stands twice; only then it is asked where. */
function phasesOf(text: string, place: () => string): string[] {
  const phases = text.split("+").map((name) => canonical(name.trim()));
  if (phases.includes(""))
    throw new LabError("TL-1020", `${place()}: the label "${text}" names a phase without a name`, {
      hint: "Write phases that coexist as A+B.",
    });
  const twice = phases.find((name, k) => phases.indexOf(name) !== k);
  if (twice !== undefined)
    throw new LabError(
      "TL-1020",
      `${place()}: the label "${text}" names the phase ${twice} twice`,
      {
        hint: `Number the two sides of a miscibility gap by composition: ${twice}#1+${twice}#2.`,
      },
    );
  return phases;
}

/** `1.0` and `1.00` are `1`, `2.50` is `2.5`; words, and codes with leading zeros, stay. */
function canonical(name: string): string {
  return /^-?(?:0|[1-9]\d*)\.\d*$/.test(name) ? String(Number(name)) : name;
}

function isMinusOne(cell: string): boolean {
  return /^-1(?:\.0*)?$/.test(cell);
}

/** Tools of label propagation write -1 for "no label": so it is among words, or where most rows have it. */
function isMinusOneUnmeasured(table: Table, column: number): boolean {
  const coded = codedColumn(table, column);
  const counts = countWords(coded);
  const marked = coded.words.reduce((sum, word, k) => sum + (isMinusOne(word) ? counts[k]! : 0), 0);
  if (marked === 0) return false;
  const hasWords = coded.words.some((word) => /[A-Za-z]{2}/.test(word));
  return hasWords || marked > coded.code.length / 2;
}

function warningsOf(
  table: Table,
  column: number,
  found: Pick<LabelCells, "phases" | "failed"> & { readonly minusOne: boolean },
): string[] {
  const name = table.columns[column] ?? "";
  const labels = new Map<string, number>();
  for (const phases of found.phases)
    for (const phase of phases ?? []) labels.set(phase, (labels.get(phase) ?? 0) + 1);
  const warnings: string[] = [];
  if (found.minusOne) warnings.push(`-1 in the column ${name} was taken as not measured`);
  if (found.failed.length > 0)
    warnings.push(
      `${found.failed.length} rows of the column ${name} failed (${linesOf(table, column, found.failed)}): they are no phases and are not proposed again`,
    );
  const names = [...labels.keys()];
  for (const [one, other] of spelledAlike(names))
    warnings.push(
      `the labels ${one} and ${other} differ by case only and count as two phases: ${countOf(labels, one)} and ${countOf(labels, other)}`,
    );
  const isNumbers = names.every((label) => label !== "" && Number.isFinite(Number(label)));
  if (names.length >= NUMBERS_min && isNumbers && [...labels.values()].every((n) => n === 1))
    warnings.push(
      `every label of the column ${name} is another number: is it a measured quantity? --goal optimise takes those`,
    );
  return warnings;
}

/** Each name with the next one that differs from it by case only, in the order of the first ones. */
function spelledAlike(names: readonly string[]): [string, string][] {
  const next = new Map<string, string>();
  const pairs: [string, string][] = [];
  for (const name of names.toReversed()) {
    const spelling = name.toLowerCase();
    const other = next.get(spelling);
    if (other !== undefined) pairs.push([name, other]);
    next.set(spelling, name);
  }
  return pairs.reverse();
}

function countOf(labels: ReadonlyMap<string, number>, name: string): string {
  return `${labels.get(name)} x ${name}`;
}

/** `line 6 "fail", line 27 "?"`. */
export function linesOf(table: Table, column: number, rows: readonly number[]): string {
  const { words, code } = codedColumn(table, column);
  const named = rows
    .slice(0, LINES_max)
    .map((row) => `line ${lineOf(table, row)} "${words[code[row]!]}"`);
  return rows.length > LINES_max
    ? `${named.join(", ")} and ${rows.length - LINES_max} more`
    : named.join(", ");
}
