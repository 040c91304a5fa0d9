import { axisUnits } from "../domain/axis-units.ts";
import { type Observation, type PhasesObservation, phaseSetLabel } from "../domain/observation.ts";
import type { PlannerView } from "../domain/planner-view.ts";
import { endingInWords, endingProposal } from "./ending-words.ts";
import type { ExportDocument } from "./export-document.ts";
import { figureMeaning, figureName, figureValue } from "./figure-words.ts";
import { questionOf } from "./goal-views.ts";
import { type Lesson, lessonTexts, type Snapshot } from "./lessons.ts";
import type { LogStory } from "./log-story.ts";
import type { Columns } from "./map-plane.ts";
import { namedDocument, namedView } from "./named.ts";
import {
  describeObservation,
  describeObservations,
  describeParameters,
  formatNumber,
  formatWithError,
  placeOfObservation,
} from "./observation-summary.ts";
import { escapeXml } from "./pictures/svg.ts";
import { findingsIn, isRecord, numbersByName, readPhaseDiagramView } from "./planner-views.ts";
import { decisionSection, doubtSection, shortTime } from "./report-doubt.ts";
import { methodsSection } from "./report-methods.ts";
import { REPORT_STYLE, section, table } from "./report-parts.ts";
import { learningSection, type NamedLook, pictureSections } from "./report-pictures.ts";
import { resultSection } from "./report-result.ts";
import { stateInWords } from "./state-words.ts";

/** Curves of more values are told by their number. */
const CURVE_VALUES_max = 3;

/** What a report is made of. */
export interface ReportSources {
  readonly document: ExportDocument;
  /** Candidates by column; empty for a continuous space. */
  readonly columns: Columns;
  /** What the planner draws at the end, where it could be rebuilt. */
  readonly view: PlannerView | undefined;
  /** What was known on the way, and what results changed. */
  readonly snapshots?: readonly Snapshot[] | undefined;
  readonly lessons?: readonly Lesson[] | undefined;
  /** Some simulations of a structure map, seen through its model. */
  readonly looks?: readonly NamedLook[] | undefined;
  /** What the log tells beyond results: versions, decisions with their points, what was kept out. */
  readonly story?: LogStory | undefined;
  /** Commands that repeat the campaign. */
  readonly commands: readonly string[];
  /** Version of the runtime that made the report. */
  readonly runtime?: string | undefined;
  /** When the report was made, RFC 3339. */
  readonly madeAt: string;
}

/**
 * One self-contained HTML document of a campaign: question, settings, result, pictures, what each measurement taught, the
 * model's quality, how to reproduce it. No script, nothing from the network.
 */
