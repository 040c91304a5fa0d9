import type { Observation } from "../../../src/domain/observation.ts";
import type { PersonsReport, Todo } from "../../../src/domain/people.ts";
import type { Question } from "./operator-dialog.tsx";

type Values = Readonly<Record<string, string>>;

const PHASES = "the phases";
const NEW = "new phases";

/** What a person says when a step is done: the numbers and phases that are asked for. */
export function doneQuestion(todo: Todo): Question {
  const { jobId, campaignId, capability, asks = [] } = todo;
  const numbers = asks.flatMap((ask) => ("name" in ask ? [ask] : []));
  const isAsked = (kind: "phases" | "curve"): boolean =>
    asks.some((ask) => "kind" in ask && ask.kind === kind);
  return {
    title: `${capability} of ${jobId} is done`,
    explanation: isAsked("curve")
      ? "A curve is told from a file: tieline todo done --observations FILE."
      : "The result counts as soon as it is sent. What is wrong can be withdrawn.",
    confirm: "It is done",
    takesPhotos: true,
    fields: [
      ...numbers.map(({ name, unit }) => ({ name, label: `${name} in ${unit}`, value: "" })),
      ...(isAsked("phases")
        ? [
            { name: PHASES, label: "Phases, e.g. fcc+hcp", value: "" },
            { name: NEW, label: "Phases nobody has seen yet", value: "no", choices: ["no", "yes"] },
          ]
        : []),
    ],
    wish: (by, reason, values = {}) => ({
      ...{ kind: "campaign", campaignId, action: "report", by, jobId },
      ...(reason === "" ? {} : { reason }),
      report: reportOf(numbers, values),
    }),
  };
}

export function failedQuestion({ jobId, campaignId, capability }: Todo): Question {
  const again = "again";
  return {
    title: `${capability} of ${jobId} came to nothing`,
    explanation: "Say why: the next one has to know.",
    confirm: "It failed",
    needsReason: true,
    isDangerous: true,
    fields: [{ name: again, label: "May it be tried again?", value: "no", choices: ["no", "yes"] }],
    wish: (by, reason, values = {}) => ({
      ...{ kind: "campaign", campaignId, action: "report", by, reason, jobId },
      report: { outcome: "failed", again: values[again] === "yes" },
    }),
  };
}

export function commentQuestion({ sampleId, campaignId }: Todo): Question {
  return {
    title: `A word on ${sampleId}`,
    explanation: "It stays with the sample, for whoever comes after.",
    confirm: "Write it down",
    takesPhotos: true,
    needsReason: true,
    wish: (by, reason) => ({
      ...{ kind: "campaign", campaignId, action: "comment", by, reason, sampleId },
    }),
  };
}

function reportOf(
  numbers: readonly { readonly name: string; readonly unit: string }[],
  values: Values,
): PersonsReport {
  const found: Observation[] = numbers.flatMap(({ name, unit }): Observation[] => {
    const text = (values[name] ?? "").trim();
    if (text === "") return [];
    const value = Number(text.replace(",", "."));
    if (!Number.isFinite(value)) throw new Error(`${name}: “${text}” is no number.`);
    return [{ kind: "objective", name, value, unit }];
  });
  const phases = (values[PHASES] ?? "").split("+").map((name) => name.trim());
  if (phases.some((name) => name !== "")) found.push({ kind: "phases", phases });
  return {
    outcome: "done",
    ...(found.length === 0 ? {} : { observations: found }),
    ...(values[NEW] === "yes" ? { newPhases: true } : {}),
  };
}
