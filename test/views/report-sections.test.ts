import { describe, expect, test } from "vitest";
import {
  type ObjectiveObservation,
  type Observation,
  phaseSetLabel,
} from "../../src/domain/observation.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import { OPTIMISE_SCORES } from "../../src/planning/optimise/scores/index.ts";
import { PHASE_METHODS } from "../../src/planning/phase-diagram/phase-diagram-strategy.ts";
import { createExportFold, type ExportDocument } from "../../src/views/export-document.ts";
import { createStoryFold } from "../../src/views/log-story.ts";
import { isKnownMethod, methodInWords } from "../../src/views/method-words.ts";
import { namedObservation, namerFor } from "../../src/views/named.ts";
import { describeObservation } from "../../src/views/observation-summary.ts";
import { decisionSection, doubtSection } from "../../src/views/report-doubt.ts";
import { methodsSection } from "../../src/views/report-methods.ts";
import { resultSection } from "../../src/views/report-result.ts";
import { optimiseViewOf } from "../support/planner-views.ts";
import { createScriptedLaboratory } from "../support/scripted-laboratory.ts";

const message = { source: "operator/ada", id: "m" };

function scripted() {
  const laboratory = createScriptedLaboratory({ approval: "supervised" });
  laboratory.propose(2);
  const story = createStoryFold("al-mg-zn");
  const documentOf = (): ExportDocument => {
    const fold = createExportFold({ site: "lab", version: "0.1.0", state: laboratory.state });
    for (const event of laboratory.events) fold.fold(event);
    const document = fold.document("al-mg-zn");
    if (document === undefined) throw new Error("no document");
    return document;
  };
  return { laboratory, story, documentOf };
}

function rowsOf(html: string): string[] {
  return [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    row.replaceAll(/<\/t[dh]><t[dh]>/g, " | ").replaceAll(/<[^>]+>/g, ""),
  );
}

/** An optimisation whose results are (strength, elongation) at temperatures 400, 410, ... */
function optimisation(
  values: readonly (readonly [number, number])[],
  model: object,
): ExportDocument {
  const { documentOf } = scripted();
  const { campaign, ...document } = documentOf();
  const number = (name: string, value: number, unit: string): ObjectiveObservation => ({
    ...{ kind: "objective", name, value, unit, standardUncertainty: 0.5 },
  });
  return {
    ...document,
    campaign: {
      ...campaign,
      limits: { dose: { max: 3, unit: "mg" } },
      goal: "optimise",
      model,
    } as ExportDocument["campaign"],
    observations: values.map(([strength, elongation], k) => ({
      ...{ position: 10 + k, candidateId: `c${k}`, jobId: `j${k}`, time: "2026-11-30T10:00:00Z" },
      parameters: { temperature_K: 400 + 10 * k, dose: k },
      result: [number("strength", strength, "MPa"), number("elongation", elongation, "%")],
      ...{ simulated: true, withdrawn: k === 3 },
    })),
  };
}

const STRONG = { objectives: [{ name: "strength", direction: "max" }] };

describe("settings, values and errors come first", () => {
  test("of one objective: the best that keeps to the constraints, with units and the number of its result", () => {
    const values = [
      ...[[300, 12] as const, [420, 3] as const, [350, 9] as const, [999, 20] as const],
    ];
    const model = { ...STRONG, constraints: [{ name: "elongation", min: 8 }] };
    const html = resultSection(optimisation(values, model), optimiseViewOf({}));
    expect(html).toContain(
      "Recommended: temperature 420 K, dose 2 mg, where strength is 350 ± 0.5 MPa (result 3).",
    );
    expect(rowsOf(html)).toEqual([
      "temperature [K] | dose [mg] | strength [MPa] | elongation [%] | result",
      "420 | 2 | 350 ± 0.5 | 9 ± 0.5 | 3",
      "400 | 0 | 300 ± 0.5 | 12 ± 0.5 | 1",
    ]);
  });

  test("of several: the front, and what the model expects of points that nobody measured", () => {
    const objectives = [...STRONG.objectives, { name: "elongation", direction: "max" }];
    const front = ["c0", "c1"].map((candidateId) => ({ candidateId, parameters: {}, values: {} }));
    const expected = { strength: { value: 400, sd: 2 }, elongation: { value: 8, sd: 0.1 } };
    const point = { candidateId: "n", parameters: { temperature_K: 405, dose: 1 }, feasibility: 1 };
    const candidates = [
      { ...point, isMeasured: false, expectedGain: 1, predictions: expected },
      { ...point, isMeasured: false, expectedGain: 0, predictions: {} },
    ];
    const html = resultSection(
      optimisation(
        [
          [300, 12],
          [420, 3],
          [290, 2],
        ],
        { objectives },
      ),
      optimiseViewOf({ pareto: { front }, candidates }),
    );
    const rows = rowsOf(html);
    expect(rows.slice(1, 3)).toEqual([
      "410 | 1 | 420 ± 0.5 | 3 ± 0.5 | 2",
      "400 | 0 | 300 ± 0.5 | 12 ± 0.5 | 1",
    ]);
    expect(rows.slice(4)).toEqual(["405 | 1 | 400 ± 2 | 8 ± 0.1"]);
  });

  test("of a map: each set of phases with its results and where it was first found", () => {
    const { laboratory, documentOf } = scripted();
    while (laboratory.finishOne());
    const [, first] = rowsOf(resultSection(documentOf(), laboratory.plannerView()));
    expect(first).toMatch(
      /^\w[\w+]* \| \d \| [\d.]+ % \| Al [\d.]+, Mg [\d.]+, Zn [\d.]+ \(result 1\)$/,
    );
  });
});

