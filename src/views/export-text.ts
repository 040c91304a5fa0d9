import { axisUnits } from "../domain/axis-units.ts";
import type { ExportDocument } from "./export-document.ts";
import { columnNames, RESULT_COLUMNS, resultRows } from "./result-rows.ts";

/** The results as CSV; fields are quoted after RFC 4180. */
export function exportCsv(document: ExportDocument): string {
  const rows = resultRows(document);
  return toCsv(rows, columnNames(rows, RESULT_COLUMNS));
}

/**
 * One JSON document a line: `{"kind": "campaign" | "observation" | "setAside" | "job" | "proposal" | "decision", ...}`. Results have
 * their number `n`, as on the page and in every table; the campaign has the units of its axes.
 */
export function exportJsonLines(document: ExportDocument): string {
  const lines = [
    { kind: "campaign", ...document.campaign, axisUnits: axisUnits(document.campaign) },
    ...document.observations.map((one, k) => ({ kind: "observation", n: k + 1, ...one })),
    ...(document.setAside ?? []).map((one) => ({ kind: "setAside", ...one })),
    ...document.jobs.map((job) => ({ kind: "job", ...job })),
    ...document.proposals.map((proposal) => ({ kind: "proposal", ...proposal })),
    ...document.decisions.map((decision) => ({ kind: "decision", ...decision })),
  ];
  return `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
}

/** A table as CSV; without `columns` they are the union of the rows' keys in the order of their first appearance. */
export function toCsv(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[] = [...new Set(rows.flatMap((row) => Object.keys(row)))],
): string {
  const lines = rows.map((row) => columns.map((column) => csvField(row[column])).join(","));
  return `${[columns.map(csvField).join(","), ...lines].join("\n")}\n`;
}

/** What a spreadsheet would run as a formula; a number with a sign is a number. */
const FORMULA = /^(?:[=@\t\r]|[+-](?![\d.]+(?:e[+-]?\d+)?$))/i;

function csvField(value: unknown): string {
  if (value === undefined || value === null) return "";
  const plain = String(value);
  // An instrument chose the text; the apostrophe makes it a text for spreadsheets too.
  const text = typeof value === "string" && FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
