import { describe, expect, test } from "vitest";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import type { PhaseDiagramSettings } from "../../../src/domain/goal-settings.ts";
import { asId, type CampaignId } from "../../../src/domain/identifiers.ts";
import type { Composition } from "../../../src/domain/observation.ts";
import type { CampaignResult, Proposal } from "../../../src/domain/proposal.ts";
import { createPhaseDiagramPlanner } from "../../../src/planning/phase-diagram/phase-diagram-planner.ts";
import type { Planner } from "../../../src/planning/planner.ts";

/** Compounds of a made-up section A-B-C: Q on the edge A-B, P inside. */
const COMPOSITIONS: Readonly<Record<string, Composition>> = {
  A: { A: 1, B: 0, C: 0 },
  B: { A: 0, B: 1, C: 0 },
  C: { A: 0, B: 0, C: 1 },
  Q: { A: 0.6, B: 0.4, C: 0 },
  P: { A: 0.2, B: 0.4, C: 0.4 },
};
const known = ["A", "B", "C"].map((phase) => ({ at: COMPOSITIONS[phase]!, phases: [phase] }));

function campaign(model: PhaseDiagramSettings, rows?: Composition[]): CampaignSpec {
  const grid = { kind: "simplex-grid", components: ["A", "B", "C"], step: 0.1 } as const;
  return {
    goal: "phase-diagram",
    model: { known, ...model },
    campaignId: asId<CampaignId>("test"),
    title: "test",
    seed: "1",
    budget: 50,
    inFlight: 1,
    waitForWholeBatch: false,
    approval: "automatic",
    space: rows === undefined ? grid : { kind: "table", rows },
    recipe: { steps: [] },
    limits: {},
    failuresInARow_max: 3,
  };
}

interface View {
  readonly label: number[];
  readonly labels: string[];
  readonly measured: { candidate?: number; position: number; at: Composition }[];
  readonly tieLines: { phases: string[]; from?: number }[];
  readonly triangles: { phases: string[]; from?: number; proved: boolean }[];
  readonly derived: Record<string, number>;
  readonly status: {
    readonly warnings: string[];
    readonly suspicious: { id: number; candidate: number; expected: string }[];
  };
}

const viewOf = (planner: Planner): View => planner.view() as unknown as View;

/** A grid of 66 points: the id of a composition, found by asking the planner for everything. */
function idsOf(planner: Planner): (x: Composition) => string {
  const all = planner.propose({ n: 0, count: 66, pending: [], excluded: [], seed: "ids" });
  return (x) =>
    all.points.find((point) =>
      Object.entries(x).every(([k, v]) => Math.abs(Number(point.parameters[k]) - v) < 1e-9),
    )?.candidateId ?? "";
}

function told(
  planner: Planner,
  position: number,
  at: Composition,
  phases: readonly string[],
  ends: readonly Composition[] | "missing" = phases.map((phase) => COMPOSITIONS[phase] ?? {}),
  candidateId = "",
): CampaignResult {
  const compositions =
    ends === "missing" ? undefined : Object.fromEntries(phases.map((p, k) => [p, ends[k] ?? {}]));
  const result: CampaignResult = {
    position,
    candidateId,
    parameters: at,
    observations: [{ kind: "phases", phases, compositions }],
  };
  planner.learn([result]);
  return result;
}

function next(planner: Planner, more: { count?: number; pending?: string[] } = {}): Proposal {
  const pending = (more.pending ?? []).map((candidateId) => ({ candidateId, parameters: {} }));
  return planner.propose({ n: 1, count: more.count ?? 1, pending, excluded: [], seed: "s" });
}

/** The grid of 66 compositions at one temperature. */
function gridAt(T: number): Composition[] {
  const rows: Composition[] = [];
  for (let a = 0; a <= 10; a++)
    for (let b = 0; a + b <= 10; b++) rows.push({ A: a / 10, B: b / 10, C: (10 - a - b) / 10, T });
  return rows;
}

const IN_APQ: Composition = { A: 0.7, B: 0.2, C: 0.1 };
const ALSO_IN_APQ: Composition = { A: 0.6, B: 0.3, C: 0.1 };

