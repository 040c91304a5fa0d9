import { describe, expect, test } from "vitest";
import type { CampaignView, ObservationView } from "../../src/views/campaign-view.ts";
import { effectiveModelPictures } from "../../src/views/effective-model-pictures.ts";
import { glanceOf, phasesFound } from "../../src/views/glance.ts";
import { formatWithError } from "../../src/views/observation-summary.ts";
import { optimisePictures } from "../../src/views/optimise-pictures.ts";
import { drawLearningCurve } from "../../src/views/pictures/learning-curve.ts";
import { phaseColour } from "../../src/views/pictures/palette.ts";
import { LIGHT } from "../../src/views/pictures/theme.ts";
import {
  axisHead,
  quantityHead,
  quantityTitle,
  unitsOfResults,
} from "../../src/views/result-units.ts";
import { mapViewOf, optimiseViewOf } from "../support/planner-views.ts";

const measured = (n: number, values: Record<string, number>): ObservationView => ({
  n,
  position: n,
  time_ms: n,
  candidateId: `c${n}`,
  jobId: `j${n}`,
  instrumentId: "tester-1",
  parameters: { T: 400 + n },
  results: Object.entries(values).map(([name, value]) => ({
    kind: "objective",
    name,
    value,
    unit: "1",
  })),
  simulated: true,
});

const OPTIMISE = optimiseViewOf({
  best: { best: 9, bestCandidateId: "c2", bestParameters: { T: 402, flux: "air" } },
  convergence: { quantity: "strength", evaluations: [1, 2], values: [5, 9] },
  quantities: [
    {
      name: "strength",
      role: "objective",
      importances: [
        { name: "T", ard: 0.8, permutation: 1.2, permutationSd: 0.1 },
        { name: "flux", ard: 0.2, permutation: 0.1, permutationSd: 0.1 },
      ],
      slices: [
        { axis: "T", through: { T: 402, flux: "air" }, x: [400, 402], mean: [5, 9], sd: [1, 0.1] },
        {
          axis: "flux",
          through: { T: 402, flux: "air" },
          x: ["air", "argon"],
          mean: [9, 7],
          sd: [0.1, 2],
        },
      ],
      fit: { r2: 0.9, measured: [5, 9, 7], predicted: [6, 8, 7], zScores: [1, -1, 0] },
    },
  ],
  pareto: {},
  candidates: [
    {
      candidateId: "c7",
      parameters: { T: 407 },
      isMeasured: false,
      expectedGain: 0.4,
      feasibility: 1,
      predictions: { strength: { value: 8.8, sd: 0.3 } },
    },
  ],
});

const HISTORY = [
  { observations: 1, time_ms: 1, figures: { expectedGain: 3 } },
  { observations: 2, time_ms: 2, figures: { expectedGain: 0.4 } },
];

