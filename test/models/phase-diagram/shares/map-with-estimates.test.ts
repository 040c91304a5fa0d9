import { describe, expect, test } from "vitest";
import { createPrng, shuffled } from "../../../../src/core/prng.ts";
import type { MapModel, PhaseEvidence } from "../../../../src/models/phase-diagram/map-model.ts";
import { likelySets } from "../../../../src/models/phase-diagram/shares/likely-sets.ts";
import { createMapWithEstimates } from "../../../../src/models/phase-diagram/shares/map-with-estimates.ts";
import { ENGINES } from "../engines.ts";

const GRAPH = ENGINES.find(({ name }) => name === "graph")!;
const request = { pending: [], pendingElsewhere: [], excluded: new Set<number>(), seed: "1" };
const told = (model: MapModel) =>
  structuredClone([model.predict(), model.rank({ ...request, count: 4 }), model.status()]);

/**
 * A sample of alpha and beta in which a pattern sees so much of gamma, with this error; it names only what stands three
 * errors high.
 */
function sample(candidate: number, gamma: number, error = 0.05): PhaseEvidence {
  const isSeen = gamma > 3 * error;
  return {
    ...{ id: candidate + 1, candidate, known: false, confidence: 0.97 },
    phases: isSeen ? ["alpha", "beta", "gamma"] : ["alpha", "beta"],
    estimates: {
      alpha: { fraction: 0.5, error: 0.02 },
      beta: { fraction: 0.5 - gamma, error: 0.02 },
      gamma: { fraction: gamma, error },
    },
  };
}

/** Candidates of the toy section (steps of 1/8) with the share of the third component in eighths. */
const width = GRAPH.grid.axes.length;
const rows = Array.from({ length: GRAPH.grid.count }, (_, i) => ({
  candidate: i,
  third: 8 * GRAPH.grid.values[i * width + 2]!,
  isInside: [0, 1, 2].every((k) => GRAPH.grid.values[i * width + k]! > 1e-9),
}));

/** Gamma grows with the third component; near its edge there is too little of it to be named. */
const SECTION = rows
  .filter(({ isInside, third }) => isInside && third <= 4.5)
  .map(({ candidate, third }) => sample(candidate, 0.065 * third));

const labelAt = (model: MapModel, i: number): string | undefined => {
  const { labels, label } = model.predict();
  return labels[label[i]!];
};
const mapOf = (evidence: readonly PhaseEvidence[]): MapModel => {
  const model = createMapWithEstimates(GRAPH.grid, () => GRAPH.create());
  for (const item of evidence) model.observe(item);
  return model;
};

test("compositions stay with the set that they are of", () => {
  const ends = ["alpha", "beta"].map((phase, k) => ({ phase, composition: [k, 1 - k, 0] }));
  const item: PhaseEvidence = { ...sample(0, 0.1), ends };
  const chance = (present: number) => new Map([["gamma", { present, expected: present }]]);
  const sure = [
    ["alpha", { present: 1, expected: 1 }],
    ["beta", { present: 1, expected: 1 }],
  ] as const;
  const setWith = (gamma: number) => likelySets(item, new Map([...sure, ...chance(gamma)]), 3);
  expect(setWith(0.01)).toMatchObject({ phases: ["alpha", "beta"], ends });
  const more = setWith(0.99);
  expect(more.phases).toEqual(["alpha", "beta", "gamma"]);
  expect(more.ends).toBeUndefined();
});