describe("what was not believed, and who decided", () => {
  test("names what was set aside, taken back, failed and kept out, each with why", () => {
    const document = optimisation(
      [
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ],
      STRONG,
    );
    const broken: Observation = { kind: "failure", reason: "it melted" };
    const [first, ...others] = document.observations;
    const story = createStoryFold("al-mg-zn");
    const fold = (fact: LabEvent["fact"]): void =>
      story.fold({ position: 1, time_ms: 0, fact } as LabEvent);
    const withdraw = { type: "operator.command", action: "withdraw", jobId: "j3" } as const;
    fold({
      ...{ ...withdraw, by: "ada", identity: "verified", reason: "wrong crucible" },
      ...{ campaignId: "al-mg-zn", commandId: "c", message },
    });
    const kept = { type: "message.quarantined", topic: "t", payloadBase64: "", bytes: 0 } as const;
    fold({ ...kept, reason: "notJson" });
    fold({ ...kept, reason: "notJson" });
    const setAside = [
      {
        ...{ position: 5, candidateId: "c9", jobId: "j9", time: "2026-11-30T10:00:00Z" },
        ...{ reason: "999 MPa is beyond what can be true", result: first?.result ?? [] },
      },
    ];
    const observations = [{ ...document.observations[0], result: [broken] }, ...others];
    const html = doubtSection(
      { ...document, setAside, observations } as ExportDocument,
      story.story(),
      describeObservation,
    );
    expect(
      rowsOf(html)
        .slice(1)
        .map((row) => row.replace(/^[^|]*\| /, "")),
    ).toEqual([
      "a result of j9: strength 1 ± 0.5 MPa; elongation 1 ± 0.5 % | set aside: 999 MPa is beyond what can be true",
      "result 1 at temperature 400 K, dose 0 mg | no measurement: it melted",
      "result 4 at temperature 430 K, dose 3 mg | taken back by ada (verified): wrong crucible",
      "2 messages of the laboratory | kept out: it was no JSON",
    ]);
    const clean = doubtSection({ ...document, observations: [] }, undefined, describeObservation);
    expect(clean).toContain("nothing was set aside");
  });

  test("an approval tells the points that it covered; one that was refused decided nothing", () => {
    const { laboratory, story, documentOf } = scripted();
    const document = documentOf();
    const points = document.proposals[0]?.points ?? [];
    const ids = points.map(({ candidateId }) => candidateId);
    const command = { type: "operator.command", campaignId: "al-mg-zn", message } as const;
    for (const event of laboratory.events) story.fold(event);
    const approve = { ...command, action: "approve", by: "bob", commandId: "a" } as const;
    const event = { position: 9, time_ms: 0, fact: approve } as LabEvent;
    story.fold(event, { accepted: true, candidateIds: ids });
    story.fold(event, { accepted: false });
    const rows = rowsOf(decisionSection(document, story.story())).slice(1);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/\| bob \| approve \(Al [^;]+; Al [^;]+\) \| $/);
    expect(methodsSection(document, story.story(), undefined)).toContain("approved by bob before");
  });
});

