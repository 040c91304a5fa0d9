import { resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readReferences } from "../../adapters/patterns/read-references.ts";
import { createPrng } from "../../src/core/prng.ts";
import type { PatternObservation } from "../../src/domain/observation.ts";
import type { MapView } from "../../src/domain/planner-view.ts";
import { createPlanner } from "../../src/planning/create-planner.ts";
import { countingResults } from "../../src/replay/relearn.ts";
import { createProposalVerifier } from "../../src/replay/verify-proposals.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { createLab } from "../../src/runtime/lab.ts";
import { createExportFold } from "../../src/views/export-document.ts";
import { LimitedDaemon, places } from "../support/limited-daemon.ts";
import { mixturePattern } from "../support/pattern-spread.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import { eventsOf } from "./running-daemon.ts";

const CARDS = resolve(import.meta.dirname, "../fixtures/diffraction");
const BUDGET = 8;
/** NiO takes up ZnO to this share of Ni and Zn, and its cell grows by as much a mole fraction. */
const SOLUTION = { most: 0.3, strainPerMolFraction: 0.04 };
const lab = new LimitedDaemon();
afterEach(() => lab.stop());

const CAMPAIGN = `campaigns:
  - id: c1
    goal: phase-diagram
    autoStart: true
    budget: ${BUDGET}
    inFlight: 1
    space: { kind: simplex-grid, components: [Ni, Ti, Zn], step: 0.1 }
    recipe:
      - capability: diffraction
        parameters: { Ni: { axis: Ni }, Ti: { axis: Ti }, Zn: { axis: Zn } }
        timeLimit_s: 60
        repeatable: true
    model:
      initial: 6
      patterns:
        references: [${["NiO", "ZnO", "TiO2-rutile"].map((name) => resolve(CARDS, `${name}.cif`)).join(", ")}]
        vegard:
          NiO: [{ at: { Ni: 1 } }, { at: { Ni: 0.7, Zn: 0.3 }, strain: 0.012 }]
          ZnO: [{ at: { Zn: 1 } }]
          TiO2-rutile: [{ at: { Ti: 1 } }]
`;

const sources = new Map(readReferences([CARDS]).map((source) => [source.name, source]));

/** The sample of a composition: the solution, rutile and what of ZnO the solution does not take. */
function patternAt(amounts: Readonly<Record<string, number>>): PatternObservation {
  const { Ni = 0, Ti = 0, Zn = 0 } = amounts;
  const taken = Math.min(Zn, (SOLUTION.most / (1 - SOLUTION.most)) * Ni);
  const zinc = Ni > 0 ? taken / (Ni + taken) : 0;
  const mixture = [
    { name: "NiO", share: Ni + taken, strain: SOLUTION.strainPerMolFraction * zinc },
    { name: "TiO2-rutile", share: Ti, strain: 0 },
    { name: "ZnO", share: Zn - taken, strain: 0 },
  ].filter(({ share }) => share > 1e-9);
  const prng = createPrng(`vegard ${Ni} ${Ti} ${Zn}`);
  const { x, intensity } = mixturePattern(sources, mixture, {
    ...{ noise: 0.01, displacement_deg: 0.02, width_deg: 0.2, lorentz: 0.5, texture: 0.1 },
    ...{ humpHeight: 0, random: () => prng.next() },
  });
  return {
    ...{ kind: "pattern", unit: "1", values: Array.from(intensity) },
    axis: { name: "twoTheta", unit: "deg", values: Array.from(x) },
  };
}

test("where a campaign says how cells go with composition, patterns bring tie-lines, and a triangulation maps", async () => {
  await lab.start(places()[0]!, CAMPAIGN);
  const amount = { unit: "1", required: true };
  await lab.add({
    id: "xrd-1",
    capabilities: [
      {
        ...{ name: "diffraction", results: ["pattern"], repeatable: true, expectedDuration_s: 1 },
        parameters: { Ni: amount, Ti: amount, Zn: amount },
      },
    ],
    measure: ({ parameters }) => [patternAt(parameters as Readonly<Record<string, number>>)],
  });
  await until(() => lab.daemon.isFinished(), "the end");

  const again = createLab();
  const verifier = createProposalVerifier();
  const exports = createExportFold({ site: SITE, version: "1", state: lab.daemon.statePort });
  for (const event of await eventsOf(lab.daemon)) {
    verifier.check(event, again);
    applyEvent(again, event);
    exports.fold(event);
  }
  expect(verifier.summary()).toMatchObject({ differences: [] });
  const document = exports.document("c1")!;
  const planner = createPlanner(document.campaign);
  planner.learn(countingResults(document));
  const { tieLines = [], triangles = [] } = planner.view() as MapView;
  const ends = [...tieLines, ...triangles].flatMap((one) => {
    const corners = "ends" in one ? one.ends : one.corners;
    return one.phases.flatMap((phase, k) => (phase === "NiO" ? [corners[k]!] : []));
  });
  expect(ends.length).toBeGreaterThan(2);
  for (const { Ni = 0, Ti = 0, Zn = 0 } of ends as Readonly<Record<string, number>>[]) {
    expect(Ti).toBeLessThan(0.03);
    expect(Zn).toBeLessThan(SOLUTION.most + 0.04);
    expect(Ni + Zn).toBeCloseTo(1, 1);
  }
  // Beside ZnO the solution is saturated.
  const saturated = triangles.filter(({ proved }) => proved);
  expect(saturated.length).toBeGreaterThan(0);
  for (const { phases, corners } of saturated)
    expect(corners[phases.indexOf("NiO")]?.["Zn"]).toBeCloseTo(SOLUTION.most, 1);
}, 60_000);