describe("samples that are read together", () => {
  test.each(ENGINES.map((engine) => [engine.name, engine] as const))(
    "without estimates the map is that of %s, to the bit",
    (_, engine) => {
      const plain = engine.create();
      const wrapped = createMapWithEstimates(engine.grid, () => engine.create());
      for (const model of [plain, wrapped]) {
        engine.known.forEach((i, k) => {
          model.observe({ ...engine.truth(i, -1 - k), known: true });
        });
        model.observe(engine.truth(engine.middle, 7));
        model.observe(engine.truth(engine.middle + 1, 8));
        model.forget(8);
      }
      expect(told(wrapped)).toEqual(told(plain));
      expect(wrapped.geometry()).toEqual(plain.geometry());
      expect(wrapped.originOf === undefined).toBe(plain.originOf === undefined);
    },
  );

  test("what is too little to be named in one sample is there by the samples around", () => {
    const weak = SECTION.filter(({ phases }) => phases.length === 2);
    const model = mapOf(SECTION);
    const found = weak.filter(({ candidate }) => labelAt(model, candidate) === "alpha+beta+gamma");
    expect(weak.length).toBeGreaterThan(8);
    // Two and a half errors high, which alone names nothing.
    const clear = weak.filter(({ estimates }) => estimates!["gamma"]!.fraction > 0.1);
    expect(clear.every((item) => found.includes(item))).toBe(true);
    expect(clear.length).toBeGreaterThan(4);
    const plain = GRAPH.create();
    for (const item of SECTION) plain.observe(item);
    expect(labelAt(plain, clear[0]!.candidate)).toBe("alpha+beta");
  });

  test("and is absent where it would have been seen", () => {
    const sharp = SECTION.map((item) =>
      item.phases.length === 2 ? sample(item.candidate, 0, 0.004) : item,
    );
    const model = mapOf(sharp);
    for (const { candidate, phases } of sharp) {
      expect(labelAt(model, candidate)).toBe(phases.join("+"));
    }
  });

  test("a face of the section holds no more phases than components, whatever is around", () => {
    const edge = rows.find(({ third, isInside }) => third === 0 && !isInside)!;
    const model = mapOf([...SECTION, sample(edge.candidate, 0.05)]);
    expect(labelAt(model, edge.candidate)?.split("+").length).toBeLessThanOrEqual(2);
  });

  test("neither order, nor looks in between, nor what was taken back changes the map", () => {
    const whole = told(mapOf(SECTION));
    const model = createMapWithEstimates(GRAPH.grid, () => GRAPH.create());
    const extra = sample(GRAPH.middle, 0.4);
    for (const item of shuffled([...SECTION, { ...extra, id: 900 }], createPrng(3))) {
      model.observe(item);
      if (item.id % 5 === 0) model.predict();
    }
    model.forget(900);
    expect(told(model)).toEqual(whole);
  });
});

describe("a result that was weighed with the samples around", () => {
  const split: PhaseEvidence = {
    ...sample(GRAPH.middle, 0),
    confidence: 0.45,
    alternatives: [
      { phases: ["alpha", "beta", "gamma"], probability: 0.35 },
      { phases: ["alpha"], probability: 0.2 },
    ],
  };

  test("stands without half of the probability, and is not measured again", () => {
    const model = GRAPH.create();
    model.observe(split);
    expect(labelAt(model, GRAPH.middle)).toBe("alpha+beta");
    expect(model.status().suspicious).toEqual([]);
    const alone = GRAPH.create();
    alone.observe({ ...split, estimates: undefined });
    expect(alone.status().suspicious).toHaveLength(1);
  });

  test("holds its place to its shares: neighbours have had their say", () => {
    const model = GRAPH.create();
    model.observe(split);
    for (const item of SECTION) model.observe({ ...item, phases: ["delta"], estimates: undefined });
    const { labels, probabilities } = model.predict();
    const chance = (name: string) => probabilities[labels.indexOf(name)]![GRAPH.middle]!;
    expect(chance("alpha+beta+gamma")).toBeCloseTo(0.35, 2);
    expect(chance("alpha+beta")).toBeCloseTo(0.45, 2);
  });
});

describe("the sets of a sample", () => {
  const chance = (present: number, expected = present) => ({ present, expected });

  test("hold every doubtful phase in and out, by its chance", () => {
    const chances = new Map([
      ["alpha", chance(1)],
      ["beta", chance(1)],
      ["gamma", chance(0.3)],
    ]);
    const { phases, confidence, alternatives } = likelySets(sample(0, 0), chances, 3);
    expect(phases).toEqual(["alpha", "beta"]);
    expect(confidence).toBeCloseTo(0.7, 9);
    expect(alternatives).toEqual([
      { phases: ["alpha", "beta", "gamma"], probability: expect.closeTo(0.3, 9) },
    ]);
    expect(likelySets(sample(0, 0), chances, 2).confidence).toBe(1);
  });

  test("exchange a phase for another as the samples around expect it", () => {
    const item = {
      ...sample(0, 0),
      confidence: 0.6,
      alternatives: [{ phases: ["alpha", "gamma"], probability: 0.4 }],
    };
    const first = (beta: number, gamma: number): readonly string[] =>
      likelySets(
        item,
        new Map([
          ["alpha", chance(1)],
          ["beta", chance(1, beta)],
          ["gamma", chance(0, gamma)],
        ]),
        3,
      ).phases;
    expect(first(0.5, 0.5)).toEqual(["alpha", "beta"]);
    expect(first(0.15, 0.85)).toEqual(["alpha", "gamma"]);
  });

  test("keep a phase without a reference, of which nothing is estimated", () => {
    const item = { ...sample(0, 0), phases: ["alpha", "beta", "unknown-1"] };
    const chances = new Map([
      ["alpha", chance(1)],
      ["beta", chance(0.05)],
    ]);
    expect(likelySets(item, chances, 3).phases).toEqual(["alpha", "unknown-1"]);
  });
});
