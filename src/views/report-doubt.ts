import { axisUnits } from "../domain/axis-units.ts";
import type { Observation } from "../domain/observation.ts";
import type { ExportDocument } from "./export-document.ts";
import type { LogStory } from "./log-story.ts";
import {
  describeObservations,
  describeParameters,
  placeOfObservation,
} from "./observation-summary.ts";
import { QUARANTINE_WORDS } from "./quarantine-words.ts";
import { section, table } from "./report-parts.ts";
import { whoSaid } from "./who-said.ts";

/** What came and was not believed: set aside, taken back, failed, kept out; each with why. */
export function doubtSection(
  document: ExportDocument,
  story: LogStory | undefined,
  describe: (item: Observation) => string,
): string {
  const { observations, setAside = [], campaign } = document;
  const units = axisUnits(campaign);
  const rows = [
    ...setAside.map(({ jobId, time, reason, result }) => [
      shortTime(time),
      `a result of ${jobId}: ${describeObservations(result, describe)}`,
      `set aside: ${reason}`,
    ]),
    ...observations.flatMap((one, k) => {
      const where = describeParameters(placeOfObservation(one), units);
      const failure = one.result.find((item) => item.kind === "failure");
      if (one.withdrawn)
        return [[shortTime(one.time), `result ${k + 1} at ${where}`, takenBack(one.jobId, story)]];
      return failure === undefined
        ? []
        : [
            [
              shortTime(one.time),
              `result ${k + 1} at ${where}`,
              `no measurement: ${failure.reason}`,
            ],
          ];
    }),
    ...[...(story?.refused ?? [])].map(([reason, { count, first, last }]) => [
      first === last ? shortTime(first) : `${shortTime(first)} to ${shortTime(last)}`,
      `${count} ${count === 1 ? "message" : "messages"} of the laboratory`,
      `kept out: ${QUARANTINE_WORDS[reason]}`,
    ]),
  ];
  return section("What was not believed, and why", [
    rows.length === 0
      ? "<p>Everything that came was believed: nothing was set aside, taken back or kept out.</p>"
      : table(["time (UTC)", "what", "why"], rows),
  ]);
}

function takenBack(jobId: string, story: LogStory | undefined): string {
  const decision = story?.withdrawals.get(jobId);
  if (decision === undefined) return "taken back by a person";
  const why = decision.reason === undefined ? "" : `: ${decision.reason}`;
  return `taken back by ${whoSaid(decision)}${why}`;
}

/** Who decided what: every command of a person, with the points that an approval covered. */
export function decisionSection(document: ExportDocument, story: LogStory | undefined): string {
  const decisions = story?.decisions ?? [];
  if (decisions.length === 0) {
    const rows = document.decisions.map(({ time, action, reason, ...who }) => [
      ...[shortTime(time), whoSaid(who), action, reason ?? ""],
    ]);
    return rows.length === 0
      ? section("Who decided what", [
          `<p>No person decided anything: the campaign is ${document.campaign.approval}.</p>`,
        ])
      : section("Who decided what", [table(["time (UTC)", "by", "what", "why"], rows)]);
  }
  const units = axisUnits(document.campaign);
  const places = new Map(
    document.proposals.flatMap(({ points }) =>
      points.map(({ candidateId, parameters }) => [candidateId, parameters] as const),
    ),
  );
  const rows = decisions.map(({ time_ms, action, about, reason, batch, candidateIds, ...who }) => {
    const points = (candidateIds ?? []).map((id) => {
      const place = places.get(id);
      return place === undefined ? id : describeParameters(place, units);
    });
    const what = [
      action,
      ...(batch === undefined ? [] : [`batch ${batch}`]),
      ...(about === undefined ? [] : [about]),
      ...(points.length === 0 ? [] : [`(${points.join("; ")})`]),
    ];
    return [shortTime(new Date(time_ms).toISOString()), whoSaid(who), what.join(" "), reason ?? ""];
  });
  return section("Who decided what", [table(["time (UTC)", "by", "what", "why"], rows)]);
}

/** `2026-11-23 12:41:43`. */
export function shortTime(time: string): string {
  return time.slice(0, 19).replace("T", " ");
}
