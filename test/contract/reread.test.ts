import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createPatternReader } from "../../adapters/interpreters/name-phases.ts";
import { connectOperator } from "../../adapters/mqtt/operator-client.ts";
import { readReferences } from "../../adapters/patterns/read-references.ts";
import type { PatternObservation, PhasesObservation } from "../../src/domain/observation.ts";
import { phaseSetLabel } from "../../src/domain/observation.ts";
import type { RereadRequest } from "../../src/domain/reread.ts";
import { createProposalVerifier } from "../../src/replay/verify-proposals.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { createLab } from "../../src/runtime/lab.ts";
import { createExportFold } from "../../src/views/export-document.ts";
import { LimitedDaemon, places } from "../support/limited-daemon.ts";
import { measuredPattern, type PhaseShare } from "../support/pattern-spread.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { eventsOf } from "./running-daemon.ts";

const CARDS = resolve(import.meta.dirname, "../fixtures/diffraction");
const cards = mkdtempSync(join(tmpdir(), "tieline-cards-"));
const lab = new LimitedDaemon();
afterEach(async () => {
  await lab.stop();
  rmSync(cards, { recursive: true, force: true });
});

function addCard(name: string): void {
  copyFileSync(join(CARDS, `${name}.cif`), join(cards, `${name}.cif`));
}

/** What the samples are made of, in the order in which they are measured; the references know NiO and ZnO only. */
const SAMPLES: readonly (readonly [string, number])[][] = [
  [["NiO", 1]],
  [
    ["NiO", 0.5],
    ["TiO2-rutile", 0.5],
  ],
  [
    ["NiO", 0.6],
    ["TiO2-anatase", 0.4],
  ],
  [
    ["ZnO", 0.6],
    ["TiO2-rutile", 0.4],
  ],
];

const sources = new Map(readReferences([CARDS]).map((source) => [source.name, source]));

function patternOf(k: number): PatternObservation {
  const mixture: PhaseShare[] = (SAMPLES[k] ?? []).map(([name, share]) => ({
    ...{ name, share, strain: 0 },
  }));
  return measuredPattern(sources, mixture, `reread ${k}`);
}

const CAMPAIGN = `campaigns:
  - id: c1
    goal: phase-diagram
    autoStart: true
    budget: ${SAMPLES.length}
    inFlight: 1
    space: { kind: simplex-grid, components: [Ni, Ti, Zn], step: 0.5 }
    recipe: [{ capability: diffraction, timeLimit_s: 60, repeatable: true }]
    model: { coexistence: "off", patterns: { references: [${cards}], elements: [Ni, Ti, Zn, O] } }
`;

const labels = (): string[] =>
  (lab.daemon.lab.results.get("c1") ?? []).map(({ observations }) => {
    const named = observations.find(({ kind }) => kind === "phases") as PhasesObservation;
    return phaseSetLabel(named.phases);
  });

async function ask(patterns: RereadRequest) {
  const client = await connectOperator({ url: lab.daemon.brokerUrl, site: SITE });
  try {
    return await client.command({ campaignId: "c1", action: "reread", by: "ada", patterns });
  } finally {
    await client.close();
  }
}

/** The first word of each line of the campaign that its patterns have been read again. */
const rereadings = (): number => {
  const lines = lab.daemon.view.events().lines.map(({ text }) => text);
  return lines.filter((text) => /patterns (were not )?read again/.test(text)).length;
};

test("unknown phases are told apart, renamed and, with new references, read from history", async () => {
  addCard("NiO");
  addCard("ZnO");
  await lab.start(places()[0]!, CAMPAIGN);
  let k = 0;
  await lab.add({
    id: "xrd-1",
    capabilities: [
      {
        ...{ name: "diffraction", parameters: {}, results: ["pattern"] },
        ...{ repeatable: true, expectedDuration_s: 1 },
      },
    ],
    measure: () => [patternOf(k++)],
  });
  await until(() => lab.daemon.isFinished(), "the end");
  expect(labels()).toEqual(["NiO", "NiO+unknown-1", "NiO+unknown-2", "ZnO+unknown-1"]);

  for (const [request, why] of [
    [{ names: { "unknown-9": "TiO2" } }, /no unknown phase unknown-9; there are unknown-1/],
    [{ references: ["new.cif"] }, /not absolute/],
  ] as const) {
    const refused = await ask(request);
    expect(refused.accepted).toBe(false);
    expect(refused.reason).toMatch(why);
  }

  // Names: nothing is read, every label follows.
  expect(await ask({ names: { "unknown-1": "rutile" } })).toMatchObject({
    accepted: true,
    reason: "unknown-1 is rutile.",
  });
  expect(labels()).toEqual(["NiO", "NiO+rutile", "NiO+unknown-2", "ZnO+rutile"]);
  expect(rereadings()).toBe(0);

  // References that nobody can read change nothing, and this is told.
  expect((await ask({ references: ["/nowhere/cards"] })).accepted).toBe(true);
  await until(() => rereadings() === 1, "the first reading");
  expect(labels()).toEqual(["NiO", "NiO+rutile", "NiO+unknown-2", "ZnO+rutile"]);
  expect(lab.alarms().join()).toContain("/nowhere/cards");

  // A new card in the folder; the daemon is stopped before it has read, and does so at its next start.
  addCard("TiO2-anatase");
  const message = { source: "operator/ada", id: "late" };
  const about = { campaignId: "c1", action: "reread", commandId: "late", by: "ada" } as const;
  await lab.daemon.submit({ type: "operator.command", ...about, patterns: {}, message });
  await lab.daemon.stop();
  await lab.start(places()[0]!, CAMPAIGN);
  await until(() => rereadings() === 2, "the second reading");
  expect(labels()).toEqual(["NiO", "NiO+rutile", "NiO+TiO2-anatase", "ZnO+rutile"]);
  expect(lab.alarms().join()).not.toContain("/nowhere/cards");

  // With all cards the campaign knows what one knows that had them from the beginning.
  addCard("TiO2-rutile");
  expect((await ask({})).accepted).toBe(true);
  await until(() => rereadings() === 3, "the third reading");
  const namer = createPatternReader().name;
  const rules = { references: [cards], elements: ["Ni", "Ti", "Zn", "O"] };
  expect(lab.daemon.lab.results.get("c1")?.map(({ observations }) => observations)).toEqual(
    SAMPLES.map((_, n) => [patternOf(n), namer({ pattern: patternOf(n), rules })]),
  );

  // All of it follows from the log: the laboratory, what is exported, the page's view and the planner's answers.
  const events = await eventsOf(lab.daemon);
  const again = createLab();
  const verifier = createProposalVerifier();
  const exports = createExportFold({ site: SITE, version: "1", state: lab.daemon.statePort });
  for (const event of events) {
    verifier.check(event, again);
    applyEvent(again, event);
    exports.fold(event);
  }
  expect(again.results).toEqual(lab.daemon.lab.results);
  expect(again.strangers).toEqual(lab.daemon.lab.strangers);
  expect(verifier.summary().differences).toEqual([]);
  const exported = exports.document("c1")?.observations.map(({ result }) => result);
  expect(exported).toEqual(again.results.get("c1")?.map(({ observations }) => observations));
  const shown = lab.daemon.view
    .campaign("c1")
    ?.observations.recent.map(({ results }) =>
      results.flatMap((one) => (one.kind === "phases" ? [phaseSetLabel(one.phases)] : [])).join(),
    );
  expect(shown).toEqual(labels());
}, 60_000);