describe("pictures of an optimisation", () => {
  const pictures = optimisePictures({
    view: OPTIMISE,
    history: HISTORY,
    observations: [measured(1, { strength: 5 }), measured(2, { strength: 9 })],
  });

  test("convergence with the expected gain, slices, importances, trust; each with its data", () => {
    expect(pictures.map((picture) => picture.name)).toEqual([
      "convergence",
      "expected-gain",
      "slice-strength-T",
      "slice-strength-flux",
      "importances-strength",
      "fit-strength",
    ]);
    for (const picture of pictures) {
      expect(picture.draw(LIGHT)).toMatch(/^<svg [\s\S]*<\/svg>$/);
      expect(picture.draw(LIGHT)).not.toContain("NaN");
      expect(picture.csv().split("\n").length).toBeGreaterThan(2);
    }
    expect(pictures[0]?.draw(LIGHT)).toContain("one more is expected to gain 0.4");
    expect(pictures[2]?.csv()).toBe("T,mean,sd\n400,5,1\n402,9,0.1\n");
  });

  test("units that only results state stand at every axis and number; a name that has one keeps it", () => {
    const inUnit = (one: ObservationView, unit: string): ObservationView => ({
      ...one,
      results: one.results.map((result) => ({ ...result, unit })) as ObservationView["results"],
    });
    const observations = [inUnit(measured(1, { strength: 5 }), "MPa")];
    const drawn = new Map(
      optimisePictures({ view: OPTIMISE, history: HISTORY, observations }).map((picture) => [
        picture.name,
        picture.draw(LIGHT),
      ]),
    );
    expect(drawn.get("convergence")).toContain("strength (MPa)");
    expect(drawn.get("convergence")).toContain("9 MPa after 2 results; one more is expected");
    expect(drawn.get("expected-gain")).toContain("gain (MPa)");
    expect(drawn.get("slice-strength-T")).toContain("strength (MPa)");
    expect(drawn.get("slice-strength-flux")).toContain("strength (MPa) ± standard deviation");
    expect(drawn.get("fit-strength")).toContain("predicted (MPa)");
    const [quantity] = OPTIMISE.quantities;
    const inKelvin = {
      ...OPTIMISE,
      quantities: [
        {
          ...{ name: "strength", role: "objective" },
          slices: [{ ...quantity!.slices[0]!, axis: "T_K" }],
          importances: ["T_K", "flux"].map((name, k) => ({ ...quantity!.importances[k]!, name })),
        },
      ],
    };
    const titled = optimisePictures({ view: inKelvin, history: [], observations });
    expect(titled.map(({ title }) => title)).toContain("strength along T at T 402, flux air");
    expect(titled.at(-1)?.draw(LIGHT)).toContain(">T (K)<");
    expect([axisHead("T_K"), axisHead("flux")]).toEqual(["T [K]", "flux"]);
    const units = unitsOfResults(observations);
    const model = {
      summary: { best: 9, bestParameters: { T: 402 }, expectedGain: 0.4 },
    } as unknown as CampaignView["model"];
    const campaign = { ...{ goal: "optimise", jobs: [], inFlight: 0 }, model } as unknown;
    const lines = glanceOf(campaign as CampaignView, OPTIMISE, undefined, units);
    expect(lines.map(({ answer }) => answer)).toEqual([
      "strength 9 MPa",
      "a gain of 0.4 MPa by one more point",
      "nothing",
    ]);
    expect([
      quantityHead("strength", units),
      quantityTitle("load_MPa", { load_MPa: "MPa" }),
    ]).toEqual(["strength [MPa]", "load_MPa"]);
    expect(unitsOfResults([inUnit(measured(1, { tilt: 5 }), "Cel")])).toEqual({ tilt: "Cel" });
    expect(quantityTitle("tilt", { tilt: "Cel" })).toBe("tilt (°C)");
    expect(quantityTitle("share", { share: "1" })).toBe("share");
  });

  test("two objectives have a front in place of one best value", () => {
    const several = optimiseViewOf({
      ...OPTIMISE,
      best: {},
      convergence: { quantity: "hypervolume", evaluations: [1, 2], values: [10, 12] },
      pareto: {
        hypervolume: 12,
        front: [
          { candidateId: "c1", parameters: { T: 401 }, values: { strength: 5, elongation: 8 } },
          { candidateId: "c2", parameters: { T: 402 }, values: { strength: 9, elongation: 3 } },
        ],
      },
    });
    const observations = [
      measured(1, { strength: 5, elongation: 8 }),
      measured(2, { strength: 9, elongation: 3 }),
      measured(3, { strength: 4, elongation: 2 }),
    ];
    const drawn = optimisePictures({
      view: several,
      history: [],
      observations,
    });
    const front = drawn.find((picture) => picture.name === "front-strength-elongation");
    expect(front?.draw(LIGHT)).toContain("2 of 3 results are not bettered");
    expect(front?.csv()).toBe("candidateId,strength,elongation\nc1,5,8\nc2,9,3\n");
  });
});

