import { createNamer, type Namer } from "../domain/display-name.ts";
import type { FoundLabels } from "../domain/found-labels.ts";
import type { Observation, PhasesObservation } from "../domain/observation.ts";
import type { PlannerView } from "../domain/planner-view.ts";
import { axesOfSpace } from "../domain/search-space.ts";
import type { CampaignView, ObservationView } from "./campaign-view.ts";
import type { ExportDocument } from "./export-document.ts";
import type { ResultColumns } from "./result-columns.ts";

/** The names that a campaign's people read: its configured ones, then the rules. */
export function namerFor(
  about: {
    readonly names?: Readonly<Record<string, string>> | undefined;
    readonly axes?: readonly string[] | undefined;
  },
  labels: readonly string[] = [],
): Namer {
  const phases = new Set(labels.flatMap((label) => label.split("+")));
  return createNamer({ names: about.names, components: about.axes, phases });
}

/** A planner's view with the names that people read; its numbers and places are the same. */
export function namedView<View extends PlannerView | undefined>(view: View, namer: Namer): View {
  if (view?.kind !== "phase-diagram") return view;
  const phases = <Item extends { readonly phases: readonly string[] }>(item: Item): Item => ({
    ...item,
    phases: item.phases.map(namer.phase),
  });
  return {
    ...view,
    labels: view.labels.map(namer.label),
    measured: view.measured.map((one) => ({ ...one, label: namer.label(one.label) })),
    ...(view.found === undefined ? {} : { found: namedLists(view.found, namer) }),
    tieLines: view.tieLines.map(phases),
    triangles: view.triangles.map(phases),
    ...(view.status?.findings === undefined
      ? {}
      : { status: { ...view.status, findings: view.status.findings.map(namer.sentence) } }),
    ...(view.regions === undefined
      ? {}
      : { regions: view.regions.map((one) => ({ ...one, label: namer.label(one.label) })) }),
  };
}

function namedLists({ measured, told, follows }: FoundLabels, { label }: Namer): FoundLabels {
  return { measured: measured.map(label), told: told.map(label), follows: follows.map(label) };
}

/** A result with the names that people read. */
export function namedObservation<One extends { readonly kind: string }>(
  one: One,
  namer: Namer,
): One {
  if (one.kind !== "phases") return one;
  const { phases, fractions, compositions, alternatives } = one as unknown as PhasesObservation;
  const keys = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [namer.phase(name), value]));
  return {
    ...one,
    phases: phases.map(namer.phase),
    ...(fractions === undefined ? {} : { fractions: keys(fractions) }),
    ...(compositions === undefined ? {} : { compositions: keys(compositions) }),
    ...(alternatives === undefined
      ? {}
      : { alternatives: alternatives.map((a) => ({ ...a, phases: a.phases.map(namer.phase) })) }),
  };
}

export function namedResult(one: ObservationView, namer: Namer): ObservationView {
  return { ...one, results: one.results.map((item) => namedObservation(item, namer)) };
}

/** Results in columns with the names that people read: what many have in common is named once. */
export function namedColumns(columns: ResultColumns, namer: Namer): ResultColumns {
  const { items, of } = columns.results;
  const named = items.map((list) => list.map((item) => namedObservation(item, namer)));
  return { ...columns, results: { items: named, of } };
}

/** What a campaign's panel says, with the names that people read. */
export function namedCampaign(campaign: CampaignView, namer: Namer): CampaignView {
  const { batch, jobs, warnings, model } = campaign;
  const why = <Item extends { readonly why?: string | undefined }>(item: Item): Item =>
    item.why === undefined ? item : { ...item, why: namer.sentence(item.why) };
  return {
    ...campaign,
    ...(batch === undefined ? {} : { batch: { ...batch, points: batch.points.map(why) } }),
    jobs: jobs.map(why),
    warnings: warnings.map(namer.sentence),
    ...(model === undefined
      ? {}
      : { model: { ...model, summary: namedSummary(model.summary, namer) } }),
  };
}

/** A campaign's document with the names that people read: for the report, never for an export. */
export function namedDocument(document: ExportDocument): {
  readonly document: ExportDocument;
  readonly namer: Namer;
} {
  const { campaign, observations, setAside, proposals } = document;
  const labels = observations.flatMap(({ result }) =>
    result.flatMap((one) => (one.kind === "phases" ? one.phases : [])),
  );
  const summaries = proposals.flatMap(({ model }) =>
    Object.values(model.summary).flatMap((value) =>
      Array.isArray(value) ? value.filter((item) => typeof item === "string") : [],
    ),
  );
  const namer = namerFor({ names: campaign.names, axes: axesOfSpace(campaign.space) }, [
    ...labels,
    ...summaries.filter((text) => !text.includes(" ")),
  ]);
  const named = (result: readonly Observation[]) =>
    result.map((one) => namedObservation(one, namer));
  return {
    namer,
    document: {
      ...document,
      observations: observations.map((one) => ({ ...one, result: named(one.result) })),
      ...(setAside && { setAside: setAside.map((one) => ({ ...one, result: named(one.result) })) }),
      proposals: proposals.map((proposal) => ({
        ...proposal,
        points: proposal.points.map((point) => ({ ...point, why: namer.sentence(point.why) })),
        warnings: proposal.warnings.map(namer.sentence),
        model: { ...proposal.model, summary: namedSummary(proposal.model.summary, namer) },
      })),
    },
  };
}

function namedSummary<Summary extends Readonly<Record<string, unknown>>>(
  summary: Summary,
  namer: Namer,
): Summary {
  const entries = Object.entries(summary).map(([name, value]) => [
    name,
    Array.isArray(value)
      ? value.map((item) =>
          typeof item !== "string"
            ? item
            : item.includes(" ")
              ? namer.sentence(item)
              : namer.label(item),
        )
      : value,
  ]);
  return Object.fromEntries(entries) as Summary;
}
