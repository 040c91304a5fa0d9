import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readFrames } from "../../../adapters/frames/read-frames.ts";
import { createPrng } from "../../../src/core/prng.ts";
import type { Frame } from "../../../src/domain/frame.ts";
import {
  modelFromDocument,
  modelToDocument,
} from "../../../src/models/structure/model-document.ts";
import { trainCentre } from "../../../src/models/structure/train-centre.ts";
import {
  createFrameClassifier,
  type FrameClassifier,
  summarise,
} from "../../../src/planning/structure-map/frame-classifier.ts";
import {
  collectTrainingAtoms,
  type TrainedModel,
} from "../../../src/planning/structure-map/structure-training.ts";

const FIXTURES = resolve(import.meta.dirname, "../../fixtures/structure");
const RECIPE = { cutoff_A: 5, average_A: 4, etas: 100, averageOver: "same-species" } as const;
const OPTIONS = { neighbours: 7, components: 2, voters: 15, draws: 2 };

async function fixtureFrames(name: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const { frame } of readFrames(`${FIXTURES}/${name}.xyz.gz`)) frames.push(frame);
  return frames;
}

/** The frame `times` times along its third direction. */
function stack(frame: Frame, times: number): Frame {
  const c = frame.cell.slice(6);
  const all = Array.from({ length: times }, (_, k) => k);
  return {
    ...frame,
    atoms: frame.atoms * times,
    species: Int32Array.from(all.flatMap(() => [...frame.species])),
    positions: Float64Array.from(
      all.flatMap((k) => Array.from(frame.positions, (x, i) => x + k * (c[i % 3] ?? 0))),
    ),
    cell: frame.cell.map((x, i) => (i < 6 ? x : times * x)),
  };
}

const TRAINING = [
  ["train_si_crystal_300K", "crystal"],
  ["train_si_crystal_1000K", "crystal"],
  ["train_si_liquid_1800K", "liquid"],
  ["train_si_liquid_2500K", "liquid"],
  ["train_si_amorphous_300K", "amorphous"],
  ["train_si_amorphous_900K", "amorphous"],
] as const;

async function train(files: readonly (readonly [string, string])[]): Promise<TrainedModel> {
  const collector = collectTrainingAtoms(RECIPE, ["Si"], "1");
  for (const [condition, [name, label]] of files.entries())
    for (const frame of await fixtureFrames(name)) collector.add(frame, condition, label);
  return collector.train(OPTIONS);
}

