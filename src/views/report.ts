import type { ObservationView } from "./campaign-view.ts";
import type { ExportDocument } from "./export-document.ts";
import { gatherMapData } from "./map-data.ts";
import {
  type Columns,
  findTernaryPlane,
  furtherAxes,
  type MapPlane,
  numericColumns,
} from "./map-plane.ts";
import {
  describeObservation,
  describeParameters,
  formatNumber,
  summariseObservation,
} from "./observation-summary.ts";
import { drawChart } from "./pictures/chart.ts";
import { drawMap } from "./pictures/map-picture.ts";
import { phaseColour } from "./pictures/palette.ts";
import { escapeXml, scopeIds } from "./pictures/svg.ts";
import { LIGHT } from "./pictures/theme.ts";
import { type DrawableView, readPhaseDiagramView } from "./planner-views.ts";

/** What a report is made of. */
export interface ReportSources {
  readonly document: ExportDocument;
  /** Candidates by column; empty for a continuous space. */
  readonly columns: Columns;
  /** What the planner draws at the end, where it could be rebuilt. */
  readonly view: DrawableView | undefined;
  /** Commands that repeat the campaign. */
  readonly commands: readonly string[];
  /** When the report was made, RFC 3339. */
  readonly madeAt: string;
}

/**
 * One self-contained HTML document of a campaign: question, settings, result, pictures, what each measurement taught, the
 * model's quality, how to reproduce it. No script, nothing from the network.
 */
