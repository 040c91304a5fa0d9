import {
  type Observation,
  type PhasesObservation,
  phaseSetLabel,
  presencesOf,
} from "../domain/observation.ts";
import type { ExportDocument } from "./export-document.ts";

/**
 * The observations as CSV, one row each: number of the result, time, candidate, job, every parameter as asked (and, where any
 * was told, as measured under `actual_*`), then one column for each quantity that was observed: `phases`, `f_PHASE`,
 * `x_PHASE_COMPONENT`, of patterns that the daemon read `p_PHASE`, `alternatives` and `unexplained`, the objectives by name
 * with `_uncertainty`, and `failure`. A name that is taken already (an axis `time`) is written `axis_time` or `result_time`.
 * Fields are quoted after RFC 4180.
 */
export function exportCsv(document: ExportDocument): string {
  const rows = document.observations.map((observation, k) => {
    const row: Record<string, unknown> = {
      n: k + 1,
      time: observation.time,
      candidateId: observation.candidateId,
      jobId: observation.jobId,
      withdrawn: observation.withdrawn ? "yes" : "",
    };
    addColumns(row, observation.parameters, "axis_");
    addColumns(row, prefixed("actual_", observation.actual ?? {}), "measured_");
    addColumns(row, Object.assign({}, ...observation.result.map(columnsOf)), "result_");
    return row;
  });
  return toCsv(rows);
}

/** Adds columns; none replaces one that is there. */
function addColumns(
  row: Record<string, unknown>,
  columns: Readonly<Record<string, unknown>>,
  otherwise: string,
): void {
  const taken = new Set(Object.keys(row));
  for (const [name, value] of Object.entries(columns)) {
    row[taken.has(name) ? `${otherwise}${name}` : name] = value;
  }
}

/** One JSON document a line: `{"kind": "campaign" | "observation" | "job" | "proposal" | "decision", ...}`. */
export function exportJsonLines(document: ExportDocument): string {
  const lines = [
    { kind: "campaign", ...document.campaign },
    ...document.observations.map((o) => ({ kind: "observation", ...o })),
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

function columnsOf(observation: Observation): Record<string, number | string> {
  switch (observation.kind) {
    case "phases": {
      const compositions = Object.entries(observation.compositions ?? {}).map(
        ([phase, composition]) => prefixed(`x_${phase}_`, composition),
      );
      return {
        phases: phaseSetLabel(observation.phases),
        ...(observation.confidence === undefined ? {} : { confidence: observation.confidence }),
        ...prefixed("f_", observation.fractions ?? {}),
        ...(observation.readFrom === undefined ? {} : readColumns(observation)),
        ...Object.assign({}, ...compositions),
      };
    }
    case "objective":
      return {
        [observation.name]: observation.value,
        ...(observation.standardUncertainty === undefined
          ? {}
          : { [`${observation.name}_uncertainty`]: observation.standardUncertainty }),
      };
    case "curve":
      return { [observation.name]: observation.values.join(" ") };
    case "pattern":
      // Thousands of points have no place in a row; the log and the JSON export hold them.
      return { pattern_points: observation.values.length };
    case "trajectory":
      return { trajectory: observation.frames.uri, sha256: observation.frames.sha256 };
    case "failure":
      return { failure: observation.reason };
  }
}

/** What the daemon read from a pattern: the probability of each phase and of the other sets, the share that nothing explains. */
function readColumns(observation: PhasesObservation): Record<string, number | string> {
  const { alternatives = [], unfamiliar } = observation;
  const presences = [...presencesOf(observation)].map(([phase, p]): [string, number] => [
    phase,
    Number(p.toFixed(4)),
  ]);
  return {
    ...prefixed("p_", Object.fromEntries(presences)),
    alternatives: alternatives
      .map(({ phases, probability }) => `${phaseSetLabel(phases)} ${probability}`)
      .join("; "),
    unexplained: unfamiliar?.share ?? 0,
  };
}

function prefixed<Value>(
  prefix: string,
  values: Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [`${prefix}${name}`, v]));
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