describe("a wrong result in a campaign with tie-lines", () => {
  for (const withdrawn of [10, 11]) {
    test(`is shown, proposed again, and result ${withdrawn} can be withdrawn with all that follows`, () => {
      const planner = createPhaseDiagramPlanner(campaign({ coexistence: "full" }));
      const id = idsOf(planner);
      const first = id(IN_APQ);
      const second = id(ALSO_IN_APQ);
      told(planner, 10, IN_APQ, ["A", "P", "Q"], undefined, first);
      expect(viewOf(planner).status.warnings).toEqual([]);
      told(planner, 11, ALSO_IN_APQ, ["B", "C"], "missing", second);

      const { status } = viewOf(planner);
      expect(status.warnings.join()).toMatch(
        /B\+C \(result 11\) lies inside .*A\+P\+Q \(result 10\)/,
      );
      expect(status.suspicious.map((item) => item.id)).toContain(11);
      const proposal = next(planner, { count: 2 });
      expect(proposal.points.map((point) => point.candidateId)).toContain(second);
      expect(proposal.points[0]?.why).toMatch(/^Repeat: /);
      expect(proposal.warnings.join()).toMatch(/result 11/);

      planner.forget([withdrawn]);
      const after = viewOf(planner);
      expect(after.status.warnings).toEqual([]);
      expect(after.status.suspicious).toEqual([]);
      const hasTriangle = after.triangles.some(({ proved }) => proved);
      expect(hasTriangle).toBe(withdrawn === 11);
      expect(Object.values(after.derived).includes(10)).toBe(withdrawn === 11);
    });
  }

  test("a tie-line that crosses a known one is refused, shown with both results, and both are doubted", () => {
    const planner = createPhaseDiagramPlanner(campaign({ coexistence: "full" }));
    const id = idsOf(planner);
    told(
      planner,
      20,
      { A: 0.5, B: 0.5, C: 0 },
      ["B", "Q"],
      undefined,
      id({ A: 0.5, B: 0.5, C: 0 }),
    );
    const onPQ = { A: 0.4, B: 0.4, C: 0.2 };
    told(planner, 21, onPQ, ["P", "Q"], undefined, id(onPQ));
    const ends = [COMPOSITIONS["B"]!, { A: 0.8, B: 0, C: 0.2 }];
    const wrong = { A: 0.4, B: 0.5, C: 0.1 };
    told(planner, 22, wrong, ["B", "X"], ends, id(wrong));
    expect(viewOf(planner).status.warnings.join()).toMatch(/B\+X \(result 22\) cross .*result 21/);
    const doubted = viewOf(planner).status.suspicious.map((item) => item.id);
    expect(doubted).toEqual(expect.arrayContaining([21, 22]));
    planner.forget([22]);
    expect(viewOf(planner).status.warnings).toEqual([]);
    expect(viewOf(planner).tieLines.map(({ from }) => from)).toContain(21);
  });

  test("more phases than components are said to be out of equilibrium", () => {
    const planner = createPhaseDiagramPlanner(campaign({ coexistence: "full" }));
    told(planner, 30, IN_APQ, ["A", "B", "P", "Q"], undefined, idsOf(planner)(IN_APQ));
    expect(next(planner).warnings.join()).toMatch(/result 30.*not in equilibrium/);
    expect(viewOf(planner).triangles.filter(({ proved }) => proved)).toEqual([]);
  });

  test("compositions that cannot mix to their sample are said to be mixed up, and only the label counts", () => {
    const planner = createPhaseDiagramPlanner(campaign({ coexistence: "full" }));
    const ends = [COMPOSITIONS["B"]!, COMPOSITIONS["C"]!]; // the sample is on the other side
    told(planner, 40, IN_APQ, ["P", "Q"], ends, idsOf(planner)(IN_APQ));
    expect(viewOf(planner).status.warnings.join()).toMatch(/result 40.*lever rule/);
    expect(viewOf(planner).tieLines).toEqual([]);
    const row = viewOf(planner).measured.find(({ position }) => position === 40)?.candidate ?? -1;
    expect(viewOf(planner).labels[viewOf(planner).label[row] ?? -1]).toBe("P+Q");
  });
});