test("every method that a planner can name has its words, and whose it is", () => {
  const names = [
    ...PHASE_METHODS,
    ...OPTIMISE_SCORES.flatMap(({ name }) =>
      ["matern-5/2", "squared-exponential"].map((kernel) => `gaussian-process/${kernel}/${name}`),
    ),
    ...["triangulation", "triangulation-stack", "pseudo-energy-hull", "binary-fields"],
    "exact diagonalisation, exchange Monte Carlo, expected variance reduction",
    "screen, race of descents, Bayesian optimisation of ln chi2, emulated exchange Monte Carlo",
  ];
  expect(names.filter((name) => !isKnownMethod(name))).toEqual([]);
  expect(isKnownMethod("astrology")).toBe(false);
  const { sentences, cites } = methodInWords("gaussian-process/matern-5/2/parego", ["patterns"]);
  expect(sentences).toHaveLength(4);
  expect(cites.join(" ")).toMatch(/Rasmussen.*Knowles.*Morháč/);
  for (const cite of names.flatMap((name) => methodInWords(name, ["structures"]).cites))
    expect(cite).toMatch(/^[A-Z].*, .*\((19|20)\d\d\)(, (doi:10\.\d{4,}\/\S+|arXiv:\d{4}\.\d+))?$/);
  expect(methodInWords("Bayesian optimisation of ln chi2").cites.join()).toContain("e0193785");
  expect(methodInWords("gaussian-process of labels").sentences.join()).toMatch(/^Labels of points/);
  expect(methodInWords("astrology").sentences).toEqual(["The method is astrology."]);
});

describe("the methods of a paper", () => {
  /** The paragraph of a campaign whose proposals were made by (method, results known). */
  const paragraph = (
    goal: "phase-diagram" | "optimise",
    runs: readonly (readonly [string, number])[],
  ): string => {
    const { campaign, proposals, ...document } = scripted().documentOf();
    const [proposal] = proposals;
    if (proposal === undefined) throw new Error("no proposal");
    const html = methodsSection(
      {
        ...document,
        campaign: { ...campaign, goal, model: {} } as ExportDocument["campaign"],
        proposals: runs.map(([method, observations]) => ({
          ...proposal,
          model: { ...proposal.model, method, observations },
        })),
      },
      undefined,
      undefined,
    );
    return /<p>(.*?)<\/p>/s.exec(html)?.[1] ?? "";
  };
  const sentence = (start: string, text: string): string =>
    text.split(/(?<=\.) /).find((one) => one.startsWith(start)) ?? "";

  test("tell a method that gave way and came back by its runs, not as one of a set", () => {
    const text = paragraph("phase-diagram", [
      ["gaussian-process", 0],
      ["gaussian-process", 5],
      ["triangulation", 10],
      ["triangulation", 20],
      ["gaussian-process", 30],
    ]);
    expect(sentence("Labels of points", text)).toMatch(
      / over the candidates \(from the beginning and again after 30 results\)\.$/,
    );
    expect(sentence("The section was mapped", text)).toMatch(
      / tie-line as an edge \(after 10 results\)\.$/,
    );
  });

  test("say of what held throughout nothing, of what changed when", () => {
    const score = (name: string) => `gaussian-process/matern-5/2/${name}`;
    const text = paragraph("optimise", [
      [score("thompson"), 0],
      [score("expected-improvement"), 1],
      [score("thompson"), 8],
      [score("expected-improvement"), 9],
      [score("thompson"), 12],
    ]);
    expect(text).toContain("modelled by a Gaussian process. Its kernel is Matérn's with ν = 5/2.");
    expect(sentence("Each next", text)).toContain("(from the beginning and again after 8 and 12 r");
    expect(text).toContain("largest expected improvement (after 1 result and again after 9 resul");
    expect(paragraph("optimise", [[score("thompson"), 0]])).not.toMatch(/from the|after/);
  });

  test("tell a method that took turns by the number of its turns", () => {
    const turns = Array.from(
      { length: 12 },
      (_, k) => [k % 2 === 0 ? "harmonic" : "triangulation", 3 * k] as const,
    );
    const text = paragraph("phase-diagram", turns);
    expect(text).toContain("(from the beginning and again 5 times, after 6 to 30 results)");
    expect(text).toContain("(after 3 results and again 5 times, after 9 to 33 results)");
  });
});

test("a set of phases is one set whatever it is called: results, map and colours agree on its name", () => {
  const namer = namerFor({ axes: ["Al", "Mg", "Zn"] }, ["MG2ZN3+MGZN", "PHI+TAU"]);
  for (const phases of [
    ["MG2ZN3", "MGZN"],
    ["TAU", "PHI"],
  ]) {
    const shown = namedObservation({ kind: "phases", phases } as const, namer);
    expect(phaseSetLabel(shown.phases)).toBe(namer.label(phaseSetLabel(phases)));
  }
});