test("an effective model shows data with its band, and couplings with errors", () => {
  const pictures = effectiveModelPictures({
    view: {
      kind: "effective-model",
      quantity: "spinGap_meV",
      J: { J1: { value: -2, error: 0.01 } },
      measured: [
        { quantity: "magnetisation", temperature_K: 2, field_T: 5, value: 0.1, sigma: 0.01 },
      ],
      curves: [
        {
          quantity: "magnetisation",
          axis: "field_T",
          fixed: 2,
          x: [0, 5, 10],
          middle: [0, 0.1, 0.3],
          low: [0, 0.08, 0.2],
          high: [0, 0.12, 0.4],
        },
      ],
    },
    history: [
      { observations: 1, time_ms: 1, figures: { value: 1.8, error: 0.2 } },
      { observations: 2, time_ms: 2, figures: { value: 2, error: 0.01 } },
    ],
  });
  expect(pictures.map((picture) => picture.name)).toEqual([
    "data-magnetisation",
    "couplings",
    "target",
  ]);
  expect(pictures[1]?.draw(LIGHT)).toContain("-2 ± 0.01");
  expect(pictures[0]?.csv()).toContain("posterior");
});

describe("at a glance", () => {
  const campaign = {
    goal: "phase-diagram",
    inFlight: 2,
    jobs: [
      {
        jobId: "j1",
        experimentId: "e1",
        candidateId: "c1",
        parameters: { A: 0.5, B: 0.5 },
        ...{ step: 0, steps: 1, capability: "diffraction", state: "running", attempt: 1 },
        ...{ instrumentId: "xrd-1", why: "least certain here" },
      },
    ],
    reasons: [],
    warnings: [],
  } as unknown as CampaignView;
  const map = mapViewOf({
    labels: ["fcc", "fcc+hcp"],
    label: [0, 1, 0],
    certainty: [0.9, 0.2, 0.8],
  });

  test("says where the map is least certain, and what is measured now and why", () => {
    const lines = glanceOf(campaign, map, { A: [1, 0.5, 0], B: [0, 0.5, 1] });
    expect(lines).toEqual([
      {
        question: "Least certain",
        answer: "A 0.5, B 0.5",
        more: "fcc+hcp? 20 %; 33 % of the map is below 50 % certainty",
      },
      {
        question: "Measured now",
        answer: "A 0.5, B 0.5 and 1 more",
        more: "diffraction on xrd-1; why: least certain here",
      },
    ]);
  });

  test("says which region of a mixed map rests on which kind of evidence", () => {
    const mixed = {
      ...map,
      evidence: { simulation: { results: 9, cost: 9 }, measurement: { results: 2, cost: 40 } },
      regions: [
        { label: "fcc", candidates: 4, simulation: 3, measurement: 1 },
        { label: "fcc+hcp", candidates: 0, simulation: 0, measurement: 0 },
      ],
    };
    expect(glanceOf(campaign, mixed, {})[0]).toEqual({
      question: "Rests on",
      answer: "9 simulations, 2 measurements",
      more: "nearest to a measurement: fcc 25 %",
    });
  });

  test("lists phases in the order of their colours", () => {
    expect(phasesFound(map, ["hcp"])).toEqual([{ phase: "hcp", place: 0 }]);
    const told = { ...map, measured: [{ position: -1, at: {}, label: "fcc", known: true }] };
    expect(phasesFound(told, ["hcp"]).map(({ phase }) => phase)).toEqual(["hcp", "fcc"]);
  });

  test("points that wait for a person are not being measured", () => {
    const held = campaign.jobs.map((job) => ({ ...job, waitsFor: "approval" }));
    const all = { ...campaign, jobs: held, waiting: { batch: 1, candidateIds: ["c1", "c2"] } };
    expect(glanceOf(all, undefined, undefined)).toEqual([
      { question: "Measured now", answer: "nothing: 2 points wait for your approval" },
    ]);
    const some = { ...campaign, inFlight: 1, waiting: { batch: 2, candidateIds: ["c2"] } };
    expect(glanceOf(some, undefined, undefined)).toEqual([
      {
        question: "Measured now",
        answer: "A 0.5, B 0.5",
        more: "diffraction on xrd-1; why: least certain here; 1 point waits for your approval",
      },
    ]);
  });
});