describe("a model of crystalline, liquid and amorphous silicon", () => {
  let trained: TrainedModel;
  let classifier: FrameClassifier;
  beforeAll(async () => {
    trained = await train(TRAINING);
    classifier = createFrameClassifier(JSON.parse(JSON.stringify(modelToDocument(trained.model))));
  });

  test.each([
    ["unseen_si_crystal_500K", "crystal"],
    ["unseen_si_liquid_2200K", "liquid"],
    ["unseen_si_amorphous_700K", "amorphous"],
  ])("recognises %s, a condition it never saw", async (name, label) => {
    const [frame] = await fixtureFrames(name);
    const { classes, unfamiliar } = summarise(
      classifier.classify(frame as Frame),
      classifier.model.classes,
    );
    expect(classes[label]).toBeGreaterThan(0.97);
    expect(unfamiliar).toBeLessThan(0.05);
  });

  test("finds the atoms of another metal unfamiliar by their surroundings alone", async () => {
    const [frame] = await fixtureFrames("foreign_al_fcc_300K");
    const disguised = { ...(frame as Frame), speciesNames: ["1"] };
    const found = summarise(classifier.classify(disguised), classifier.model.classes);
    expect(found.unfamiliar).toBeGreaterThan(0.95);
  });

  test("finds another metal's liquid unfamiliar, although most of its atoms look like silicon's", async () => {
    const [frame] = await fixtureFrames("foreign_al_liquid_1200K");
    const disguised = { ...(frame as Frame), speciesNames: ["1"] };
    const found = classifier.classify(disguised);
    expect(summarise(found, classifier.model.classes).unfamiliar).toBeGreaterThan(0.95);
    // All of them together tell: none is far out, and one in ten only is unfamiliar by itself.
    const likeSilicon = found.unfamiliarity.filter((u) => u < 2).length;
    expect(likeSilicon / disguised.atoms).toBeGreaterThan(0.5);
  });

  test("judges a large frame by slabs as it judges it whole", async () => {
    const [frame] = await fixtureFrames("foreign_al_liquid_1200K");
    const long = stack({ ...(frame as Frame), speciesNames: ["1"] }, 4);
    const whole = classifier.classify(long);
    const cut = await classifier.classifyBySlabs(long, 2, async (slab) => {
      expect(slab.own).toBeLessThan(long.atoms);
      return classifier.judgeSlab(slab);
    });
    expect(cut.classes).toEqual(whole.classes);
    const offenders = whole.unfamiliarity.filter(
      (value, a) => Math.abs(value - (cut.unfamiliarity[a] ?? Number.NaN)) > 1e-9 * value,
    );
    expect(offenders.length).toBe(0);
  });

  test("tells crystal from liquid in one box by region", async () => {
    const [frame] = await fixtureFrames("unseen_si_coexist_1680K");
    const found = classifier.classify(frame as Frame);
    const height = frame?.cell[8] ?? 1;
    let right = 0;
    let all = 0;
    found.classes.forEach((c, a) => {
      const z = (frame?.positions[3 * a + 2] ?? 0) / height;
      const truth = z > 0.08 && z < 0.42 ? "crystal" : z > 0.58 && z < 0.92 ? "liquid" : undefined;
      if (truth === undefined) return;
      all++;
      if (classifier.model.classes[c] === truth) right++;
    });
    expect(right / all).toBeGreaterThan(0.97);
  });

  test("training again from the same seed gives the same model", async () => {
    const again = await train(TRAINING);
    expect(modelToDocument(again.model)).toEqual(modelToDocument(trained.model));
  });

  test("the file reproduces its projection, and one that does not is refused", () => {
    const document = JSON.parse(JSON.stringify(modelToDocument(trained.model)));
    expect(() => modelFromDocument(document)).not.toThrow();
    document.centres[0].members[0].map[7] *= 1.001;
    expect(() => modelFromDocument(document)).toThrow(expect.objectContaining({ code: "TL-7010" }));
    expect(() => modelFromDocument({ format: "other" })).toThrow(
      expect.objectContaining({ code: "TL-7010" }),
    );
  });
});

test("a label known from one simulation only, and labels that overlap, are said", async () => {
  const files = TRAINING.filter(([name]) => !name.includes("1000K"));
  const single = await train(files);
  expect(single.warnings.join(" ")).toContain("crystal is known from one simulation only");
  const mixed = await train([
    ["train_si_liquid_1800K", "liquid"],
    ["train_si_liquid_1800K", "amorphous"],
    ["train_si_crystal_300K", "crystal"],
  ]);
  expect(mixed.warnings.join(" ")).toContain("do not rely on this model");
});

test("the authors' descriptors: three kinds of atoms, separated as well as by their own program", (context) => {
  const path = resolve(
    import.meta.dirname,
    "../../../../shared/data/third-party/si-laaf-training.csv",
  );
  if (!existsSync(path)) {
    console.log("skipped: ../shared/data/third-party is not here");
    context.skip();
  }
  const rows = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number));
  const atoms = {
    descriptors: Float64Array.from(rows.flat()),
    rows: rows.length,
    columns: 100,
    labels: undefined,
    classes: [],
    conditions: new Int32Array(rows.length),
  };
  const { report } = trainCentre("atoms", atoms, { ...OPTIONS, voters: 7 }, createPrng("1"));
  expect(report.clusters).toBe(3);
  expect(report.rank).toBe(36);
  expect(new Set([...report.kMeans].map((k, i) => `${Math.floor(i / 400)} ${k}`)).size).toBe(3);
  expect(report.silhouette).toBeGreaterThan(0.8);
  expect(report.pseudoF).toBeGreaterThan(8026);
  expect(report.pca.pseudoF).toBeCloseTo(1270.9, 0);
  const sigma15 = trainCentre(
    "atoms",
    atoms,
    { ...OPTIONS, voters: 7, sigma: 15, dimension: 20, clusters: 3 },
    createPrng("1"),
  );
  expect(Math.abs(sigma15.report.pseudoF - 8026)).toBeLessThan(8);
});