describe("a campaign with tie-lines", () => {
  test("moves over to the triangulation with the first tie-line, and derived labels name their result", () => {
    const planner = createPhaseDiagramPlanner(campaign({}));
    const id = idsOf(planner);
    expect(next(planner).model.method).toBe("gaussian-process");
    told(planner, 10, IN_APQ, ["A", "P", "Q"], undefined, id(IN_APQ));
    expect(next(planner).model.method).toBe("triangulation");
    const view = viewOf(planner);
    const also = Object.keys(view.derived).map(Number);
    expect(also.length).toBeGreaterThan(2);
    expect(next(planner).model.summary["derivedPoints"]).toBe(also.length);
    // Inside the triangle all three, on its sides two of them.
    const labels = also.map((row) => view.labels[view.label[row] ?? -1] ?? "");
    expect(labels).toContain("A+P+Q");
    for (const label of labels) expect("A+P+Q A+P A+Q P+Q".split(" ")).toContain(label);
    expect(view.triangles.find(({ proved }) => proved)?.from).toBe(10);
  });

  test("a two-phase result close to a corner, and points in flight, steer the next choice", () => {
    const planner = createPhaseDiagramPlanner(campaign({ coexistence: "full" }));
    const id = idsOf(planner);
    const near = { A: 0.9, B: 0.1, C: 0 };
    told(planner, 10, near, ["A", "Q"], undefined, id(near));
    expect(viewOf(planner).status.warnings).toEqual([]);
    const [first] = next(planner).points;
    const inFlight = next(planner, { pending: [first?.candidateId ?? ""] }).points[0];
    expect(inFlight?.candidateId).not.toBe(first?.candidateId);
    const batch = next(planner, { count: 4 }).points.map((point) => point.candidateId);
    expect(new Set(batch).size).toBe(4);
    expect(batch).not.toContain(id(near));
  });

  test("one phase everywhere: nothing breaks, and it goes on until it is sure", () => {
    const planner = createPhaseDiagramPlanner(campaign({ coexistence: "full", known: [] }));
    for (let n = 0; n < 20; n++) {
      const [point] = next(planner).points;
      if (point === undefined) break;
      told(planner, n, point.parameters as Composition, ["A"], undefined, point.candidateId);
    }
    const view = viewOf(planner);
    expect(view.status.warnings).toEqual([]);
    expect(new Set(view.label.map((k) => view.labels[k]))).toEqual(new Set(["A"]));
  });

  test("with temperature as a further axis it becomes a stack of sections, in the daemon's planner too", () => {
    const rows = [500, 600].flatMap(gridAt);
    const spec = campaign({ known: [] }, rows);
    const planner = createPhaseDiagramPlanner({
      ...spec,
      space: { kind: "table", rows, components: ["A", "B", "C"] },
    });
    const at = { ...IN_APQ, T: 500 };
    const row = rows.findIndex((item) => Object.entries(at).every(([k, v]) => item[k] === v));
    told(planner, 1, at, ["A", "P", "Q"], undefined, `c${row}`);
    expect(next(planner).model.method).toBe("triangulation-stack");
    const view = viewOf(planner);
    const above = rows.findIndex(
      (item) => item["T"] === 600 && item["A"] === 0.7 && item["B"] === 0.2,
    );
    expect(view.labels[view.label[above] ?? -1]).toBe("A+P+Q");
    expect(next(planner).model.summary).not.toHaveProperty("findings");
    const crossing = rows.findIndex(
      (item) => item["T"] === 600 && item["A"] === 0.4 && item["B"] === 0.5,
    );
    const ends = [
      { A: 0, B: 1, C: 0 },
      { A: 0.8, B: 0, C: 0.2 },
    ];
    told(planner, 2, { A: 0.4, B: 0.5, C: 0.1, T: 600 }, ["B", "R"], ends, `c${crossing}`);
    expect(String(next(planner).model.summary["findings"])).toMatch(
      /P\+Q = B\+R between 500 and 600/,
    );
  });

  test("four components move over to the hull with the first tie-line", () => {
    const rows: Composition[] = [];
    for (let a = 0; a <= 5; a++)
      for (let b = 0; a + b <= 5; b++)
        for (let c = 0; a + b + c <= 5; c++)
          rows.push({ A: a / 5, B: b / 5, C: c / 5, D: (5 - a - b - c) / 5 });
    const pure = (name: string): Composition =>
      Object.fromEntries(["A", "B", "C", "D"].map((axis) => [axis, axis === name ? 1 : 0]));
    const corners = ["A", "B", "C", "D"].map((name) => ({ at: pure(name), phases: [name] }));
    const model = { known: corners, coexistence: undefined };
    const planner = createPhaseDiagramPlanner(campaign(model, rows));
    expect(next(planner).model.method).toBe("gaussian-process");
    const at = { A: 0.2, B: 0.2, C: 0.2, D: 0.4 };
    const row = rows.findIndex(
      (item) => item["A"] === 0.2 && item["B"] === 0.2 && item["C"] === 0.2,
    );
    told(planner, 1, at, ["A", "B", "C", "D"], ["A", "B", "C", "D"].map(pure), `c${row}`);
    const proposal = next(planner);
    expect(proposal.model.method).toBe("pseudo-energy-hull");
    const view = viewOf(planner);
    const inside = rows.findIndex(
      (item) => item["A"] === 0.4 && item["B"] === 0.2 && item["C"] === 0.2,
    );
    expect(view.labels[view.label[inside] ?? -1]).toBe("A+B+C+D");
    expect(view.derived[String(inside)]).toBe(1);
    expect(proposal.points.map(({ parameters }) => Object.values(parameters).includes(0))).toEqual([
      true,
    ]);
  });

  test("asked for where there is no ternary section, it says what is missing", () => {
    const rows = [0, 0.5, 1].flatMap((B) => [300, 400].map((T) => ({ T, B })));
    const binary = campaign({ coexistence: "full", known: [] }, rows);
    expect(() => createPhaseDiagramPlanner(binary)).toThrow(/TL-5004|mole fractions/);
    const open = createPhaseDiagramPlanner(campaign({ known: [] }, rows));
    expect(next(open).points.length).toBe(1);
  });
});
