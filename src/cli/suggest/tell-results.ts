import { existsSync, readFileSync } from "node:fs";
import { loadSpace } from "../../../config/load-space.ts";
import { LabError, misuse } from "../../core/errors.ts";
import { hasAxis } from "../../domain/box-levels.ts";
import type { BoxSpace } from "../../domain/search-space.ts";
import { isFailure } from "../../tables/cell-kinds.ts";
import { emptyTable, type TableText, withCells, withRow } from "../../tables/edit-table.ts";
import { readResults } from "../../tables/result-cells.ts";
import { parseTable, readTableText } from "../../tables/table.ts";
import { findToldRow, noSuchRow, type Told } from "../../tables/told-row.ts";
import type { CommandIo } from "../command.ts";
import { quotedList, unquoted } from "../option-values.ts";
import { replaceFile } from "../output/replace-file.ts";
import { measuredNames, settingsFrom } from "./optimise-settings.ts";
import type { SuggestOptions } from "./suggest-options.ts";

/** Writes what `--tell` says into the table, all of it or nothing. Throws TL-1001, TL-1020, TL-1021, TL-1003. */
export async function tellResults(options: SuggestOptions, io: CommandIo): Promise<void> {
  const file = options.candidates ?? options.results;
  if (file === undefined) throw misuse("TL-1001", "--tell needs --candidates or --results");
  const space = options.space === undefined ? undefined : loadSpace(options.space).space;
  const measured =
    options.objectives === undefined || options.goal !== "optimise"
      ? []
      : measuredNames(settingsFrom(options, options.objectives));
  let now = openTable(file, space, measured);
  const said: string[] = [];
  for (const told of options.tell.map(parseTold)) {
    checkValues(told, measured);
    const found = findToldRow(now.table, told);
    if (found === undefined && space === undefined) throw noSuchRow(now.table, told);
    if (found === undefined && space !== undefined) checkPoint(told, space);
    const text = found === undefined ? withRow(now, told) : withCells(now, found.row, found.cells);
    now = { text, table: parseTable(text, file) };
    const line = found?.row.line ?? now.table.rows.at(-1)?.line;
    const values = Object.entries(told).map(([name, value]) => `${name} = ${value}`);
    said.push(`told: line ${line} of ${file}: ${values.join(", ")}\n`);
  }
  // What cannot be read again must not be written.
  for (const name of measured) readResults(now.table, name, { learnsBounds: true });
  await replaceFile(file, encoded(file, now.text));
  for (const line of said) io.err(line);
}

function openTable(
  file: string,
  space: BoxSpace | undefined,
  measured: readonly string[],
): TableText {
  if (space !== undefined && !existsSync(file))
    return emptyTable([...space.axes.map(({ name }) => name), ...measured], file);
  const text = readTableText(file);
  return { text, table: parseTable(text, file) };
}

/** `temperature_K=467,yield=0.83`; a name or value with commas in quotes. */
function parseTold(text: string): Told {
  const entries = quotedList(text).map((part): [string, string] => {
    const [, name, value] = /^("[^"]*"|[^=]*)=(.*)$/.exec(part) ?? [];
    if (name === undefined || value === undefined || value.trim() === "")
      throw misuse(
        "TL-1001",
        `--tell: "${part}" does not say what a column holds`,
        'Write for example --tell "temperature_K=467,yield=0.83".',
      );
    return [unquoted(name.trim()), unquoted(value.trim())];
  });
  return Object.fromEntries(entries);
}

/** A slip of the pen must not become a failed experiment. */
function checkValues(told: Told, measured: readonly string[]): void {
  const wrong = measured.find((name) => {
    const value = told[name];
    return value !== undefined && !/\d/.test(value) && !isFailure(value);
  });
  if (wrong === undefined) return;
  throw misuse(
    "TL-1001",
    `--tell: "${told[wrong]}" is no result of ${wrong}`,
    "Write a number, or failed.",
  );
}

/** A new point of the space must say where it is. */
function checkPoint(told: Told, { axes }: BoxSpace): void {
  const missing = axes.find((axis) => told[axis.name] === undefined && hasAxis(axis, told));
  if (missing === undefined) return;
  throw misuse(
    "TL-1001",
    `--tell: no open row is meant, and a new one lacks ${missing.name}`,
    `Say every axis: ${axes.map(({ name }) => name).join(", ")}.`,
  );
}

/** In the encoding that the file has. */
function encoded(file: string, text: string): Buffer {
  const bytes = existsSync(file) ? readFileSync(file).subarray(0, 3) : Buffer.alloc(0);
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xfe) return Buffer.from(`\uFEFF${text}`, "utf16le");
  if (a === 0xfe && b === 0xff)
    throw new LabError("TL-1003", `${file} is UTF-16 with its bytes swapped and is only read`, {
      hint: "Save it as CSV in UTF-8.",
    });
  return Buffer.from(a === 0xef && b === 0xbb && c === 0xbf ? `\uFEFF${text}` : text, "utf8");
}
