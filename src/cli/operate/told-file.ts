import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { z } from "zod";
import { misuse } from "../../core/errors.ts";
import type { Observation } from "../../domain/observation.ts";
import type { PointByHand } from "../../domain/point-by-hand.ts";
import { readLabels } from "../../tables/label-cells.ts";
import { readParameters } from "../../tables/optimise-cells.ts";
import { readResults } from "../../tables/result-cells.ts";
import { columnOf, numberAt, readTable, type Table } from "../../tables/table.ts";
import { distinctNames, quotedList, unquoted } from "../option-values.ts";

/** Which columns of a table say what. */
export interface ToldColumns {
  readonly label?: string;
  readonly objectives?: string;
  readonly confidence?: string;
  readonly axes?: string;
}

/** One result of an earlier experiment, and where it stood. */
export interface ToldResult {
  /** For people: `earlier.csv, line 7`. */
  readonly at: string;
  readonly point: PointByHand;
  readonly observations: readonly Observation[];
}

/** A table, or JSON (a list, or a line each) of `{ parameters | candidateId, observations }`. TL-1002, TL-1020, TL-1021. */
export function readToldFile(file: string, columns: ToldColumns): ToldResult[] {
  return /^\.jsonl?$/.test(extname(file)) ? readJson(file) : readRows(readTable(file), columns);
}

const toldSchema = z.strictObject({
  candidateId: z.string().optional(),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  observations: z.array(z.looseObject({ kind: z.string() })).min(1),
});

/** What the observations say is the daemon's to judge, by the contract. */
function readJson(file: string): ToldResult[] {
  const text = readFileSync(file, "utf8");
  try {
    const read: unknown = file.endsWith(".jsonl")
      ? text
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as unknown)
      : JSON.parse(text);
    return z
      .array(toldSchema)
      .parse(read)
      .map(({ observations, ...point }, k) => ({
        at: `${file}, result ${k + 1}`,
        point: point as PointByHand,
        observations: observations as unknown as Observation[],
      }));
  } catch (cause) {
    const [issue] = cause instanceof z.ZodError ? cause.issues : [];
    const why = issue === undefined ? String(cause) : `${issue.path.join(".")}: ${issue.message}`;
    throw misuse("TL-1002", `${file} is no list of results: ${why}`);
  }
}

function readRows(table: Table, columns: ToldColumns): ToldResult[] {
  const numbers = (columns.objectives === undefined ? [] : quotedList(columns.objectives)).map(
    numberColumn,
  );
  const { label, confidence } = columns;
  if (label === undefined && numbers.length === 0)
    throw misuse(
      "TL-1001",
      `Which columns of ${table.file} are results?`,
      "Name --label phases, or --objectives strength:MPa.",
    );
  const results = new Set([label, confidence, ...numbers.map(({ name }) => name)]);
  const axes =
    columns.axes === undefined
      ? table.columns.filter((name) => !results.has(name))
      : distinctNames("--axes", columns.axes);
  const places = readParameters(table, axes);
  const labels = label === undefined ? undefined : readLabels(table, label);
  const read = numbers.map(({ name, unit }) => ({ ...readResults(table, name), unit }));
  const sure = confidence === undefined ? undefined : columnOf(table, confidence);
  return table.rows.flatMap((line, row) => {
    const phases = labels?.phases[row];
    const found: Observation[] = read.flatMap(({ name, unit, cells }): Observation[] => {
      const cell = cells[row];
      if (cell === undefined) return [];
      return cell.kind === "failed"
        ? [{ kind: "failure", reason: cell.reason }]
        : [{ kind: "objective", name, value: cell.value, unit }];
    });
    if (phases !== undefined) {
      const isBare = sure === undefined || line.cells[sure] === "";
      const own = isBare ? {} : { confidence: numberAt(table, line, sure) };
      found.push({ kind: "phases", phases, ...own });
    }
    if (labels?.failed.includes(row) === true)
      found.push({
        kind: "failure",
        reason: `${label} is "${line.cells[columnOf(table, label ?? "")]}"`,
      });
    if (found.length === 0) return [];
    const at = `${table.file}, line ${line.line}`;
    return [{ at, point: { parameters: places[row] ?? {} }, observations: found }];
  });
}

/** `strength:MPa`; a pure number has the unit 1. */
function numberColumn(text: string): { readonly name: string; readonly unit: string } {
  const at = text.lastIndexOf(":");
  if (at > 0) return { name: unquoted(text.slice(0, at).trim()), unit: text.slice(at + 1).trim() };
  throw misuse(
    "TL-1001",
    `--objectives ${text} has no unit`,
    "Write strength:MPa, or strength:1 for a pure number.",
  );
}