export function reportHtml(sources: ReportSources): string {
  const { campaign } = sources.document;
  const sections = [
    summarySection(sources),
    mapSection(sources),
    learningSection(sources.document),
    historySection(sources.document),
    modelSection(sources.document),
    decisionSection(sources.document),
    settingsSection(sources.document),
    reproductionSection(sources),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(campaign.title)} – Tieline report</title><style>${STYLE}</style></head>
<body><main><h1>${escapeXml(campaign.title)}</h1>
<p>Report of campaign <code>${escapeXml(campaign.campaignId)}</code>, made ${escapeXml(sources.madeAt)}.</p>
${sections.join("\n")}
</main></body></html>
`;
}

function summarySection({ document }: ReportSources): string {
  const { campaign, observations, proposals } = document;
  const kept = observations.filter((observation) => !observation.withdrawn);
  const last = proposals.at(-1);
  const verdict = last === undefined || last.verdict.kind === "continue" ? "" : last.verdict.reason;
  return section("Question and result", [
    table(
      ["", ""],
      [
        ["Goal", campaign.goal],
        ["State", campaign.state],
        [
          "Experiments",
          `${campaign.budgetUsed} of ${campaign.budget} spent, ${kept.length} observations count`,
        ],
        [
          "Ended because",
          verdict ||
            (campaign.state === "budgetExhausted"
              ? "the budget is spent"
              : "it has not ended by itself"),
        ],
        ["First and last result", `${kept[0]?.time ?? "none"} … ${kept.at(-1)?.time ?? ""}`],
        ...Object.entries(last?.model.summary ?? {}).flatMap(([name, value]) => {
          const text = plainText(value);
          return text === undefined ? [] : [[name, text]];
        }),
      ],
    ),
    ...(last?.warnings ?? []).map((warning) => `<p class="warning">${escapeXml(warning)}</p>`),
  ]);
}

function mapSection({ document, columns, view }: ReportSources): string {
  const phaseView = readPhaseDiagramView(view);
  if (phaseView === undefined) return "";
  const plane = planeOf(columns);
  const [further] = furtherAxes(columns, plane).filter((name) =>
    plane.kind === "axes" ? findTernaryPlane(columns) === undefined : name !== "",
  );
  const levels =
    further === undefined
      ? [undefined]
      : [...new Set(columns[further])].filter((v) => typeof v === "number").sort((a, b) => a - b);
  const observations = document.observations.filter((o) => !o.withdrawn).map(asView);
  const pictures = levels.flatMap((level) =>
    (["phases", "uncertainty"] as const).map((layer) => {
      const data = gatherMapData({
        title: document.campaign.title,
        plane,
        columns,
        view: phaseView,
        observations,
        ...(further === undefined || level === undefined ? {} : { slice: { [further]: level } }),
      });
      const svg = drawMap(data, { width: 620, theme: LIGHT, layer });
      const where = level === undefined ? "" : `, ${further} ${level}`;
      const caption = layer === "phases" ? "Likeliest phases" : "Uncertainty";
      return figure(scopeIds(svg, `m${level ?? ""}${layer}`.replaceAll(".", "_")), caption + where);
    }),
  );
  return section("Map", pictures);
}

function learningSection({ proposals, observations }: ExportDocument): string {
  const samples = proposals.map((proposal) => proposal.model);
  const names = [...new Set(samples.flatMap((model) => Object.keys(model.summary)))].filter(
    (name) => samples.some((model) => typeof model.summary[name] === "number"),
  );
  const charts = names.slice(0, 6).map((name, k) => {
    const series = {
      name,
      colour: phaseColour(5),
      kind: "step" as const,
      x: samples.map((model) => model.observations),
      y: samples.map((model) => Number(model.summary[name] ?? Number.NaN)),
    };
    const title = `${name} over results`;
    const svg = drawChart([series], {
      title,
      description: `${title}; last ${formatNumber(series.y.at(-1) ?? Number.NaN)}`,
      xName: "results",
      yName: name,
      width: 520,
      height: 260,
      theme: LIGHT,
    });
    return figure(scopeIds(svg, `c${k}`), title);
  });
  const objectives = objectiveCharts(observations.filter((o) => !o.withdrawn));
  return charts.length + objectives.length === 0
    ? ""
    : section("What was learnt", [...objectives, ...charts]);
}

/** Each measured objective over the number of results. */
function objectiveCharts(observations: ExportDocument["observations"]): string[] {
  const names = new Set<string>();
  for (const { result } of observations) {
    for (const item of result) if (item.kind === "objective") names.add(item.name);
  }
  return [...names].map((name, k) => {
    const points = observations.flatMap(({ result }, n) =>
      result.flatMap((item) =>
        item.kind === "objective" && item.name === name ? [{ n: n + 1, value: item.value }] : [],
      ),
    );
    const title = `${name} of each experiment`;
    const series = {
      name,
      colour: phaseColour(6),
      kind: "dots" as const,
      x: points.map((point) => point.n),
      y: points.map((point) => point.value),
    };
    const options = { title, description: title, xName: "experiment", yName: name };
    const svg = drawChart([series], { ...options, width: 520, height: 260, theme: LIGHT });
    return figure(scopeIds(svg, `o${k}`), title);
  });
}

function historySection({ observations, proposals }: ExportDocument): string {
  const reasons = new Map<string, string>();
  for (const { points } of proposals) for (const p of points) reasons.set(p.candidateId, p.why);
  const seen = new Set<string>();
  const rows = observations.map((observation, k) => {
    const result = observation.result.map(describeObservation).join("; ");
    const isNew = !seen.has(result) && observation.result.some((item) => item.kind === "phases");
    seen.add(result);
    const taught = observation.withdrawn ? "withdrawn" : isNew ? "new phases" : "";
    const at = describeParameters(observation.actual ?? observation.parameters);
    const why = reasons.get(observation.candidateId) ?? "";
    return [String(k + 1), observation.time, at, why, result, taught];
  });
  return section("Measurements", [table(["n", "time", "point", "why", "result", "taught"], rows)]);
}

function modelSection({ proposals }: ExportDocument): string {
  const last = proposals.at(-1);
  if (last === undefined) return "";
  return section("Model", [
    table(
      ["", ""],
      [
        ["Method", last.model.method],
        ["Results learnt", String(last.model.observations)],
        ["Proposals", String(proposals.length)],
      ],
    ),
    `<pre>${escapeXml(JSON.stringify(last.model.hyperparameters, undefined, 1))}</pre>`,
  ]);
}

function decisionSection({ decisions }: ExportDocument): string {
  if (decisions.length === 0) return "";
  const rows = decisions.map(({ time, by, action, reason }) => [time, by, action, reason ?? ""]);
  return section("Who decided what", [table(["time", "by", "action", "reason"], rows)]);
}

function settingsSection({ campaign }: ExportDocument): string {
  const { space, ...settings } = campaign;
  const shown = space.kind === "table" ? { ...space, rows: `${space.rows.length} rows` } : space;
  const text = JSON.stringify({ ...settings, space: shown }, undefined, 1);
  return section("Settings", [
    `<details><summary>All settings</summary><pre>${escapeXml(text)}</pre></details>`,
  ]);
}

function reproductionSection({ document, commands }: ReportSources): string {
  const { seed, tielineVersion, site } = document.campaign;
  return section("How to reproduce it", [
    table(
      ["", ""],
      [
        ["Seed", seed],
        ["Tieline", tielineVersion],
        ["Site", site],
      ],
    ),
    `<pre>${commands.map(escapeXml).join("\n")}</pre>`,
  ]);
}

function planeOf(columns: Columns): MapPlane {
  const ternary = findTernaryPlane(columns);
  if (ternary !== undefined) return ternary;
  const names = numericColumns(columns);
  const y = names.find((name) => /^T(_|$)|temperature/i.test(name)) ?? names[1] ?? names[0] ?? "";
  return { kind: "axes", x: names.find((name) => name !== y) ?? y, y };
}

function asView(observation: ExportDocument["observations"][number]): ObservationView {
  const { result, time, ...rest } = observation;
  return {
    ...rest,
    time_ms: 0,
    instrumentId: "",
    results: result.map(summariseObservation),
  };
}

function plainText(value: unknown): string | undefined {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return value;
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  return isList && value.length > 0 ? `${value.length}: ${value.join(", ")}` : undefined;
}

function section(title: string, parts: readonly string[]): string {
  return `<section><h2>${escapeXml(title)}</h2>\n${parts.join("\n")}\n</section>`;
}

function figure(svg: string, caption: string): string {
  return `<figure>${svg}<figcaption>${escapeXml(caption)}</figcaption></figure>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join("")}</tr>`;
  const header = head.some((name) => name !== "") ? `<thead>${cells(head, "th")}</thead>` : "";
  return `<table>${header}<tbody>${rows.map((row) => cells(row, "td")).join("\n")}</tbody></table>`;
}

const STYLE =
  "body{font:15px/1.5 system-ui,sans-serif;color:#16191d;background:#fff;margin:0}" +
  "main{max-width:1000px;margin:auto;padding:1rem}table{border-collapse:collapse;width:100%}" +
  "td,th{border-bottom:1px solid #d9dde3;padding:.25rem .5rem;text-align:left;vertical-align:top}" +
  "figure{margin:1rem 0;display:inline-block;max-width:100%}svg{max-width:100%;height:auto}" +
  "figcaption{color:#555c66}pre{background:#f4f5f7;padding:.7rem;overflow:auto}.warning{color:#8a5a00}" +
  "@media print{section{break-inside:avoid-page}}";
