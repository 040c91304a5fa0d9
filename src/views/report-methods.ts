import type { ExportDocument } from "./export-document.ts";
import type { LogStory } from "./log-story.ts";
import { methodRuns, sentencesOfRuns } from "./method-runs.ts";
import { methodInWords } from "./method-words.ts";
import { escapeXml } from "./pictures/svg.ts";
import { section } from "./report-parts.ts";

/**
 * A paragraph for the methods section of a paper: what was asked, by which models the experiments were chosen, by which versions, who
 * approved; with citations.
 */
export function methodsSection(
  document: ExportDocument,
  story: LogStory | undefined,
  runtime: string | undefined,
): string {
  const { sentences, cites } = methodWordsOf(document);
  const numbered = cites.map((cite, k) => `<li value="${k + 1}">${escapeXml(cite)}</li>`);
  const text = [
    campaignSentence(document),
    ...sentences,
    approvalSentence(document, story),
    versionSentence(document, story, runtime),
    cites.length === 0 ? "" : `References: ${cites.map((_, k) => `[${k + 1}]`).join(", ")}.`,
  ];
  return section("Methods, for a paper", [
    `<p>${escapeXml(text.filter((one) => one !== "").join(" "))}</p>`,
    ...(numbered.length === 0 ? [] : [`<ol>${numbered.join("\n")}</ol>`]),
  ]);
}

function methodWordsOf({ campaign, proposals }: ExportDocument) {
  const isMap = campaign.goal === "phase-diagram" || campaign.goal === "structure-map";
  /** Of a map the process is over labels, not over numbers. */
  const nameOf = (name: string): string =>
    isMap && name === "gaussian-process" ? "gaussian-process of labels" : name;
  const runs = methodRuns(
    proposals.map(({ model: { method, observations } }) => ({ method, after: observations })),
  ).map(({ method, after }) => ({ after, ...methodInWords(nameOf(method)) }));
  const further = methodInWords("", [
    ...(campaign.goal === "phase-diagram" && campaign.model.patterns !== undefined
      ? ["patterns" as const]
      : []),
    ...(campaign.goal === "structure-map" ? ["structures" as const] : []),
  ]);
  return {
    sentences: [...sentencesOfRuns(runs), ...further.sentences],
    cites: [...new Set([...runs, further].flatMap(({ cites }) => cites))],
  };
}

function campaignSentence({ campaign, observations, setAside = [] }: ExportDocument): string {
  const counted = observations.filter(({ withdrawn }) => !withdrawn).length;
  const simulated = observations.filter((one) => !one.withdrawn && one.simulated).length;
  const told = observations.filter(
    ({ withdrawn, jobId }) => !withdrawn && /\.told\d+$/.test(jobId),
  );
  const kinds = [
    ...(simulated === 0 ? [] : [`${simulated} of them simulated`]),
    ...(told.length === 0 ? [] : [`${told.length} of earlier experiments`]),
  ];
  const aside = setAside.length === 0 ? "" : `; ${setAside.length} were set aside`;
  const of = kinds.length === 0 ? "" : ` (${kinds.join(", ")})`;
  const { campaignId, seed, inFlight, budget } = campaign;
  return [
    `Experiments were chosen by a closed loop (campaign ${campaignId}, random seed ${seed}), ${inFlight} in flight,`,
    `from a budget of ${budget}; ${counted} results count${of}${aside}.`,
  ].join(" ");
}

function approvalSentence({ campaign }: ExportDocument, story: LogStory | undefined): string {
  const people = new Set(
    (story?.decisions ?? []).filter(({ action }) => action === "approve").map(({ by }) => by),
  );
  if (people.size > 0)
    return `Points were approved by ${[...people].sort().join(", ")} before they were measured.`;
  return campaign.approval === "automatic"
    ? "Within the limits of the configuration points were measured without a person's approval."
    : "";
}

function versionSentence(
  { campaign, proposals }: ExportDocument,
  story: LogStory | undefined,
  runtime: string | undefined,
): string {
  const ran =
    story === undefined || story.versions.length === 0 ? [campaign.tielineVersion] : story.versions;
  const planners = [...new Set(proposals.map(({ plannerVersion }) => plannerVersion))].sort();
  const planner = planners.length === 0 ? "" : `, planner version ${planners.join(" and ")}`;
  const node =
    runtime === undefined
      ? ""
      : `; the report was made with ${campaign.tielineVersion} on Node.js ${runtime}`;
  return `The loop was run by Tieline ${ran.join(" and ")}${planner}${node}.`;
}
