import type { ModelEstimate } from "../../models/effective-model/estimate/estimate.ts";
import type { EstimateSummary } from "../../models/effective-model/estimate/estimate-summary.ts";
import type { EstimationSpec } from "../../models/effective-model/estimate/estimation-spec.ts";
import { describeMisfit } from "../../models/effective-model/estimate/fit-check.ts";
import type { EvidenceEntry } from "../../models/effective-model/estimate/model-comparison.ts";
import { escapeXml, scopeIds } from "../../views/pictures/svg.ts";
import { plotCorner, plotData, plotElbow, plotFreeEnergy } from "./estimate-plots.ts";
import { noiseSentence } from "./estimate-sentences.ts";

export interface ReportInput {
  readonly spec: EstimationSpec;
  readonly estimate: ModelEstimate;
  readonly summary: EstimateSummary;
  readonly evidence: readonly EvidenceEntry[];
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#222}
svg{font:11px system-ui,sans-serif}svg text{fill:#333}table{border-collapse:collapse;margin:.5em 0}
td,th{border-bottom:1px solid #ccc;padding:.2em .8em;text-align:right}td:first-child,th:first-child{text-align:left}
.row{white-space:nowrap}p{max-width:46em}`;

/** One HTML file without any reference to another: figures, and pictures in SVG. */
export function renderEstimateReport(input: ReportInput): string {
  const { spec, estimate, summary, evidence } = input;
  const names = estimate.problem.map.free;
  const sections = [
    section("Couplings", couplingTable(summary) + derivedTable(summary)),
    section("Data and posterior band (95 %)", plotData(spec.curves, summary.bands).join("\n")),
    section(
      "Corner plot",
      "<p>Samples of the posterior; orange: its maximum.</p>" +
        plotCorner(names, estimate.samples, summary).join("\n"),
    ),
    section("Rank correlations", correlationTable(summary)),
    section("Other modes", modeTable(summary, names)),
    summary.elbow.length === 0 ? "" : section("Elbow of the prior", plotElbow(summary.elbow)),
    section("F(sigma)", plotFreeEnergy(summary.freeEnergy, summary.sigma)),
    section("Models by evidence", evidenceTable(evidence)),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Effective model ${escapeXml(summary.model)}</title>
<style>${STYLE}</style></head><body>
<h1>Effective model: ${escapeXml(summary.model)}</h1>
<p>${summary.points} measured values, ${spec.siteSpins.length} spins, g = ${spec.g}, prior ${spec.prior}, seed ${escapeXml(spec.seed)}.
${noiseSentence(summary)} lambda = ${summary.lambda.toPrecision(4)}, chi2 = ${summary.chi2.toPrecision(5)}.
${misfitSentence(summary)}${summary.evaluations} forward calculations to within 1.1 times the best chi2, ${summary.forwardCalculations["total"]} in all.</p>
${apart(sections.join("\n"))}
</body></html>
`;
}

/** Many pictures stand in one document: each keeps its ids for itself. */
function apart(html: string): string {
  const [before = "", ...pictures] = html.split(/(?=<svg )/);
  return before + pictures.map((picture, k) => scopeIds(picture, `p${k}`)).join("");
}

function misfitSentence({ fit }: EstimateSummary): string {
  const misfit = describeMisfit(fit);
  return misfit === undefined ? "" : `<b>Warning:</b> ${escapeXml(misfit)}.<br>`;
}

function section(title: string, body: string): string {
  return `<h2>${title}</h2>\n${body}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, values: readonly string[]): string =>
    `<tr>${values.map((value) => `<${tag}>${escapeXml(value)}</${tag}>`).join("")}</tr>`;
  return `<table>${cells("th", head)}${rows.map((row) => cells("td", row)).join("")}</table>`;
}

function interval(range: readonly [number, number] | undefined): string {
  return range === undefined ? "" : `${range[0].toFixed(3)} .. ${range[1].toFixed(3)}`;
}

function couplingTable(summary: EstimateSummary): string {
  const rows = Object.entries(summary.J).map(([name, j]) => [
    name,
    j.value.toFixed(4),
    j.error.toFixed(4),
    interval(j.interval95),
    j.fixed === true ? "fixed" : j.atBound === undefined ? (j.tiedTo ?? "") : `at its ${j.atBound}`,
  ]);
  return table(["coupling", "value (meV)", "error (meV)", "95 %", ""], rows);
}

function derivedTable(summary: EstimateSummary): string {
  const gap = summary.spinGap_meV;
  if (gap === undefined) return "";
  const rows = [
    ["spin gap (meV)", gap.value.toFixed(4), gap.error.toFixed(4), interval(gap.interval95)],
    ...(summary.steps ?? []).map(({ from_M, to_M, field_T }) => [
      `step M ${from_M} to ${to_M} (T)`,
      field_T.value.toFixed(3),
      field_T.error.toFixed(3),
      interval(field_T.interval95),
    ]),
  ];
  return table(["derived", "value", "error", "95 %"], rows);
}

function correlationTable(summary: EstimateSummary): string {
  const names = Object.keys(summary.correlation);
  return table(
    ["", ...names],
    names.map((a) => [a, ...names.map((b) => (summary.correlation[a]?.[b] ?? 0).toFixed(3))]),
  );
}

function modeTable(summary: EstimateSummary, names: readonly string[]): string {
  const rows = summary.otherModes.map((mode) => [
    formatWeight(mode.weight),
    ...names.map((name) => (mode.J[name]?.value ?? 0).toFixed(3)),
    mode.chi2.toPrecision(4),
    mode.logPosteriorBelow.toFixed(1),
    mode.spinGap_meV?.toFixed(3) ?? "",
  ]);
  const head = ["weight", ...names, "chi2", "ln p below the best", "gap (meV)"];
  return rows.length === 0 ? "<p>None was found.</p>" : table(head, rows);
}

/** Below some point a share is only "none". */
function formatWeight(weight: number): string {
  return weight < 1e-30 ? "< 1e-30" : weight.toExponential(1);
}

function evidenceTable(evidence: readonly EvidenceEntry[]): string {
  return table(
    ["model", "ln evidence", "error", "probability", "couplings", "chi2"],
    evidence.map((entry) => [
      entry.model,
      entry.logEvidence.toFixed(2),
      entry.error.toFixed(2),
      entry.probability.toPrecision(3),
      String(entry.couplings),
      entry.chi2.toPrecision(4),
    ]),
  );
}