export function reportHtml(given: ReportSources): string {
  const sources = withNames(given);
  const { campaign } = sources.document;
  const sections = [
    summarySection(sources),
    resultSection(sources.document, sources.view),
    figuresSection(sources.document),
    ...pictureSections({ ...sources, snapshots: sources.snapshots ?? [] }),
    learningSection(sources.document),
    historySection(sources),
    loadSection(sources.document),
    modelSection(sources),
    doubtSection(sources.document, sources.story, describeResult),
    decisionSection(sources.document, sources.story),
    methodsSection(sources.document, sources.story, sources.runtime),
    settingsSection(sources.document),
    reproductionSection(sources),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(campaign.title)} – Tieline report</title><style>${REPORT_STYLE}</style></head>
<body><main><h1>${escapeXml(campaign.title)}</h1>
<p>Report of campaign <code>${escapeXml(campaign.campaignId)}</code>, made ${escapeXml(sources.madeAt)}.</p>
${sections.join("\n")}
</main></body></html>
`;
}

/** Figures of the summary that are told elsewhere: sentences of their own, the best point with its settings. */
const UNTOLD = new Set(["findings", "bestCandidateId"]);

/** Everything that is read by the names that people have for it; the settings and commands keep the ids. */
function withNames(sources: ReportSources): ReportSources {
  const { document, namer } = namedDocument(sources.document);
  return {
    ...sources,
    document,
    view: namedView(sources.view, namer),
    snapshots: sources.snapshots?.map((one) => ({ ...one, view: namedView(one.view, namer) })),
  };
}

function summarySection({ document }: ReportSources): string {
  const { campaign, observations, proposals } = document;
  const kept = observations.filter((observation) => !observation.withdrawn);
  const last = proposals.at(-1);
  const ending = endingProposal(proposals);
  const verdict =
    ending === undefined || ending.verdict.kind === "continue"
      ? ""
      : endingInWords(ending.verdict.reason, ending.model.observations, kept.length);
  return section("Question and result", [
    table(
      ["", ""],
      [
        ["Question", questionOf(campaign)],
        ["Goal", campaign.goal],
        ["State", stateInWords(campaign.state)],
        [
          "Experiments",
          `${campaign.budgetUsed} of ${campaign.budget} spent, ${kept.length} results count`,
        ],
        [
          "Ended because",
          verdict ||
            (campaign.state === "budgetExhausted"
              ? "the budget is spent"
              : "it has not ended by itself"),
        ],
        [
          "First and last result (UTC)",
          `${shortTime(kept[0]?.time ?? "none")} … ${shortTime(kept.at(-1)?.time ?? "")}`,
        ],
      ],
    ),
    ...(last?.warnings ?? []).map((warning) => `<p class="warning">${escapeXml(warning)}</p>`),
  ]);
}

/** What the model sums up at the end: figures, names, findings. */
function figuresSection({ proposals }: ExportDocument): string {
  const summary = proposals.at(-1)?.model.summary;
  const rows = Object.entries(summary ?? {}).flatMap(([name, value]) => {
    const text = UNTOLD.has(name) ? undefined : figureValue(name, value);
    return text === undefined ? [] : [[figureName(name), text]];
  });
  if (rows.length === 0) return "";
  return section("In figures", [
    table(["", ""], rows),
    ...findingsIn(summary).map((finding) => `<p>Found: ${escapeXml(finding)}</p>`),
  ]);
}

function historySection({ document, lessons = [], view }: ReportSources): string {
  const { observations, proposals } = document;
  const reasons = new Map<string, string>();
  for (const { points } of proposals) for (const p of points) reasons.set(p.candidateId, p.why);
  const taught = lessonTexts(document, lessons);
  const follows = labelsThatFollow(readPhaseDiagramView(view)?.derivedFrom);
  const units = axisUnits(document.campaign);
  const rows = observations.map((observation, k) => [
    String(k + 1),
    shortTime(observation.time),
    describeParameters(placeOfObservation(observation), units),
    reasons.get(observation.candidateId) ?? "",
    describeObservations(observation.result, describeResult),
    [taught.get(observation.position), follows.get(observation.position)]
      .filter(Boolean)
      .join("; "),
  ]);
  return section("Measurements, and what each taught", [
    table(["result", "time (UTC)", "point", "why", "what it found", "taught"], rows),
  ]);
}

/** How many labels that nobody measured follow from each result, by its position. */
function labelsThatFollow(
  derivedFrom: ReadonlyMap<number, number> | undefined,
): ReadonlyMap<number, string> {
  const counts = new Map<number, number>();
  for (const from of derivedFrom?.values() ?? []) {
    const position = Math.floor(from);
    counts.set(position, (counts.get(position) ?? 0) + 1);
  }
  return new Map(
    [...counts].map(([position, count]) => [
      position,
      count === 1 ? "1 label follows from it" : `${count} labels follow from it`,
    ]),
  );
}

/** A short curve by its values, a trajectory by its file's name. */
function describeResult(item: Observation): string {
  if (item.kind === "curve" && item.values.length <= CURVE_VALUES_max) {
    const values = item.values.map((value, k) =>
      formatWithError(value, item.standardUncertainty?.[k]),
    );
    const at = item.axis.values.map(formatNumber).join(", ");
    return `${item.name} ${values.join(", ")} at ${item.axis.name} ${at} ${item.axis.unit}`;
  }
  if (item.kind === "trajectory") return `trajectory ${item.frames.uri.split("/").at(-1)}`;
  return item.kind === "phases" && item.readFrom !== undefined
    ? describeReading(item)
    : describeObservation(item);
}

/** `NiO+ZnO (.71; NiO .29), atoms NiO 60 %, ZnO 40 %`: sets with their probabilities, and fractions. */
function describeReading(item: PhasesObservation): string {
  const { confidence = 1, alternatives = [], fractions = {}, unfamiliar } = item;
  const others = alternatives
    .filter(({ probability }) => probability >= RUNNER_UP_min)
    .map(({ phases, probability }) => `; ${phaseSetLabel(phases)} ${probability.toFixed(2)}`);
  const atoms = Object.entries(fractions).map(([name, x]) => `${name} ${Math.round(100 * x)} %`);
  return [
    `${describeObservation(item)} (${confidence.toFixed(2)}${others.join("")})`,
    ...(atoms.length > 1 ? [`atoms ${atoms.join(", ")}`] : []),
    ...(unfamiliar === undefined ? [] : [`${Math.round(100 * unfamiliar.share)} % unexplained`]),
  ].join(", ");
}

/** Sets that are less probable are in the export. */
const RUNNER_UP_min = 0.05;

/** Which samples went together, in the order of the loads; nothing where each went alone. */
function loadSection({ jobs }: ExportDocument): string {
  const loads = new Map<string, (typeof jobs)[number][]>();
  for (const job of jobs)
    if (job.load !== undefined) loads.set(job.load, [...(loads.get(job.load) ?? []), job]);
  if (loads.size === 0) return "";
  const rows = [...loads].map(([load, together]) => [
    load,
    together[0]?.instrument ?? "",
    together.map(({ jobId, state }) => `${jobId} (${state})`).join(", "),
  ]);
  return section("Samples that went together", [table(["load", "instrument", "samples"], rows)]);
}

function modelSection({ document, view }: ReportSources): string {
  const last = document.proposals.at(-1);
  if (last === undefined) return "";
  const figures = Object.entries(last.model.summary).flatMap(([name, value]) =>
    typeof value === "number"
      ? [[figureName(name), figureValue(name, value) ?? "", figureMeaning(name)]]
      : [],
  );
  const conflicts = last.warnings.map((warning) => ["warning", warning, ""]);
  return section("Model and its quality", [
    table(
      ["", "", ""],
      [
        ["method", last.model.method, ""],
        ["results learnt", String(last.model.observations), ""],
        ["proposals", String(document.proposals.length), ""],
        ...figures,
        ...fitRows(view),
        ...evidenceRows(last.model.summary["evidence"]),
        ...conflicts,
      ],
    ),
    `<details><summary>Hyperparameters</summary><pre>${escapeXml(
      JSON.stringify(last.model.hyperparameters, undefined, 1),
    )}</pre></details>`,
  ]);
}

/** How many results of each kind of instrument a map rests on, and what they cost. */
function evidenceRows(evidence: unknown): string[][] {
  if (!isRecord(evidence)) return [];
  return Object.entries(evidence).flatMap(([kind, spent]) => {
    const { results, cost } = numbersByName(spent);
    return results === undefined
      ? []
      : [[`${kind}s`, formatNumber(results), `results, at a cost of ${formatNumber(cost ?? 0)}`]];
  });
}

/** How well each quantity is predicted without each result, and each coupling with its error. */
function fitRows(view: PlannerView | undefined): string[][] {
  if (view?.kind === "optimise")
    return view.quantities.flatMap(({ name, fit }) => {
      const meaning = "of predictions of each result from all others; 1 is perfect";
      return fit?.r2 === undefined ? [] : [[`R² of ${name}`, formatNumber(fit.r2), meaning]];
    });
  const { J = {} } = view?.kind === "effective-model" ? view : {};
  return Object.entries(J).map(([name, { value, error }]) => {
    const written = `${formatNumber(value)}${error === undefined ? "" : ` ± ${formatNumber(error)}`}`;
    return [name, `${written} meV`, "coupling with its standard error"];
  });
}

function settingsSection({ campaign }: ExportDocument): string {
  const { space, ...settings } = campaign;
  const shown = space.kind === "table" ? { ...space, rows: `${space.rows.length} rows` } : space;
  const text = JSON.stringify({ ...settings, space: shown }, undefined, 1);
  return section("Settings", [
    `<details><summary>All settings</summary><pre>${escapeXml(text)}</pre></details>`,
  ]);
}

function reproductionSection({ document, commands, runtime }: ReportSources): string {
  const { seed, tielineVersion, site } = document.campaign;
  return section("How to reproduce it", [
    table(
      ["", ""],
      [
        ["Seed", seed],
        ["Tieline", tielineVersion],
        ...(runtime === undefined ? [] : [["Node", runtime]]),
        ["Site", site],
      ],
    ),
    `<pre>${commands.map(escapeXml).join("\n")}</pre>`,
  ]);
}