test("errors have two digits and values as many decimals", () => {
  expect(formatWithError(2.003123, 0.0048991)).toBe("2.0031 ± 0.0049");
  expect(formatWithError(259.53, 1)).toBe("259.5 ± 1");
  expect(formatWithError(380, 28.61)).toBe("380 ± 29");
  expect(formatWithError(3.5, undefined)).toBe("3.5");
});

/** Corners of the longest path of one colour, in pixels. */
function cornersOf(svg: string, colour: string): [number, number][] {
  const paths = [
    ...svg.matchAll(/<path[^>]* d="([^"]+)"[^>]*>/g),
    ...svg.matchAll(/<path d="([^"]+)"[^>]*>/g),
  ]
    .filter(([whole]) => whole.includes(`stroke="${colour}"`) && whole.includes('fill="none"'))
    .map(([, d = ""]) =>
      [...d.matchAll(/(-?[\d.]+)[ ,](-?[\d.]+)/g)].map(([, x, y]): [number, number] => [
        Number(x),
        Number(y),
      ]),
    );
  return paths.sort((a, b) => b.length - a.length)[0] ?? [];
}

describe("what was reached has no slopes", () => {
  const front = [
    { candidateId: "a", parameters: { T: 1 }, values: { x: 1, y: 9 } },
    { candidateId: "b", parameters: { T: 2 }, values: { x: 5, y: 4 } },
    { candidateId: "c", parameters: { T: 3 }, values: { x: 8, y: 1 } },
  ];
  const drawn = (reference: Record<string, number>) => {
    const view = optimiseViewOf({ pareto: { front, reference, hypervolume: 1 } });
    const [picture] = optimisePictures({ view, history: [], observations: [] }).filter(({ name }) =>
      name.startsWith("front"),
    );
    return cornersOf(picture?.draw(LIGHT) ?? "", phaseColour(5));
  };

  test("a front of two bounds what it dominates: below and left of it where both shall be large, above and right where small", () => {
    const large = drawn({ x: 0, y: 0 });
    const small = drawn({ x: 10, y: 10 });
    for (const corners of [large, small]) {
      expect(corners).toHaveLength(5);
      for (const [k, [x, y]] of corners.entries()) {
        const [px, py] = corners[k - 1] ?? [x, y];
        expect(px === x || py === y, `segment ${k} is level or upright`).toBe(true);
      }
    }
    // Pixels grow downwards: the inner corner of a front of large values is lower left, of small ones upper right.
    expect(large[1]).toEqual([large[0]?.[0], large[2]?.[1]]);
    expect(small[1]).toEqual([small[2]?.[0], small[0]?.[1]]);
  });

  test("learning curves hold their value until the next experiment, few points or many", () => {
    const svg = drawLearningCurve([{ name: "seed 1", x: [1, 2, 3], y: [0, 0.5, 0.9] }], {
      ...{ title: "", xName: "", yName: "", theme: LIGHT, width: 400, height: 200 },
    });
    const corners = cornersOf(svg, phaseColour(5));
    expect(corners).toHaveLength(5);
    for (const [k, [x, y]] of corners.entries())
      expect(k === 0 || corners[k - 1]?.[0] === x || corners[k - 1]?.[1] === y).toBe(true);
  });

  test("what is expected of points that nobody measured has its errors along both objectives", () => {
    const expected = { x: { value: 6, sd: 1 }, y: { value: 5, sd: 0.5 } };
    const point = { candidateId: "n", parameters: { T: 4 }, isMeasured: false, feasibility: 1 };
    const view = optimiseViewOf({
      pareto: { front, reference: { x: 0, y: 0 } },
      candidates: [{ ...point, expectedGain: 1, predictions: expected }],
    });
    const svg = optimisePictures({ view, history: [], observations: [] })[0]?.draw(LIGHT) ?? "";
    expect(svg).toContain("expected next, ± 1 deviation");
    const bars = [...svg.matchAll(/<path d="([^"]+)" stroke="([^"]+)" stroke-width="1.2"/g)];
    expect(bars).toHaveLength(1);
    expect(bars[0]?.[1]?.match(/M/g)).toHaveLength(2);
  });
});
