import type { EstimateSummary } from "../../models/effective-model/estimate/estimate-summary.ts";
import { describeMisfit } from "../../models/effective-model/estimate/fit-check.ts";
import type { EvidenceEntry } from "../../models/effective-model/estimate/model-comparison.ts";
import { textColumns } from "../output/over-runs.ts";

/** The estimate of a spin model for a person: couplings and what follows from them with errors and units, doubts, other answers. */
export function describeEstimate(
  s: EstimateSummary,
  evidence: readonly EvidenceEntry[],
  prior: string,
): string {
  const misfit = describeMisfit(s.fit);
  return `${[
    `Model ${s.model}: ${s.points} measured values, chi2 ${s.chi2.toPrecision(5)}.`,
    noiseSentence(s),
    `Prior ${prior}, of weight ${s.lambda.toPrecision(4)}.`,
    ...(misfit === undefined ? [] : [`Warning: ${misfit}.`]),
    "",
    ...couplingTable(s),
    "",
    ...correlations(s),
    ...modes(s),
    ...(s.dropped.length > 0 ? [`The prior sets ${s.dropped.join(", ")} to zero.`] : []),
    ...models(evidence),
    "",
    `${s.evaluations} forward calculations led to within 1.1 x the best chi2, ${s.forwardCalculations["total"]} in all.`,
  ].join("\n")}\n`;
}

/** The noise of the values in their own units: as the table states it, or as the fit leaves it. */
export function noiseSentence({ sigmas, fit }: EstimateSummary): string {
  const sorted = [...new Set(sigmas.map((one) => String(Number(one.toPrecision(4)))))].sort(
    (a, b) => Number(a) - Number(b),
  );
  const [least, most] = [sorted[0], sorted.at(-1)];
  const size = least === most ? `${least}` : `${least} to ${most}`;
  const unit = least === most ? "in the curves' unit" : "each in its curve's unit";
  return fit.reducedChi2 === undefined
    ? `They scatter about it by ${size}, ${unit}.`
    : `Their errors, as stated, are ${size}, ${unit}; chi2 is ${fit.reducedChi2.toPrecision(3)} for each degree of freedom.`;
}

function couplingTable(s: EstimateSummary): string[] {
  const rows = Object.entries(s.J).map(([name, j]) => [
    name,
    j.value.toFixed(4),
    j.fixed === true ? "fixed" : j.error.toFixed(4),
    interval(j.interval95, 4),
    j.tiedTo !== undefined ? `tied to ${j.tiedTo}` : j.atBound ? `at its ${j.atBound}` : "",
  ]);
  const gap = s.spinGap_meV;
  if (gap !== undefined)
    rows.push([
      "spin gap",
      gap.value.toFixed(4),
      gap.error.toFixed(4),
      interval(gap.interval95, 4),
      "",
    ]);
  return textColumns([["", "value (meV)", "error (meV)", "95 % (meV)", ""], ...rows]);
}

function interval(range: readonly [number, number] | undefined, digits: number): string {
  return range === undefined ? "" : `${range[0].toFixed(digits)} .. ${range[1].toFixed(digits)}`;
}

function correlations(s: EstimateSummary): string[] {
  const names = Object.keys(s.correlation);
  if (names.length < 2) return [];
  const rows = names.map((a) => [a, ...names.map((b) => (s.correlation[a]?.[b] ?? 0).toFixed(3))]);
  return [
    "Rank correlations of the errors (1: the same, 0: none):",
    ...textColumns([["", ...names], ...rows]),
  ];
}

function modes(s: EstimateSummary): string[] {
  const found = `This answer has ${percent(s.weight)} of the probability that was found.`;
  if (s.otherModes.length === 0) return [found];
  const names = Object.keys(s.otherModes[0]?.J ?? {});
  const rows = s.otherModes.map((mode) => [
    percent(mode.weight),
    ...names.map((name) => (mode.J[name]?.value ?? 0).toFixed(2)),
    mode.chi2.toPrecision(4),
  ]);
  const head = ["probability", ...names.map((name) => `${name} (meV)`), "chi2"];
  return [`${found} Others:`, ...textColumns([head, ...rows])];
}

function models(evidence: readonly EvidenceEntry[]): string[] {
  if (evidence.length < 2) return [];
  const rows = evidence.map((entry) => [
    entry.model,
    percent(entry.probability),
    `${entry.logEvidence.toFixed(2)} ± ${entry.error.toFixed(2)}`,
  ]);
  return [
    "",
    "Models by their evidence:",
    ...textColumns([["", "probability", "ln evidence"], ...rows]),
  ];
}

function percent(share: number): string {
  const value = 100 * share;
  return value > 0 && value < 0.01 ? "< 0.01 %" : `${Number(value.toPrecision(3))} %`;
}
